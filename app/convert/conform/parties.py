"""Seller, buyer, payee, tax representative and delivery: their numbers, schemes and countries."""

import re

from msgspec.structs import replace

from app.convert.conform import schemes
from app.peppol import addresses, codes
from app.peppol.invoice import Address, Contact, Delivery, Identifier, Invoice, Party, Payee, TaxRepresentative

_NOT_IN_NUMBERS = re.compile(r"[\s./-]")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_ROUTING_ID = re.compile(r"\d{2,12}(-[0-9A-Za-z]{1,30})?-\d{2}")  # the German Leitweg-ID
_E_MAIL = "EM"
_ROUTING_SCHEME, _IBAN_SCHEME = "0204", "9918"  # EAS: Leitweg-ID, bank account


def parties(invoice: Invoice, losses: list[str]) -> Invoice:
    """Everybody, with electronic addresses (R010, R020) also where only other numbers of theirs are known."""
    seller = _party(invoice.seller, role="seller", losses=losses)
    buyer = _party(invoice.buyer, role="buyer", losses=losses)
    return replace(
        invoice,
        seller=_addressed(seller, role="seller", own=invoice.seller, other=_account(invoice), losses=losses),
        buyer=_addressed(buyer, role="buyer", own=invoice.buyer, other=_routing_id(invoice), losses=losses),
        payee=_payee(invoice.payee, seller=seller, losses=losses),
        tax_representative=_representative(invoice.tax_representative),
        delivery=_delivery(invoice.delivery, buyer=buyer, losses=losses),
    )


def _party(party: Party, *, role: str, losses: list[str]) -> Party:
    place = _address(party.address)
    vat_number = vat_identifier(party.vat_identifier, country=place.country if place else "")
    place = place or Address()
    country = place.country or _country_of(vat_number)
    return replace(
        party,
        address=replace(place, country=country) if country or party.address else None,
        vat_identifier=vat_number,
        identifiers=tuple(schemes.identifier(each, of=role, losses=losses) for each in party.identifiers),
        legal_registration=schemes.registration(party.legal_registration, country=country, of=role, losses=losses),
        electronic_address=schemes.address(party.electronic_address),
        contact=_contact(party),
    )


def vat_identifier(number: str | None, *, country: str) -> str | None:
    """BT-31, BT-48 or BT-63 without blanks and points, with the prefix of its country (BR-CO-09)."""
    if not number:
        return None
    compact = _NOT_IN_NUMBERS.sub("", number.upper())
    prefix = {"GR": "EL"}.get(country, country)
    if prefix and compact.isdigit():
        compact = prefix + compact
    if re.fullmatch(r"BE\d{9}", compact):
        return f"BE0{compact[2:]}"
    return compact


def _country_of(vat_number: str | None) -> str:
    prefix = (vat_number or "")[:2]
    country = {"EL": "GR", "XI": "GB"}.get(prefix, prefix)
    return country if country in codes.COUNTRIES else ""


def _address(place: Address | None) -> Address | None:
    return replace(place, country=place.country.upper()) if place else None


def _contact(party: Party) -> Contact | None:
    """The contact, with the e-mail address that Peppol does not take as an electronic address."""
    own = party.electronic_address
    if own is None or own.scheme != _E_MAIL or (party.contact and party.contact.email):
        return party.contact
    return replace(party.contact or Contact(), email=own.value)


def _addressed(party: Party, *, role: str, own: Party, other: Identifier | None, losses: list[str]) -> Party:
    """The party with an address that Peppol takes: its own, else one that its numbers give."""
    found = addresses.of(party) or other
    before = own.electronic_address
    if before and party.electronic_address is None:
        instead = f"{found.scheme}:{found.value} is written" if found else "none can be written"
        losses.append(
            f"The {role}'s electronic address {before.value} ({before.scheme or 'no scheme'}) is not one that "
            f"Peppol takes; {instead} instead."
        )
    return replace(party, electronic_address=found)


def _routing_id(invoice: Invoice) -> Identifier | None:
    """German authorities are addressed by the buyer reference, when it has the form of theirs (XRechnung, BT-10)."""
    reference = (invoice.buyer_reference or "").strip()
    place = invoice.buyer.address
    is_german = place is not None and place.country.upper() == "DE"
    return Identifier(reference, _ROUTING_SCHEME) if is_german and _ROUTING_ID.fullmatch(reference) else None


def _account(invoice: Invoice) -> Identifier | None:
    """The seller's account, where no number of his makes an address."""
    transfers = (means.credit_transfer for means in invoice.payment_instructions)
    numbers = (_NOT_IN_NUMBERS.sub("", transfer.account.upper()) for transfer in transfers if transfer)
    return next((Identifier(number, _IBAN_SCHEME) for number in numbers if _IBAN.fullmatch(number)), None)


def _payee(payee: Payee | None, *, seller: Party, losses: list[str]) -> Payee | None:
    """BG-10 only when somebody other than the seller is paid (BR-17)."""
    if payee is None or (payee.name == seller.name and payee.identifier is None and payee.legal_registration is None):
        return None
    own, legal = payee.identifier, payee.legal_registration
    return replace(
        payee,
        identifier=schemes.identifier(own, of="payee", losses=losses) if own else None,
        legal_registration=schemes.registration(legal, country="", of="payee", losses=losses),
    )


def _representative(representative: TaxRepresentative | None) -> TaxRepresentative | None:
    if representative is None:
        return None
    place = _address(representative.address)
    number = vat_identifier(representative.vat_identifier, country=place.country if place else "")
    return replace(representative, address=place, vat_identifier=number)


def _delivery(delivery: Delivery | None, *, buyer: Party, losses: list[str]) -> Delivery | None:
    """BG-13 with the country that its address needs (BR-57)."""
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
