"""The sign of a credit note: in Peppol a positive credit note credits, other systems write it in negative amounts."""

from decimal import Decimal

from msgspec.structs import asdict, replace

from app.peppol.invoice import AllowanceCharge, Invoice, Line, Totals, VatBreakdown
from app.peppol.totals import complete


def in_positive_amounts(invoice: Invoice) -> Invoice:
    """A credit note of a negative total with every sign turned; anything else as it is."""
    if not invoice.is_credit_note or (complete(invoice).totals.with_vat or 0) >= 0:
        return invoice
    return replace(
        invoice,
        lines=tuple(_line(line) for line in invoice.lines),
        allowances=_all(invoice.allowances),
        charges=_all(invoice.charges),
        vat_breakdown=tuple(_group(group) for group in invoice.vat_breakdown),
        totals=_totals(invoice.totals),
    )


def _line(line: Line) -> Line:
    return replace(
        line,
        quantity=_turned(line.quantity),
        net_amount=_turned(line.net_amount),
        allowances=_all(line.allowances),
        charges=_all(line.charges),
    )


def _all(items: tuple[AllowanceCharge, ...]) -> tuple[AllowanceCharge, ...]:
    return tuple(replace(item, amount=-item.amount, base_amount=_turned(item.base_amount)) for item in items)


def _group(group: VatBreakdown) -> VatBreakdown:
    return replace(group, taxable_amount=_turned(group.taxable_amount), tax_amount=_turned(group.tax_amount))


def _totals(totals: Totals) -> Totals:
    return Totals(**{name: _turned(amount) for name, amount in asdict(totals).items()})


def _turned(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount
