"""Check the identifiers of the parties by their schemes (BT-29, BT-30, BT-46, BT-47, BT-60, BT-61)."""

from msgspec.structs import replace

from app.convert.countries import country_of
from app.convert.parties import vat
from app.peppol import registers, vat_numbers
from app.peppol.addresses import VAT_SCHEMES
from app.peppol.invoice import Identifier, Invoice, Party, Payee
from app.peppol.rules.profile import Profile

_VAT_SCHEMES = frozenset(scheme for scheme in VAT_SCHEMES.values() if scheme.startswith("99"))  # none is of ISO 6523


def checked(invoice: Invoice, *, profile: Profile, losses: list[str]) -> Invoice:
    """Return the invoice with the numbers of its parties in the notation of their scheme, or without a scheme."""
    representative = invoice.tax_representative
    seller = of_seller(invoice.seller, profile=profile, losses=losses)
    buyer = of_buyer(invoice.buyer, profile=profile, losses=losses)
    is_unchanged = seller is invoice.seller and buyer is invoice.buyer
    if is_unchanged and invoice.payee is None and representative is None:
        return invoice
    return replace(
        invoice,
        seller=seller,
        buyer=buyer,
        payee=_payee(invoice.payee, profile=profile, losses=losses) if invoice.payee else None,
        tax_representative=vat.of_representative(representative, losses=losses) if representative else None,
    )


def of_seller(party: Party, *, profile: Profile, losses: list[str]) -> Party:
    """Return BG-4 with its numbers checked."""
    return _party(vat.of_seller(_with_vat_number(party), losses=losses), of="seller", profile=profile, losses=losses)


def of_buyer(party: Party, *, profile: Profile, losses: list[str]) -> Party:
    """Return BG-7 with its numbers checked."""
    return _party(vat.of_buyer(_with_vat_number(party), losses=losses), of="buyer", profile=profile, losses=losses)


def _with_vat_number(party: Party) -> Party:
    """Return the party with an identifier in a VAT scheme as its VAT number."""
    if not any(each.scheme in _VAT_SCHEMES for each in party.identifiers):
        return party
    found = next(each.value for each in party.identifiers if each.scheme in _VAT_SCHEMES)
    number = party.vat_identifier or found
    others = tuple(
        each for each in party.identifiers if each.scheme not in _VAT_SCHEMES or not _is_same(each.value, number)
    )
    return replace(party, vat_identifier=number, identifiers=others)


def _party(party: Party, *, of: str, profile: Profile, losses: list[str]) -> Party:
    if not party.identifiers and party.legal_registration is None:
        return party
    number, noun = party.vat_identifier, f"{of}'s identifier"
    found = [_identifier(each, of=noun, number=number, profile=profile, losses=losses) for each in party.identifiers]
    registration = _registration(party, of=of, profile=profile, losses=losses)
    identifiers = tuple([each for each in found if each])
    if identifiers == party.identifiers and registration == party.legal_registration:
        return party
    return replace(party, identifiers=identifiers, legal_registration=registration)


def _payee(payee: Payee, *, profile: Profile, losses: list[str]) -> Payee:
    own, legal = (
        _identifier(each, of=f"payee's {noun}", number=None, profile=profile, losses=losses) if each else None
        for noun, each in (("identifier", payee.identifier), ("registration", payee.legal_registration))
    )
    return replace(payee, identifier=own, legal_registration=legal)


def _identifier(
    own: Identifier, *, of: str, number: str | None, profile: Profile, losses: list[str]
) -> Identifier | None:
    """Return the identifier in its scheme's notation, else without a scheme; None if it is the VAT number."""
    if own.scheme is None:
        return own
    is_known = own.scheme in profile.codes.identifier_schemes
    found = registers.written(own, forms=profile.identifiers)
    if is_known and found is not None:
        return found
    said = f"The {of} {own.value} ({own.scheme}) is not {_what(own.scheme, profile=profile)}"
    if number and _is_same(own.value, number):
        losses.append(f"{said} but the VAT number; it is left out.")
        return None
    losses.append(f"{said}; it is written without a scheme.")
    return Identifier(own.value)


def _what(scheme: str, *, profile: Profile) -> str:
    """Return what a scheme identifies, in words."""
    form = profile.identifiers.of(scheme, is_address=True, vat_prefix="")
    return form.what if form else "of a scheme of ISO 6523"


def _registration(party: Party, *, of: str, profile: Profile, losses: list[str]) -> Identifier | None:
    """Return the registration (BT-30, BT-47), without a scheme in that of its country if it passes the check."""
    own = party.legal_registration
    if own is None:
        return None
    found = _identifier(own, of=f"{of}'s registration", number=party.vat_identifier, profile=profile, losses=losses)
    if found is None or found.scheme:
        return found
    return registers.of_country(found.value, country=country_of(party), forms=profile.identifiers) or found


def _is_same(value: str, number: str) -> bool:
    """Return whether the value is the VAT number, with or without its prefix."""
    compact, whole = vat_numbers.compact(value), vat_numbers.compact(number)
    return compact in (whole, whole[2:])


def identified(invoice: Invoice, *, losses: list[str]) -> Invoice:
    """Return the seller with an identifier (BR-CO-26): its tax number, else its name rather than an invented number."""
    seller = invoice.seller
    if seller.identifiers or seller.legal_registration or seller.vat_identifier or not seller.name:
        return invoice
    if seller.tax_registration:
        losses.append(f"The seller's tax number {seller.tax_registration} is also written as its identifier (BT-29).")
    else:
        losses.append("The seller has no number; its name is also written as its identifier (BT-29).")
    identifiers = (Identifier(seller.tax_registration or seller.name),)
    return replace(invoice, seller=replace(seller, identifiers=identifiers))
