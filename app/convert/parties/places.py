"""Fill parts of addresses that national rules demand with `NA` if nothing is known.

DE-R-003, DE-R-004, DE-R-008 to DE-R-011, NL-R-002, NL-R-004, NL-R-006, IS-R-003, IS-R-005, IT-R-002 to IT-R-004.
"""

from msgspec.structs import asdict, replace

from app.convert.countries import domestic, ruling
from app.peppol.invoice import Address, Delivery, Invoice, Party, TaxRepresentative

NOT_AVAILABLE = "NA"  # as BIS Billing itself writes for an order reference that is not known
_WORDS = {"line_1": "street", "city": "city", "post_code": "post code"}
# Country → parts that it demands
_PARTS = {
    "DE": ("city", "post_code"),
    "IS": ("line_1", "post_code"),
    "IT": ("line_1", "city", "post_code"),
    "NL": ("line_1", "city", "post_code"),
}


def whole(invoice: Invoice, *, losses: list[str]) -> Invoice:
    """Return the invoice with every part of an address that the seller's country demands."""
    country = ruling(invoice)
    is_domestic = bool(domestic(invoice))
    if country not in _PARTS or (country == "DE" and not is_domestic):
        return invoice
    invoice = replace(invoice, seller=_party(invoice.seller, of="seller", country=country, losses=losses))
    if is_domestic and country != "IT":
        invoice = replace(invoice, buyer=_party(invoice.buyer, of="buyer", country=country, losses=losses))
    if country == "DE" and invoice.delivery:
        invoice = replace(invoice, delivery=_delivery(invoice.delivery, losses=losses))
    if country == "NL" and invoice.tax_representative:
        invoice = replace(invoice, tax_representative=_representative(invoice.tax_representative, losses=losses))
    return invoice


def _party(party: Party, *, of: str, country: str, losses: list[str]) -> Party:
    place = party.address or Address(country=country)
    return replace(party, address=_filled(place, of=of, parts=_PARTS[country], losses=losses))


def _delivery(delivery: Delivery, *, losses: list[str]) -> Delivery:
    if delivery.address is None:
        return delivery
    place = _filled(delivery.address, of="place of delivery", parts=_PARTS["DE"], losses=losses)
    return replace(delivery, address=place)


def _representative(party: TaxRepresentative, *, losses: list[str]) -> TaxRepresentative:
    if party.address is None or party.address.country != "NL":
        return party
    place = _filled(party.address, of="tax representative", parts=_PARTS["NL"], losses=losses)
    return replace(party, address=place)


def _filled(place: Address, *, of: str, parts: tuple[str, ...], losses: list[str]) -> Address:
    known = asdict(place)
    missing = [part for part in parts if not known[part]]
    losses += [f"The {of}'s {_WORDS[part]} is missing; “{NOT_AVAILABLE}” is written." for part in missing]
    return replace(place, **dict.fromkeys(missing, NOT_AVAILABLE)) if missing else place
