"""An amount due that differs from the total without a stated reason (BR-CO-16)."""

from decimal import Decimal

from msgspec.structs import replace

from app.peppol.invoice import Invoice, Totals
from app.peppol.totals import computed

_MOST_ROUNDING = Decimal("1.00")  # whole crowns; a larger difference is not rounding


def amount_due(invoice: Invoice, losses: list[str]) -> Invoice:
    """Write a small difference as rounding (BT-114), or the part that is not due as paid (BT-113)."""
    totals = _with_total(invoice)
    difference = _unexplained(totals)
    if not difference:
        return invoice
    if totals.rounding is None and abs(difference) < _MOST_ROUNDING:
        losses.append(f"The difference between total and amount due, {-difference}, is written as rounding.")
        return replace(invoice, totals=replace(totals, rounding=-difference))
    if not totals.paid and _is_a_part(difference, of=totals.with_vat):
        losses.append(f"The difference between total and amount due, {difference}, is written as already paid.")
        return replace(invoice, totals=replace(totals, paid=difference))
    return invoice


def _with_total(invoice: Invoice) -> Totals:
    """Return the totals; compute the one with VAT if only the amount due is given."""
    totals = invoice.totals
    if totals.with_vat is not None or totals.payable is None:
        return totals
    return replace(totals, with_vat=computed(invoice).totals.with_vat)


def _unexplained(totals: Totals) -> Decimal:
    """Return the part of total minus amount due that paid amount and rounding do not explain."""
    if totals.with_vat is None or totals.payable is None:
        return Decimal(0)
    return totals.with_vat - (totals.paid or 0) + (totals.rounding or 0) - totals.payable


def _is_a_part(difference: Decimal, *, of: Decimal | None) -> bool:
    """Return whether the difference has the sign of the total and does not exceed it."""
    total = of or Decimal(0)
    return difference * total > 0 and abs(difference) <= abs(total)
