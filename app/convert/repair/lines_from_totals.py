"""One line for each VAT rate, where the document states totals only: Factur-X BASIC WL and MINIMUM, a scan."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from app.convert.repair.gaps import without_vat
from app.peppol.invoice import Invoice, Item, Line, Price, Vat, VatBreakdown

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
    beside = _beside(invoice)
    lines = tuple(_line(group, number=number, beside=beside) for number, group in enumerate(groups, start=1))
    stated = ", ".join(f"{line.net_amount} ({line.item.name})" for line in lines)
    losses.append(f"The document states no lines; one is made from the totals for each VAT rate: {stated}.")
    return replace(invoice, lines=lines, vat_breakdown=groups)


def _groups(invoice: Invoice) -> tuple[VatBreakdown, ...]:
    """Return the VAT breakdown; its only group has the whole total, if it states no amount of its own."""
    groups, total = invoice.vat_breakdown, without_vat(invoice.totals)
    if len(groups) == 1 and groups[0].taxable_amount is None and total is not None:
        return (replace(groups[0], taxable_amount=total),)
    return groups


def _beside(invoice: Invoice) -> Mapping[Vat | None, Decimal]:
    """Return what the allowances less the charges of the document come to, by category and rate."""
    sums: defaultdict[Vat | None, Decimal] = defaultdict(Decimal)
    for item in invoice.allowances:
        sums[item.vat] += item.amount
    for item in invoice.charges:
        sums[item.vat] -= item.amount
    return sums


def _line(group: VatBreakdown, *, number: int, beside: Mapping[Vat | None, Decimal]) -> Line:
    """Return the line that the group comes from, beside allowances and charges of its rate or of none."""
    net = (group.taxable_amount or _ZERO) + beside.get(group.vat, _ZERO) + beside.get(None, _ZERO)
    return Line(
        identifier=str(number),
        quantity=_ONE.copy_sign(net),
        unit=_UNIT,
        net_amount=net,
        price=Price(net=abs(net)),
        vat=group.vat,
        item=Item(name=_name(group)),
    )


def _name(group: VatBreakdown) -> str:
    named = _NAMES.get(group.vat.category) or group.exemption_reason or "Total without VAT"
    return named.format(rate=f"{group.vat.rate or _ZERO:f}")
