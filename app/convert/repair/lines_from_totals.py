"""One line for each VAT rate, where the document states totals only: Factur-X BASIC WL and MINIMUM, a scan."""

from decimal import Decimal

from msgspec.structs import replace

from app.convert.repair.gaps import without_vat
from app.peppol.invoice import AllowanceCharge, Invoice, Item, Line, Price, Vat, VatBreakdown

_ONE, _ZERO = Decimal(1), Decimal(0)
_UNIT = "C62"  # UN/ECE Rec 20: one
_NAMES = {
    "S": "Total at {rate} % VAT",
    "AE": "Total with VAT reverse charged",
    "K": "Total of intra-Community supplies",
    "G": "Total of exports",
    "O": "Total outside the scope of VAT",
}


def lines_from_totals(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with lines made from its totals, if it has none and they say enough."""
    if invoice.lines:
        return invoice
    groups = _groups(invoice)
    if not groups or any(group.taxable_amount is None for group in groups):
        return invoice
    lines = tuple(_line(invoice, group, number=number) for number, group in enumerate(groups, start=1))
    stated = ", ".join(f"{line.net_amount} ({line.item.name})" for line in lines)
    losses.append(f"The document states no lines; one is made from the totals for each VAT rate: {stated}.")
    return replace(invoice, lines=lines, vat_breakdown=groups)


def _groups(invoice: Invoice) -> tuple[VatBreakdown, ...]:
    """Return the VAT breakdown; its only group has the whole total, if it states no amount of its own."""
    groups, total = invoice.vat_breakdown, without_vat(invoice.totals)
    if len(groups) == 1 and groups[0].taxable_amount is None and total is not None:
        return (replace(groups[0], taxable_amount=total),)
    return groups


def _line(invoice: Invoice, group: VatBreakdown, *, number: int) -> Line:
    """Return the line that the group comes from, beside the allowances and charges of the document."""
    net = (group.taxable_amount or _ZERO) + _sum(invoice.allowances, group.vat) - _sum(invoice.charges, group.vat)
    return Line(
        identifier=str(number),
        quantity=_ONE.copy_sign(net),
        unit=_UNIT,
        net_amount=net,
        price=Price(net=abs(net)),
        vat=group.vat,
        item=Item(name=_name(group)),
    )


def _sum(items: tuple[AllowanceCharge, ...], vat: Vat) -> Decimal:
    """Return what the allowances or charges come to that have this category and rate, or none of their own."""
    return sum((item.amount for item in items if item.vat in (vat, None)), _ZERO)


def _name(group: VatBreakdown) -> str:
    named = _NAMES.get(group.vat.category) or group.exemption_reason or "Total without VAT"
    return named.format(rate=f"{group.vat.rate or _ZERO:f}")
