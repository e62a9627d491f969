"""VAT categories and rates: BT-95, BT-102, BT-118, BT-151 and their rates."""

from decimal import Decimal

from msgspec.structs import replace

from app.convert.conform.document import is_german
from app.peppol.invoice import AllowanceCharge, Invoice, Vat, VatBreakdown

# UNCL 5305 categories that EN 16931 has no room for: lower, higher and mixed rates are all standard rates
_STANDARD = frozenset({"A", "AA", "AB", "AC", "H", "HH"})
_OUTSIDE = "O"
_AT_ZERO = frozenset({"Z", "E", "AE", "K", "G"})


def vat(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with every VAT category in its list, and with its rate."""
    groups = tuple(replace(group, vat=_vat(group.vat)) for group in invoice.vat_breakdown)
    for category in sorted({group.vat.category.upper() for group in invoice.vat_breakdown} & _STANDARD):
        losses.append(f"VAT category {category} is written as S; EN 16931 has one category for all rates.")
    return replace(
        invoice,
        vat_breakdown=tuple(_with_rate(group) for group in groups) if is_german(invoice.seller) else groups,
        lines=tuple(replace(line, vat=_vat(line.vat)) if line.vat else line for line in invoice.lines),
        allowances=_each(invoice.allowances),
        charges=_each(invoice.charges),
    )


def _vat(own: Vat) -> Vat:
    """Return a category of the list, with the rate that it stands for."""
    category = own.category.upper()
    if category in _STANDARD or (not category and own.rate):
        category = "S"
    if own.rate is None and category in _AT_ZERO:
        return Vat(category, Decimal(0))
    return Vat(category, None if category == _OUTSIDE and not own.rate else own.rate)


def _with_rate(group: VatBreakdown) -> VatBreakdown:
    """A German breakdown has a rate even outside the scope of VAT (DE-R-014)."""
    is_bare = group.vat.category == _OUTSIDE and group.vat.rate is None and group.taxable_amount is not None
    return replace(group, vat=Vat(_OUTSIDE, Decimal(0))) if is_bare else group


def _each(items: tuple[AllowanceCharge, ...]) -> tuple[AllowanceCharge, ...]:
    return tuple(replace(item, vat=_vat(item.vat)) if item.vat else item for item in items)
