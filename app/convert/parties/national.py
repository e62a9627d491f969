"""Adapt registrations to national rules (NL-R-003, NL-R-005, DK-R-002, DK-R-013, DK-R-014, SE-R-003 to SE-R-005)."""

from msgspec.structs import replace

from app.convert.countries import country_of, ruling
from app.peppol.invoice import Identifier, Invoice, Party
from app.peppol.registers import of_country
from app.peppol.rules.identifier_forms import IdentifierForms

# Country → schemes that it accepts for a registration (BT-30, BT-47), and their name
_SCHEMES = {
    "DK": (frozenset({"0184"}), "a CVR number"),
    "NL": (frozenset({"0106", "0190"}), "a KVK number or an OIN"),
    "SE": (frozenset({"0007"}), "an organisation number"),
}
_BUYERS_TOO = frozenset({"DK", "NL"})


def adapted(invoice: Invoice, *, forms: IdentifierForms, losses: list[str]) -> Invoice:
    """Return the invoice with registrations that the seller's country accepts; others become identifiers."""
    country = ruling(invoice)
    if country not in _SCHEMES:
        return invoice
    seller = _registered(invoice.seller, of="seller", country=country, losses=losses)
    buyer = invoice.buyer
    if country in _BUYERS_TOO and country_of(buyer) == country:
        buyer = _registered(buyer, of="buyer", country=country, losses=losses)
    if country == "SE":
        seller = _without_tax_number(seller, losses=losses)
    if country == "DK":
        seller = _with_danish_number(seller, forms=forms, losses=losses)
        if country_of(buyer) == country:
            seller = _with_schemes_only(seller, of="seller", losses=losses)
            buyer = _with_schemes_only(buyer, of="buyer", losses=losses)
    return replace(invoice, seller=seller, buyer=buyer)


def _registered(party: Party, *, of: str, country: str, losses: list[str]) -> Party:
    """Return the party with an accepted registration; another becomes an identifier (BT-29, BT-46) if there is room."""
    schemes, what = _SCHEMES[country]
    own = party.legal_registration
    if own is None or own.scheme in schemes:
        return party
    party = replace(party, legal_registration=None)
    said = f"The {of}'s registration {own.value} is not {what}"
    if own in party.identifiers:
        return party
    if of == "buyer" and party.identifiers:
        losses.append(f"{said}; it is left out.")
        return party
    losses.append(f"{said}; it is written as a further identifier.")
    return replace(party, identifiers=(*party.identifiers, own))


def _without_tax_number(seller: Party, *, losses: list[str]) -> Party:
    """Return a Swedish seller with “Godkänd för F-skatt” as its tax registration, or without one (SE-R-005)."""
    own = seller.tax_registration
    if own is None or seller.legal_registration is None or own.upper() == "GODKÄND FÖR F-SKATT":
        return seller
    losses.append(f"The seller's tax number {own} has no place in Sweden; it is written as a further identifier.")
    return replace(seller, tax_registration=None, identifiers=(*seller.identifiers, Identifier(own)))


def _with_danish_number(seller: Party, *, forms: IdentifierForms, losses: list[str]) -> Party:
    """Return a Danish seller with the CVR number from its VAT number (DK-R-002)."""
    number = seller.vat_identifier or ""
    found = of_country(number.removeprefix("DK"), country="DK", forms=forms) if number.startswith("DK") else None
    if seller.legal_registration or found is None:
        return seller
    losses.append(f"The seller's CVR number {found.value} is inferred from its VAT number.")
    return replace(seller, legal_registration=found)


def _with_schemes_only(party: Party, *, of: str, losses: list[str]) -> Party:
    """Return a Danish party without identifiers that lack a scheme (DK-R-013)."""
    bare = [each for each in party.identifiers if not each.scheme]
    if not bare:
        return party
    losses += [
        f"The {of}'s identifier {each.value} has no scheme, which Danish rules demand; it is left out." for each in bare
    ]
    return replace(party, identifiers=tuple(each for each in party.identifiers if each.scheme))
