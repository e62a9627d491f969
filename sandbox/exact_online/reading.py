"""The rows that a GET returns: stored ones, and those that Exact computes."""

from typing import Any

from sandbox.exact_online.creating import DOCUMENT_TYPES as TYPES
from sandbox.exact_online.entities import (
    DIVISIONS,
    DOCUMENT_TYPES,
    HRM_DIVISIONS,
    MAIL_MESSAGES,
    MAILBOXES,
    PREFERRED_MAILBOX,
    EntitySet,
)
from sandbox.exact_online.mailboxes import mailbox_of, mailboxes_of, with_status
from sandbox.exact_online.state import ARCHIVED, Company, User, World


def rows_of(world: World, company: Company, user: User, entity: EntitySet) -> list[dict[str, Any]]:
    """Return all rows of the resource that this user's searches find."""
    if entity is DIVISIONS:
        return [_division(world, world.companies[code], user) for code in user.companies if _listed(world, code)]
    if entity is HRM_DIVISIONS:
        listed = [world.companies[code] for code in user.companies if _listed(world, code)]
        return [_hrm_division(world, other, user) for other in listed if other.customer == company.customer]
    if entity is DOCUMENT_TYPES:
        return [_document_type(number) for number in TYPES]
    if entity is MAILBOXES:
        return mailboxes_of(world, company)
    if entity is PREFERRED_MAILBOX:
        return [mailbox_of(company)]
    stored = world.table(company.code, entity.rows_of or entity.path).values()
    if entity is MAIL_MESSAGES:
        stored_messages = [with_status(world, row) for row in stored]
        return [row for row in stored_messages if world.is_visible(row["ID"])]
    if world.unseen_until:
        return [row for row in stored if world.is_visible(row["ID"])]
    return list(stored)


def row_by_key(world: World, company: Company, user: User, entity: EntitySet, key: str) -> dict[str, Any] | None:
    """Return one row by its key; unlike a search, this does not lag."""
    stored = world.table(company.code, entity.path)
    if key in stored:
        return with_status(world, stored[key]) if entity is MAIL_MESSAGES else stored[key]
    rows = rows_of(world, company, user, entity)
    return next((row for row in rows if str(row[entity.key]).lower() == key), None)


def _listed(world: World, code: int) -> bool:
    company = world.companies.get(code)
    return company is not None and not company.moved


def _division(world: World, company: Company, user: User) -> dict[str, Any]:
    return {
        "Code": company.code,
        "Hid": company.hid,
        "Description": company.name,
        "Customer": world.customer_id(company.customer),
        "CustomerCode": f"{list(world.customers).index(company.customer) + 1:18d}",
        "CustomerName": company.customer,
        "VATNumber": company.vat_number,
        "ChamberOfCommerceNumber": company.enterprise_number,
        "Country": company.country,
        "Currency": company.currency,
        "Status": company.status,
        "BlockingStatus": company.blocking_status,
        "IsMainDivision": company.main,
        "Legislation": "1",
        "Archived": world.stamp() if company.status == ARCHIVED else None,
        "Current": company.code == user.current_company,
    }


def _hrm_division(world: World, company: Company, user: User) -> dict[str, Any]:
    row = _division(world, company, user)
    archived = company.status == ARCHIVED
    named = {"HID": row["Hid"], "Status": int(archived), "Main": company.main, "ArchiveDate": row["Archived"]}
    return row | named


def _document_type(number: int) -> dict[str, Any]:
    description, creatable = TYPES[number]
    return {
        "ID": number,
        "Description": description,
        "DocumentIsCreatable": creatable,
        "DocumentIsDeletable": True,
        "DocumentIsUpdatable": True,
        "DocumentIsViewable": True,
        "TypeCategory": 1,
    }


def me(world: World, user: User) -> dict[str, Any]:
    """Return the signed-in user."""
    company = world.companies.get(user.current_company or 0)
    first, _, last = user.name.partition(" ")
    moment = world.clock.now()
    return {
        "UserID": user.user_id,
        "UserName": user.id,
        "FullName": user.name,
        "FirstName": first,
        "LastName": last,
        "Email": f"{user.id}@sandbox.example",
        "CurrentDivision": user.current_company,
        "AccountingDivision": user.current_company,
        "Language": user.language,
        "LanguageCode": user.language,
        "ServerTime": f"/Date({int(moment.timestamp() * 1000)})/",
        "ServerUtcOffset": 0.0,
        "DivisionCustomer": company and world.customer_id(company.customer),
        "DivisionCustomerCode": None,
        "DivisionCustomerName": company and company.customer,
        "Legislation": 1,
    }
