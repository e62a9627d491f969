"""Compute the missing amounts of a document by EN 16931; amounts that it states never change.

VAT is computed on the total per category and rate, never summed from lines (BR-CO-17). Amounts are rounded half up to
two decimals (BR-DEC).
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Invoice, Line, Price, Totals, Vat, VatBreakdown

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
_WIDE = Context(prec=200)  # rounds any amount that a source may write


def cents(amount: Decimal) -> Decimal:
    """Return the amount with two decimals, rounded half up."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP, context=_WIDE)


class Money(NamedTuple):
    """The parts of an invoice with computable amounts."""

    lines: tuple[Line, ...]
    vat_breakdown: tuple[VatBreakdown, ...]
    totals: Totals


def complete(invoice: Invoice) -> Invoice:
    """Return the invoice with every computable line net amount, VAT breakdown and total."""
    money = computed(invoice)
    if money.lines is invoice.lines and money.vat_breakdown is invoice.vat_breakdown and money.totals is invoice.totals:
        return invoice
    return replace(invoice, lines=money.lines, vat_breakdown=money.vat_breakdown, totals=money.totals)


def computed(invoice: Invoice) -> Money:
    """Return the amounts of the invoice with the missing ones computed; complete parts stay the same object."""
    lines = _lines(invoice.lines)
    breakdown = _breakdown(invoice, lines=lines)
    return Money(lines, breakdown, _totals(invoice, lines=lines, breakdown=breakdown))


def line_net(line: Line) -> Decimal | None:
    """BT-131: quantity × net price ÷ base quantity + charges − allowances, in the invoice currency (R120)."""
    if line.quantity is None or line.price.net is None:
        return None
    gross = line.quantity * line.price.net / (line.price.base_quantity or 1)
    return cents(gross + _sum(line.charges) - _sum(line.allowances))


def _lines(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    for line in lines:
        if line.net_amount is None or not _is_whole(line.price):
            return tuple([_line(line) for line in lines])
    return lines


def _line(line: Line) -> Line:
    net = line_net(line) if line.net_amount is None else line.net_amount
    return replace(line, net_amount=net, price=_price(line.price))


def _is_whole(price: Price) -> bool:
    return price.gross is None or price.discount is not None


def _price(price: Price) -> Price:
    """Return the price with its discount: gross minus net (R046)."""
    if _is_whole(price) or price.gross is None or price.net is None:
        return price
    return replace(price, discount=price.gross - price.net)


def _breakdown(invoice: Invoice, *, lines: tuple[Line, ...]) -> tuple[VatBreakdown, ...]:
    """Return BG-23: one per category and rate if the document has none, else its own with the gaps filled."""
    given = invoice.vat_breakdown
    if given and all(group.taxable_amount is not None and group.tax_amount is not None for group in given):
        return given
    taxable = _taxable(invoice, lines=lines)
    groups = given or tuple(VatBreakdown(vat=vat) for vat in taxable)
    return tuple(_with_amounts(group, taxable=taxable.get(group.vat, ZERO)) for group in groups)


def _taxable(invoice: Invoice, *, lines: tuple[Line, ...]) -> dict[Vat, Decimal]:
    """Return BT-116 by category and rate, in order of appearance."""
    parts = [(line.vat, line.net_amount) for line in lines]
    parts += [(charge.vat, charge.amount) for charge in invoice.charges]
    parts += [(allowance.vat, -allowance.amount) for allowance in invoice.allowances]
    sums: dict[Vat, Decimal] = {}
    for vat, amount in parts:
        if vat is not None and amount is not None:
            sums[vat] = sums.get(vat, ZERO) + amount
    return sums


def _with_amounts(group: VatBreakdown, *, taxable: Decimal) -> VatBreakdown:
    base = cents(taxable) if group.taxable_amount is None else group.taxable_amount
    tax = cents(base * (group.vat.rate or 0) / 100) if group.tax_amount is None else group.tax_amount
    return replace(group, taxable_amount=base, tax_amount=tax)


def _totals(invoice: Invoice, *, lines: tuple[Line, ...], breakdown: tuple[VatBreakdown, ...]) -> Totals:
    """Return BG-22 by BR-CO-10 … BR-CO-16, based on the stated amounts if any."""
    given = invoice.totals
    if _is_complete(invoice):
        return given
    line_sum = _given(given.line_net, [line.net_amount for line in lines])
    allowances = _optional(given.allowances, invoice.allowances)
    charges = _optional(given.charges, invoice.charges)
    without_vat = _given(given.without_vat, (line_sum, charges, -(allowances or ZERO)))
    vat = _given(given.vat, [group.tax_amount for group in breakdown])
    with_vat = _given(given.with_vat, (without_vat, vat))
    payable = _given(given.payable, (with_vat, given.rounding, -(given.paid or ZERO)))
    return replace(
        given,
        line_net=line_sum,
        allowances=allowances,
        charges=charges,
        without_vat=without_vat,
        vat=vat,
        with_vat=with_vat,
        payable=payable,
    )


def _is_complete(invoice: Invoice) -> bool:
    """Return whether the document has every total it needs."""
    totals = invoice.totals
    needed = (totals.line_net, totals.without_vat, totals.vat, totals.with_vat, totals.payable)
    return (
        None not in needed
        and (totals.allowances is not None or not invoice.allowances)
        and (totals.charges is not None or not invoice.charges)
    )


def _given(given: Decimal | None, parts: Iterable[Decimal | None]) -> Decimal:
    return cents(sum([part for part in parts if part is not None], ZERO)) if given is None else given


def _optional(given: Decimal | None, items: tuple[AllowanceCharge, ...]) -> Decimal | None:
    """Return BT-107 or BT-108; None if the document has no allowance or charge."""
    return cents(_sum(items)) if given is None and items else given


def _sum(items: tuple[AllowanceCharge, ...]) -> Decimal:
    return sum([item.amount for item in items], ZERO)
