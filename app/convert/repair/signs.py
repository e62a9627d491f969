"""The signs of a credit note: in Peppol positive amounts credit; other systems turn all of them, or some.

An invoice may be negative, and stays so: that too credits (BIS Billing, negative invoices).
"""

from decimal import Decimal

from msgspec.structs import asdict, replace

from app.convert.repair.line_sum import above_zero, adjusted, bare, total
from app.peppol.invoice import AllowanceCharge, Invoice, Line, Totals, VatBreakdown
from app.peppol.totals import complete

_ZERO = Decimal(0)


def signs(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return a credit note in positive amounts, and any document with the signs that its totals need."""
    invoice = _with_adjustments_above_zero(_with_paid_above_zero(invoice, losses), losses)
    if not invoice.is_credit_note:
        return invoice
    invoice = _with_one_sign(invoice, losses)
    credited = -_with_vat(invoice)
    if credited <= 0:
        return invoice
    losses.append(f"The credit note has negative amounts; they are written as positive ones, which credit {credited}.")
    return _turned(invoice)


def _with_vat(invoice: Invoice) -> Decimal:
    totals = invoice.totals
    return totals.with_vat or totals.without_vat or complete(invoice).totals.with_vat or _ZERO


def _with_paid_above_zero(invoice: Invoice, losses: list[str]) -> Invoice:
    """A paid amount in the opposite sign of the total that lowers the amount due (BR-CO-16)."""
    totals = invoice.totals
    paid, with_vat, payable = totals.paid, totals.with_vat, totals.payable
    if paid is None or with_vat is None or payable is None or paid * with_vat >= 0:
        return invoice
    if payable != with_vat + paid + (totals.rounding or _ZERO):
        return invoice
    losses.append(f"The paid amount {paid} is written as {-paid}: the amount due is less by it.")
    return replace(invoice, totals=replace(totals, paid=-paid))


def _with_adjustments_above_zero(invoice: Invoice, losses: list[str]) -> Invoice:
    """Allowances below zero that lower the total, charges below zero that raise it, and their sums (BR-CO-13)."""
    if not any(item.amount < 0 for item in (*invoice.allowances, *invoice.charges)):
        return _with_sums_of_adjustments(invoice, losses)
    turned = replace(invoice, allowances=above_zero(invoice.allowances), charges=above_zero(invoice.charges))
    if _comes_to_total(invoice) or not _comes_to_total(turned):
        return invoice
    losses.append("Allowances and charges below zero are written above it, as the total needs them.")
    return _with_sums_of_adjustments(turned, losses)


def _comes_to_total(invoice: Invoice) -> bool:
    return invoice.totals.without_vat == _line_sum(invoice) + total(invoice.charges) - total(invoice.allowances)


def _line_sum(invoice: Invoice) -> Decimal:
    """Return BT-106, else the sum of the lines."""
    nets = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    return sum(nets, _ZERO) if invoice.totals.line_net is None else invoice.totals.line_net


def _with_sums_of_adjustments(invoice: Invoice, losses: list[str]) -> Invoice:
    """BR-CO-11, BR-CO-12: sums in the opposite sign of what they sum up."""
    totals = invoice.totals
    for name, items in (("allowances", invoice.allowances), ("charges", invoice.charges)):
        stated = getattr(totals, name)
        if _is_opposite(stated, total(items)):
            losses.append(f"The sum of the {name}, {stated}, is written as {-stated}.")
            totals = replace(totals, **{name: -stated})
    return invoice if totals is invoice.totals else replace(invoice, totals=totals)


def _with_one_sign(invoice: Invoice, losses: list[str]) -> Invoice:
    """Lines, VAT and amount due in the sign of the total, where only some of them are turned."""
    for step in (_with_turned_lines, _with_turned_vat, _with_turned_payable):
        invoice = step(invoice, losses)
    return invoice


def _with_turned_lines(invoice: Invoice, losses: list[str]) -> Invoice:
    nets = [line.net_amount for line in invoice.lines if line.net_amount is not None]
    if not _is_opposite(sum(nets, _ZERO), _stated_line_sum(invoice)):
        return invoice
    losses.append("The line amounts have the opposite sign of their total; they are written with its sign.")
    return replace(invoice, lines=tuple(_line(line) for line in invoice.lines))


def _stated_line_sum(invoice: Invoice) -> Decimal | None:
    """Return BT-106, else what BT-109 states of it."""
    totals = invoice.totals
    if totals.line_net is not None or totals.without_vat is None:
        return totals.line_net
    return totals.without_vat + total(invoice.allowances) - total(invoice.charges)


def _with_turned_vat(invoice: Invoice, losses: list[str]) -> Invoice:
    amounts = [group.taxable_amount for group in invoice.vat_breakdown if group.taxable_amount is not None]
    if not _is_opposite(sum(amounts, _ZERO), invoice.totals.without_vat):
        return invoice
    losses.append("The VAT breakdown has the opposite sign of the total; it is written with its sign.")
    vat = invoice.totals.vat
    if _is_opposite(vat, _difference(invoice.totals.with_vat, invoice.totals.without_vat)):
        invoice = replace(invoice, totals=replace(invoice.totals, vat=_negated(vat)))
    return replace(invoice, vat_breakdown=tuple(_group(group) for group in invoice.vat_breakdown))


def _with_turned_payable(invoice: Invoice, losses: list[str]) -> Invoice:
    totals = invoice.totals
    if totals.with_vat is None or totals.payable is None:
        return invoice
    if not _is_opposite(totals.payable, totals.with_vat - (totals.paid or _ZERO) + (totals.rounding or _ZERO)):
        return invoice
    losses.append(f"The amount due {totals.payable} is written as {-totals.payable}, with the sign of the total.")
    return replace(invoice, totals=replace(totals, payable=-totals.payable))


def _is_opposite(one: Decimal | None, other: Decimal | None) -> bool:
    return bool(one) and one is not None and other is not None and one == -other


def _difference(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _turned(invoice: Invoice) -> Invoice:
    return replace(
        invoice,
        lines=tuple(_line(line) for line in invoice.lines),
        allowances=_all(invoice.allowances),
        charges=_all(invoice.charges),
        vat_breakdown=tuple(_group(group) for group in invoice.vat_breakdown),
        totals=_totals(invoice.totals),
    )


def _line(line: Line) -> Line:
    """Return the line with its amount turned; its quantity too, unless that stood in the other sign already."""
    turned = replace(
        line,
        net_amount=_negated(line.net_amount),
        allowances=_all(line.allowances),
        charges=_all(line.charges),
    )
    amount = (turned.net_amount or _ZERO) - adjusted(turned)
    if turned.net_amount is not None and bare(turned) * amount > 0:
        return turned
    return replace(turned, quantity=_negated(line.quantity))


def _all(items: tuple[AllowanceCharge, ...]) -> tuple[AllowanceCharge, ...]:
    return tuple(replace(item, amount=-item.amount, base_amount=_negated(item.base_amount)) for item in items)


def _group(group: VatBreakdown) -> VatBreakdown:
    return replace(group, taxable_amount=_negated(group.taxable_amount), tax_amount=_negated(group.tax_amount))


def _totals(totals: Totals) -> Totals:
    return Totals(**{name: _negated(amount) for name, amount in asdict(totals).items()})


def _negated(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount
