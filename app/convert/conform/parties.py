"""Seller, buyer, payee, tax representative and delivery: the codes of schemes and countries, and what says nothing."""

from msgspec.structs import replace

from app.convert.conform import schemes
from app.peppol import vat_numbers
from app.peppol.invoice import Address, Contact, Delivery, Identifier, Invoice, Party, Payee, TaxRepresentative

_E_MAIL = "EM"


def parties(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with its parties in the codes of Peppol; `app.convert.parties` checks their numbers."""
    seller, buyer = _party(invoice.seller), _party(invoice.buyer)
    return replace(
        invoice,
        seller=seller,
        buyer=buyer,
        payee=_payee(invoice.payee),
        tax_representative=_representative(invoice.tax_representative),
        delivery=_delivery(invoice.delivery, buyer=buyer, losses=losses),
    )


def _party(party: Party) -> Party:
    place = _address(party.address) or Address()
    country = place.country or _country_of(party.vat_identifier)
    return replace(
        party,
        address=replace(place, country=country) if country or party.address else None,
        identifiers=tuple(_identifier(each) for each in party.identifiers),
        legal_registration=schemes.identifier(party.legal_registration),
        electronic_address=schemes.address(party.electronic_address),
        contact=_contact(party),
    )


def _identifier(own: Identifier) -> Identifier:
    return schemes.identifier(own) or own


def _country_of(vat_number: str | None) -> str:
    """Return the country that a VAT number begins with, an empty text when it is none."""
    number = vat_numbers.read(vat_number or "", country="")
    prefix = (number or "")[:2]
    return {"EL": "GR", "XI": "GB"}.get(prefix, prefix)


def _address(place: Address | None) -> Address | None:
    return replace(place, country=place.country.upper()) if place else None


def _contact(party: Party) -> Contact | None:
    """Return the contact, with an e-mail address that stands as an electronic address, which Peppol does not accept."""
    own = party.electronic_address
    if own is None or own.scheme != _E_MAIL or (party.contact and party.contact.email):
        return party.contact
    return replace(party.contact or Contact(), email=own.value)


def _payee(payee: Payee | None) -> Payee | None:
    """Return BG-10."""
    if payee is None:
        return None
    return replace(
        payee,
        identifier=schemes.identifier(payee.identifier),
        legal_registration=schemes.identifier(payee.legal_registration),
    )


def _representative(representative: TaxRepresentative | None) -> TaxRepresentative | None:
    return replace(representative, address=_address(representative.address)) if representative else None


def _delivery(delivery: Delivery | None, *, buyer: Party, losses: list[str]) -> Delivery | None:
    """Return BG-13 with the country that its address needs (BR-57)."""
    if delivery is None:
        return None
    place = _address(delivery.address)
    if place and not place.country and buyer.address and buyer.address.country:
        losses.append(f"The place of delivery names no country; the buyer's, {buyer.address.country}, is written.")
        place = replace(place, country=buyer.address.country)
    return replace(
        delivery,
        address=place,
        location=schemes.location(delivery.location, losses=losses),
    )
