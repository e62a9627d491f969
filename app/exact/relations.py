"""Relations (`crm/Accounts`): a document's counterparty in Exact."""

from uuid import UUID

from app.exact.client import Exact
from app.exact.route import key_of, text

_ACCOUNTS = "crm/Accounts"


async def find(exact: Exact, division: int, *, vat_number: str | None, enterprise_number: str | None) -> UUID | None:
    """Return the relation with this VAT number, else this enterprise number; Exact requires one as a filter."""
    for field, number in (("VATNumber", vat_number), ("ChamberOfCommerce", enterprise_number)):
        if number:
            rows = await exact.get(division, _ACCOUNTS, filter=f"{field} eq {text(number)}", select="ID,Name")
            if rows:
                return UUID(str(rows[0]["ID"]))
    return None


async def create(
    exact: Exact, division: int, *, name: str, vat_number: str | None, enterprise_number: str | None
) -> UUID | None:
    """Create a relation and return its key; None if Exact did not return it."""
    numbers = {"VATNumber": vat_number, "ChamberOfCommerce": enterprise_number}
    entity = {"Name": name[:50], **{field: number for field, number in numbers.items() if number}}
    return key_of(await exact.post(division, _ACCOUNTS, entity))
