"""A payee who is the seller (BR-17)."""

from msgspec.structs import replace

from app.peppol.invoice import Invoice, Party, Payee


def payee(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice without BG-10 if it repeats the seller; name any number that the seller lacks."""
    found = invoice.payee
    if found is None:
        return invoice
    if not _is_seller(found, invoice.seller):
        return replace(invoice, payee=_told_apart(found, seller=invoice.seller, losses=losses))
    numbers = [number for number in (found.identifier, found.legal_registration) if number]
    others = [number.value for number in numbers if _plain(number.value) not in _values(invoice.seller)]
    also = f", with the number {' and '.join(others)}" if others else ""
    losses.append(f"The payee {found.name} is the seller and is left out{also}.")
    return replace(invoice, payee=None)


def _is_seller(found: Payee, seller: Party) -> bool:
    names = {_plain(name) for name in (seller.name, seller.trading_name) if name}
    return _plain(found.name) in names or (found.identifier is not None and found.identifier in seller.identifiers)


def _told_apart(found: Payee, *, seller: Party, losses: list[str]) -> Payee:
    """Return another payee, without an identifier (BT-60) that the seller has under another scheme (BR-17)."""
    own = found.identifier
    if own is None or _plain(own.value) not in {_plain(number.value) for number in seller.identifiers}:
        return found
    losses.append(f"The payee's identifier {own.value} is left out: it is the seller's.")
    return replace(found, identifier=None)


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _values(party: Party) -> set[str]:
    registration = party.legal_registration
    return {_plain(number.value) for number in (*party.identifiers, *((registration,) if registration else ()))}
