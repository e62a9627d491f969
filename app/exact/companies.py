"""The companies (divisions) an Exact user has access to, and the one identified by a Company Code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import Problem
from app.exact.client import Exact
from app.reasons import COMPANY_AMBIGUOUS, COMPANY_CLOSED, COMPANY_OF_ANOTHER, COMPANY_UNKNOWN
from app.vocabulary import CompanyStatus

_DIVISIONS = "system/Divisions"
_FIELDS = "Code,Hid,Description,CustomerName,VATNumber,ChamberOfCommerceNumber,Country,Currency,Status,BlockingStatus"
# The kinds of `Problem` raised by `resolve`.
REFUSALS = (COMPANY_UNKNOWN, COMPANY_AMBIGUOUS, COMPANY_CLOSED, COMPANY_OF_ANOTHER)
_STATUS: dict[int, CompanyStatus] = {0: "inactive", 1: "active", 2: "archived"}


@dataclass(frozen=True, kw_only=True)
class ExactCompany:
    """A company: `division` is its key in URLs (`Code`), `code` the number shown at the top left of Exact (`Hid`)."""

    division: int
    code: str
    name: str
    customer_name: str | None
    vat_number: str | None
    enterprise_number: str | None
    country: str | None
    currency: str | None
    status: CompanyStatus


async def page(
    exact: Exact, *, current_division: int, place: str | None = None
) -> tuple[list[ExactCompany], str | None]:
    """Return sixty companies and the place of those that follow; `current_division` is only needed for the URL."""
    if place is None:
        found = await exact.page(current_division, _DIVISIONS, select=_FIELDS)
    else:
        found = await exact.follow(place, _DIVISIONS)
    return [_company(row) for row in found.rows], found.following


def _company(row: dict[str, Any]) -> ExactCompany:
    blocked = int(row.get("BlockingStatus") or 0) != 0
    return ExactCompany(
        division=int(row["Code"]),
        code=str(row.get("Hid") if row.get("Hid") is not None else row["Code"]),
        name=row.get("Description") or row.get("CustomerName") or str(row["Code"]),
        customer_name=row.get("CustomerName"),
        vat_number=row.get("VATNumber"),
        enterprise_number=row.get("ChamberOfCommerceNumber"),
        country=(row.get("Country") or "").strip() or None,
        currency=row.get("Currency"),
        status="blocked" if blocked else _STATUS.get(int(row.get("Status") or 0), "inactive"),
    )


def resolve(
    companies: Sequence[ExactCompany],
    code: str,
    *,
    vat_number: str | None = None,
    enterprise_number: str | None = None,
    override_reason: str | None = None,
) -> ExactCompany:
    """Return the company with this Company Code: by `Hid`, else by `Code`; the client's numbers break ties.

    Raises `Problem` if the code is unknown or ambiguous (with the candidates), or if the company is archived, blocked
    or another client's.
    """
    company = _only_match(
        _candidates(companies, code), code, vat_number=vat_number, enterprise_number=enterprise_number
    )
    if company.status != "active":
        raise Problem(COMPANY_CLOSED.because(f"Company {code} ({company.name}) is {company.status} in Exact Online."))
    differing = _mismatch(company, vat_number=vat_number, enterprise_number=enterprise_number)
    if differing and not override_reason:
        raise Problem(COMPANY_OF_ANOTHER.because(differing, company=company.name))
    return company


def _candidates(companies: Sequence[ExactCompany], code: str) -> list[ExactCompany]:
    wanted = code.strip()
    by_hid = [company for company in companies if company.code == wanted]
    by_code = [company for company in companies if str(company.division) == wanted]
    for candidates in (by_hid, by_code):
        active = [company for company in candidates if company.status == "active"]
        if active:
            return active
    return by_hid or by_code


def _only_match(
    candidates: list[ExactCompany], code: str, *, vat_number: str | None, enterprise_number: str | None
) -> ExactCompany:
    if not candidates:
        raise Problem(COMPANY_UNKNOWN.because(f"The signed-in user has access to no company with Company Code {code}."))
    if len(candidates) == 1:
        return candidates[0]
    matching = [
        c for c in candidates if _matches_a_number(c, vat_number=vat_number, enterprise_number=enterprise_number)
    ]
    if len(matching) == 1:
        return matching[0]
    cards = [
        {"division": c.division, "name": c.name, "customer": c.customer_name, "vat_number": c.vat_number}
        for c in candidates
    ]
    raise Problem(
        COMPANY_AMBIGUOUS.because(f"{len(candidates)} companies have the Company Code {code}.", candidates=cards)
    )


def _matches_a_number(company: ExactCompany, *, vat_number: str | None, enterprise_number: str | None) -> bool:
    """Return whether one of the client's numbers is this company's."""
    pairs = ((vat_number, company.vat_number), (enterprise_number, company.enterprise_number))
    return any(ours and theirs and digits(ours) == digits(theirs) for ours, theirs in pairs)


def _mismatch(company: ExactCompany, *, vat_number: str | None, enterprise_number: str | None) -> str | None:
    """Return how the client's numbers differ from the company's; None if they do not."""
    if vat_number and company.vat_number and digits(vat_number) != digits(company.vat_number):
        return f"{company.name} has VAT number {company.vat_number}, but the client has {vat_number}."
    ours, theirs = enterprise_number, company.enterprise_number
    if ours and theirs and digits(ours) != digits(theirs):
        return f"{company.name} has enterprise number {theirs}, but the client has {ours}."
    return None


def digits(number: str) -> str:
    """Normalize a VAT or enterprise number: no country prefix or punctuation, and ten digits if Belgian."""
    bare = re.sub(r"[^0-9A-Z]", "", number.upper())
    bare = re.sub(r"^[A-Z]{2}(?=[0-9A-Z]{2})", "", bare)
    return bare.zfill(10) if bare.isdigit() and len(bare) == 9 else bare
