"""Check the VAT numbers of the parties (BT-31, BT-48, BT-63); another number is never written as a VAT number."""

from msgspec.structs import replace

from app.convert.countries import country_of
from app.peppol import vat_numbers
from app.peppol.invoice import Address, Invoice, Party, TaxRepresentative
from app.peppol.vat_numbers import Check

# Countries that restrict the form of BT-32: SE-R-005, IT-R-001
_NO_FREE_TAX_NUMBER = frozenset({"IT", "SE"})


def of_seller(party: Party, *, losses: list[str]) -> Party:
    """Return the seller with its VAT number; another number under that term becomes the tax number (BT-32)."""
    raw = party.vat_identifier
    number = _read(raw, place=party.address, of="seller", losses=losses)
    if raw is None or number is not None:
        return party if number == raw else replace(party, vat_identifier=number)
    party = replace(party, vat_identifier=None)
    if party.tax_registration or country_of(party) in _NO_FREE_TAX_NUMBER:
        losses.append(f"The seller's VAT number {raw} is not a VAT number and is left out.")
        return party
    losses.append(f"The seller's VAT number {raw} is not a VAT number; it is written as the tax number (BT-32).")
    return replace(party, tax_registration=raw)


def of_buyer(party: Party, *, losses: list[str]) -> Party:
    """Return the buyer with its VAT number or without one: EN 16931 has no term for a buyer's tax number."""
    number = _read(party.vat_identifier, place=party.address, of="buyer", losses=losses)
    if party.vat_identifier and number is None:
        losses.append(f"The buyer's VAT number {party.vat_identifier} is not a VAT number and is left out.")
    return party if number == party.vat_identifier else replace(party, vat_identifier=number)


def of_representative(party: TaxRepresentative, *, losses: list[str]) -> TaxRepresentative:
    """Return the tax representative with its VAT number; another number stays, since BR-56 demands one."""
    number = _read(party.vat_identifier, place=party.address, of="tax representative", losses=losses)
    if party.vat_identifier and number is None:
        losses.append(f"The tax representative's VAT number {party.vat_identifier} is not a VAT number.")
    return replace(party, vat_identifier=number or party.vat_identifier)


def with_demanded(invoice: Invoice, *, before: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with the issuer's number if the VAT category demands one, even if its form is wrong.

    BR-AE-02, BR-IC-02, BR-G-02: without it the document would be refused.
    """
    seller, buyer = invoice.seller, invoice.buyer
    dropped = before.seller.vat_identifier if not seller.vat_identifier else None
    if dropped and not invoice.tax_representative and _categories(invoice) & {"K", "G"}:
        losses.append(f"The VAT category demands a VAT number of the seller, so {dropped} is written after all.")
        registration = None if seller.tax_registration == dropped else seller.tax_registration
        invoice = replace(invoice, seller=replace(seller, vat_identifier=dropped, tax_registration=registration))
    dropped = before.buyer.vat_identifier if not buyer.vat_identifier else None
    if dropped and _categories(invoice) & ({"K"} if buyer.legal_registration else {"K", "AE"}):
        losses.append(f"The VAT category demands a VAT number of the buyer, so {dropped} is written after all.")
        invoice = replace(invoice, buyer=replace(buyer, vat_identifier=dropped))
    return invoice


def _categories(invoice: Invoice) -> set[str]:
    return {group.vat.category for group in invoice.vat_breakdown}


def _read(raw: str | None, *, place: Address | None, of: str, losses: list[str]) -> str | None:
    """Return the text as a VAT number, and name a prefix that comes from the address."""
    if not raw:
        return None
    number = vat_numbers.read(raw, country=place.country if place else "")
    if number is None or (number.startswith("NO") and vat_numbers.check(number) is not Check.RIGHT):  # NO-R-001
        return None
    if vat_numbers.compact(raw)[:2] != number[:2]:
        losses.append(f"The {of}'s VAT number {raw} is written as {number}, using the country of the address.")
    return number
