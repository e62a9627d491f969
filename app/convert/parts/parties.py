"""A payee who is the seller (BR-17), and a seller known by a tax number alone (BR-CO-26)."""

from msgspec.structs import replace

from app.peppol.invoice import Identifier, Invoice, Party, Payee


def payee(invoice: Invoice, losses: list[str]) -> Invoice:
    """Without BG-10 where it only repeats the seller; a number that the seller does not have is named."""
    found = invoice.payee
    if found is None or not _is_seller(found, invoice.seller):
        return invoice
    numbers = [number for number in (found.identifier, found.legal_registration) if number]
    others = [number.value for number in numbers if number.value not in _values(invoice.seller)]
    also = f", with the number {' and '.join(others)}" if others else ""
    losses.append(f"The payee {found.name} is the seller and is left out{also}.")
    return replace(invoice, payee=None)


def _is_seller(found: Payee, seller: Party) -> bool:
    names = {_plain(name) for name in (seller.name, seller.trading_name) if name}
    is_known = found.identifier is not None and found.identifier in seller.identifiers
    return _plain(found.name) in names or is_known


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _values(party: Party) -> set[str]:
    registration = party.legal_registration
    return {number.value for number in party.identifiers} | ({registration.value} if registration else set())


def number_as_identifier(invoice: Invoice, losses: list[str]) -> Invoice:
    """A seller without BT-29, BT-30 and BT-31 is identified by the tax number (BT-32), as small businesses are."""
    seller = invoice.seller
    if seller.tax_registration is None or seller.identifiers or seller.legal_registration or seller.vat_identifier:
        return invoice
    losses.append(
        f"The seller has no number but the tax number {seller.tax_registration}; it also identifies the seller."
    )
    return replace(invoice, seller=replace(seller, identifiers=(Identifier(seller.tax_registration),)))
