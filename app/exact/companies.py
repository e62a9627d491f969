"""The companies (divisions) that an Exact user may open, and which of them a Company Code means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.errors import Problem
from app.exact.client import Exact
from app.reasons import COMPANY_AMBIGUOUS, COMPANY_CLOSED, COMPANY_OF_ANOTHER, COMPANY_UNKNOWN

_FIELDS = "Code,Hid,Description,CustomerName,VATNumber,ChamberOfCommerceNumber,Country,Currency,Status,BlockingStatus"
# What `resolve` may raise.
REFUSALS = (COMPANY_UNKNOWN, COMPANY_AMBIGUOUS, COMPANY_CLOSED, COMPANY_OF_ANOTHER)
_STATUS = {0: "inactive", 1: "active", 2: "archived"}


@dataclass(frozen=True)
class ExactCompany:
    """A company: `division` is its key in URLs (`Code`), `code` what people read top-left in Exact (`Hid`)."""

    division: int
    code: str
    name: str
    customer_name: str | None
    vat_number: str | None
    enterprise_number: str | None
    country: str | None
    currency: str | None
    status: str


async def fetch(exact: Exact, *, current_division: int) -> list[ExactCompany]:
    """List the companies; the user's current one only serves to enter the API."""
    return [_company(row) for row in await exact.get(current_division, "system/Divisions", select=_FIELDS)]


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
    """The one company that a Company Code means: by `Hid`, else by `Code`; the client's numbers decide between several.

    Raises `Problem`: unknown, ambiguous (with the candidates), archived or blocked, or another client's.
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
        raise Problem(
            COMPANY_UNKNOWN.because(f"No company that the signed-in user may open has the Company Code {code}.")
        )
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
    """Whether a number of the client's is this company's."""
    pairs = ((vat_number, company.vat_number), (enterprise_number, company.enterprise_number))
    return any(ours and theirs and digits(ours) == digits(theirs) for ours, theirs in pairs)


def _mismatch(company: ExactCompany, *, vat_number: str | None, enterprise_number: str | None) -> str | None:
    """What speaks against the company being this client's, None where nothing does."""
    if vat_number and company.vat_number and digits(vat_number) != digits(company.vat_number):
        return f"{company.name} has VAT number {company.vat_number}, the client has {vat_number}."
    ours, theirs = enterprise_number, company.enterprise_number
    if ours and theirs and digits(ours) != digits(theirs):
        return f"{company.name} has enterprise number {theirs}, the client has {ours}."
    return None


def digits(number: str) -> str:
    """A VAT or enterprise number as it compares: no country prefix, no punctuation, ten digits where Belgian."""
    bare = re.sub(r"[^0-9A-Z]", "", number.upper())
    bare = re.sub(r"^[A-Z]{2}(?=[0-9A-Z]{2})", "", bare)
    return bare.zfill(10) if bare.isdigit() and len(bare) == 9 else bare
