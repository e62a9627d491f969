"""Find electronic addresses (BT-34, BT-49): the party's own if Peppol accepts it, else an inferred one."""

import re

from msgspec.structs import replace

from app.peppol import addresses
from app.peppol.addresses import Inferred
from app.peppol.identifiers import is_german_routing_id, is_iban
from app.peppol.invoice import Identifier, Invoice, Party
from app.peppol.registers import written
from app.peppol.rules.profile import Profile

_ROUTING_SCHEME, _IBAN_SCHEME = "0204", "9918"  # EAS: Leitweg-ID, bank account
_NOT_IN_NUMBERS = re.compile(r"[\s./-]")


def addressed(invoice: Invoice, *, profile: Profile, is_file: bool, losses: list[str]) -> Invoice:
    """Return the invoice with the addresses of both parties, as far as possible (R010, R020).

    Banqup's own data rarely hold an address, so one from an enterprise or VAT number is the normal case, not a loss.
    """
    return replace(
        invoice,
        seller=_party(
            invoice.seller, of="seller", other=_account(invoice), profile=profile, is_file=is_file, losses=losses
        ),
        buyer=_party(
            invoice.buyer, of="buyer", other=_routing_id(invoice), profile=profile, is_file=is_file, losses=losses
        ),
    )


def _party(
    party: Party, *, of: str, other: Inferred | None, profile: Profile, is_file: bool, losses: list[str]
) -> Party:
    own = party.electronic_address
    kept = accepted(own, profile=profile)
    if kept is not None:
        return party if kept == own else replace(party, electronic_address=kept)
    found = addresses.inferred(party, forms=profile.identifiers) or other
    if own is not None:
        losses.append(_instead(own, found, of=of))
    elif found is not None and (is_file or found is other):
        losses.append(f"The {of}'s electronic address {_shown(found.address)} is inferred from {found.source}.")
    return replace(party, electronic_address=found.address if found else None)


def accepted(own: Identifier | None, *, profile: Profile) -> Identifier | None:
    """Return the address in its scheme's notation, None if Peppol does not accept it (CL008, PEPPOL-COMMON-R040)."""
    if own is None or own.scheme not in profile.codes.address_schemes:
        return None
    return written(own, forms=profile.identifiers)


def _instead(own: Identifier, found: Inferred | None, *, of: str) -> str:
    said = f"Peppol does not accept the {of}'s electronic address {own.value} ({own.scheme or 'no scheme'})"
    if found is None:
        return f"{said}; no other can be inferred."
    return f"{said}; {_shown(found.address)}, from {found.source}, is written instead."


def _shown(address: Identifier) -> str:
    return f"{address.scheme}:{address.value}"


def _routing_id(invoice: Invoice) -> Inferred | None:
    """Return the buyer reference of a German authority, which also addresses it (XRechnung, BT-10)."""
    reference = (invoice.buyer_reference or "").strip().upper()
    place = invoice.buyer.address
    is_one = place is not None and place.country == "DE" and is_german_routing_id(reference)
    return Inferred(Identifier(reference, _ROUTING_SCHEME), "the buyer reference (BT-10)") if is_one else None


def _account(invoice: Invoice) -> Inferred | None:
    """Return the seller's account, the last resort."""
    transfers = (means.credit_transfer for means in invoice.payment_instructions)
    numbers = (_NOT_IN_NUMBERS.sub("", transfer.account.upper()) for transfer in transfers if transfer)
    found = next((number for number in numbers if is_iban(number)), None)
    return Inferred(Identifier(found, _IBAN_SCHEME), "the account (BT-84)") if found else None
