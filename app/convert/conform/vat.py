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
    groups = [replace(group, vat=_vat(group.vat)) for group in invoice.vat_breakdown]
    found = {group.vat for group in groups}
    only = groups[0].vat if len(found) == 1 else None
    if is_german(invoice.seller):
        groups = [_with_rate(group) for group in groups]
    return replace(
        invoice,
        vat_breakdown=tuple(groups),
        lines=tuple(replace(line, vat=_vat(line.vat) if line.vat else only) for line in invoice.lines),
        allowances=_adjustments(invoice.allowances, only=only),
        charges=_adjustments(invoice.charges, only=only),
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


def _adjustments(items: tuple[AllowanceCharge, ...], *, only: Vat | None) -> tuple[AllowanceCharge, ...]:
    """BG-20 or BG-21: without a category of its own it has the only one of the document (BR-32, BR-37)."""
    return tuple(replace(item, vat=_vat(item.vat) if item.vat else only) for item in items)
