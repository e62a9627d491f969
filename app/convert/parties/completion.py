"""Fill gaps in the parties of a file from Banqup's supplier and customer."""

from dataclasses import dataclass
from typing import Any

from msgspec.structs import asdict, replace

from app.convert.parties import addressing, numbers
from app.convert.parties.contact import needs_contact
from app.convert.parties.likeness import is_same_party
from app.peppol import addresses
from app.peppol.invoice import Address, Contact, Identifier, Invoice, Party
from app.peppol.rules.profile import Profile

_WORDS = {
    "name": "name",
    "vat_identifier": "VAT number",
    "legal_registration": "enterprise number",
    "electronic_address": "electronic address",
    "line_1": "street",
    "city": "city",
    "post_code": "post code",
    "country": "country",
    "contact_name": "contact person",
    "telephone": "telephone number",
    "email": "e-mail address",
}
_PARTS_OF_ADDRESS = ("line_1", "city", "post_code", "country")
_PARTS_OF_CONTACT = {"contact_name": "name", "telephone": "telephone", "email": "email"}


@dataclass(frozen=True, slots=True)
class Known:
    """The parties of a document as Banqup knows them."""

    seller: Party
    buyer: Party


def known_by_banqup(seller: Party, buyer: Party, *, profile: Profile) -> Known:
    """Return Banqup's supplier and customer without the numbers that fail their check."""
    sound_seller = _with_sound_registration(numbers.of_seller(seller, profile=profile, losses=[]), declared=seller)
    sound_buyer = _with_sound_registration(numbers.of_buyer(buyer, profile=profile, losses=[]), declared=buyer)
    return Known(_with_address(sound_seller, profile=profile), _with_address(sound_buyer, profile=profile))


def _with_address(party: Party, *, profile: Profile) -> Party:
    """Return the party with an address inferred from its GLN or the like, since identifiers fill no gaps."""
    if party.electronic_address or party.legal_registration or party.vat_identifier:
        return party
    found = addresses.inferred(party, forms=profile.identifiers)
    return replace(party, electronic_address=found.address) if found else party


def _with_sound_registration(party: Party, *, declared: Party) -> Party:
    """Return the party without a registration that fails the check of its key's scheme."""
    own, before = party.legal_registration, declared.legal_registration
    is_sound = own is None or own.scheme or (before is not None and not before.scheme)
    return party if is_sound else replace(party, legal_registration=None)


def completed(invoice: Invoice, *, known: Known, profile: Profile, losses: list[str]) -> Invoice:
    """Return the invoice with gaps in seller and buyer filled, each only if Banqup knows the same party."""
    has_vat = not _is_outside_vat(invoice)
    seller_gaps = _gaps(invoice.seller, known.seller, has_vat=has_vat, profile=profile)
    if needs_contact(invoice):
        seller_gaps |= _gaps_of_contact(invoice.seller.contact or Contact(), known.seller.contact or Contact())
    buyer_gaps = _gaps(invoice.buyer, known.buyer, has_vat=has_vat, profile=profile)
    return replace(
        invoice,
        seller=_filled(invoice.seller, known.seller, gaps=seller_gaps, of="seller", losses=losses),
        buyer=_filled(invoice.buyer, known.buyer, gaps=buyer_gaps, of="buyer", losses=losses),
    )


def _is_outside_vat(invoice: Invoice) -> bool:
    """Return whether VAT numbers are forbidden (BR-O-02 to BR-O-04)."""
    return bool(invoice.vat_breakdown) and all(group.vat.category == "O" for group in invoice.vat_breakdown)


def _gaps(party: Party, known: Party, *, has_vat: bool, profile: Profile) -> dict[str, Any]:
    """Return the terms, including parts of the address, that Banqup has and the file lacks."""
    has_address = addressing.accepted(party.electronic_address, profile=profile) is not None
    gaps: dict[str, Any] = {
        "name": None if party.name else known.name,
        "vat_identifier": known.vat_identifier if has_vat and not party.vat_identifier else None,
        "legal_registration": None if party.legal_registration else known.legal_registration,
        "electronic_address": None if has_address else known.electronic_address,
        **_gaps_of_address(party.address or Address(), known.address or Address()),
    }
    return {term: value for term, value in gaps.items() if value}


def _gaps_of_address(place: Address, known: Address) -> dict[str, Any]:
    if place.country and known.country and place.country != known.country:
        return {}
    parts, known_parts = asdict(place), asdict(known)
    return {part: known_parts[part] for part in _PARTS_OF_ADDRESS if not parts[part]}


def _gaps_of_contact(contact: Contact, known: Contact) -> dict[str, Any]:
    parts, known_parts = asdict(contact), asdict(known)
    missing = {term: known_parts[part] for term, part in _PARTS_OF_CONTACT.items() if not parts[part]}
    return {term: value for term, value in missing.items() if value}


def _filled(party: Party, known: Party, *, gaps: dict[str, Any], of: str, losses: list[str]) -> Party:
    if not gaps:
        return party
    banqup = f"Banqup's {'supplier' if of == 'seller' else 'customer'}"
    if not is_same_party(party, known):
        missing = ", ".join(_WORDS[term] for term in gaps)
        losses.append(f"The {of} {party.name} is not {banqup} {known.name}, so these stay missing: {missing}.")
        return party
    losses += [f"The {of}'s {_WORDS[term]} {_shown(value)} is taken from {banqup}." for term, value in gaps.items()]
    parts = {part: gaps.pop(part) for part in _PARTS_OF_ADDRESS if part in gaps}
    place = replace(party.address or Address(), **parts) if parts else party.address
    ways = {part: gaps.pop(term) for term, part in _PARTS_OF_CONTACT.items() if term in gaps}
    contact = replace(party.contact or Contact(), **ways) if ways else party.contact
    return replace(party, address=place, contact=contact, **gaps)


def _shown(value: str | Identifier) -> str:
    return value if isinstance(value, str) else f"{value.value} ({value.scheme})" if value.scheme else value.value
