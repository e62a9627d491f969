"""The amount due where it differs from the total, and nothing states why (BR-CO-16)."""

from decimal import Decimal

from msgspec.structs import replace

from app.peppol.invoice import Invoice, Totals
from app.peppol.totals import computed

_MOST_ROUNDING = Decimal("1.00")  # crowns are rounded to whole ones; more is no rounding


def amount_due(invoice: Invoice, losses: list[str]) -> Invoice:
    """A small difference is rounding (BT-114); if less is due than the total, the rest was paid already (BT-113)."""
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
    """The totals, with that with VAT computed where only the amount due is given."""
    totals = invoice.totals
    if totals.with_vat is not None or totals.payable is None:
        return totals
    return replace(totals, with_vat=computed(invoice).totals.with_vat)


def _unexplained(totals: Totals) -> Decimal:
    """What lies between total and amount due beside the paid amount and the rounding."""
    if totals.with_vat is None or totals.payable is None:
        return Decimal(0)
    return totals.with_vat - (totals.paid or 0) + (totals.rounding or 0) - totals.payable


def _is_a_part(difference: Decimal, *, of: Decimal | None) -> bool:
    """Whether the difference has the sign of the total and is not more than it."""
    total = of or Decimal(0)
    return difference * total > 0 and abs(difference) <= abs(total)
