"""Amounts: two decimals, sums that hold, allowances and charges with their reasons."""

from decimal import Decimal

from msgspec.structs import asdict, replace

from app.peppol.invoice import Invoice, Line, Totals, VatBreakdown
from app.peppol.totals import CENT, cents


def money(invoice: Invoice, losses: list[str]) -> Invoice:
    """Every amount in cents (BR-DEC), lines so that they still add up to the total that the document gives."""
    return replace(
        invoice,
        lines=tuple(_rounded(invoice, losses=losses)),
        vat_breakdown=tuple(_breakdown(group) for group in invoice.vat_breakdown),
        totals=_totals(invoice.totals),
    )


def _rounded(invoice: Invoice, *, losses: list[str]) -> list[Line]:
    """BT-131 in cents (BR-DEC-23); what rounding adds to the sum is taken back where it moved a line furthest."""
    finer = [
        line for line in invoice.lines if line.net_amount is not None and line.net_amount != cents(line.net_amount)
    ]
    if not finer:
        return [_in_cents(line) for line in invoice.lines]
    losses.append(
        f"{len(finer)} line net amounts with more than two decimals are rounded to cents, "
        f"such as {finer[0].net_amount} of line {finer[0].identifier}."
    )
    rounded = [_in_cents(line) for line in invoice.lines]
    over = _given_sum(invoice) - sum((line.net_amount or CENT * 0 for line in rounded), Decimal(0))
    return _spread(rounded, exact=list(invoice.lines), over=over)


def _in_cents(line: Line) -> Line:
    return line if line.net_amount is None else replace(line, net_amount=cents(line.net_amount))


def _given_sum(invoice: Invoice) -> Decimal:
    """BT-106, else what the lines add up to before they are rounded."""
    exact = sum((line.net_amount for line in invoice.lines if line.net_amount is not None), Decimal(0))
    given = invoice.totals.line_net
    return cents(exact) if given is None or abs(given - exact) > CENT * len(invoice.lines) else cents(given)


def _spread(rounded: list[Line], *, exact: list[Line], over: Decimal) -> list[Line]:
    """The lines with one cent more, or less, on those that rounding moved furthest the other way."""
    step = CENT.copy_sign(over)
    moved = [(_net(one) - _net(other)) * step for one, other in zip(exact, rounded, strict=True)]
    furthest = sorted((index for index, by in enumerate(moved) if by > 0), key=lambda index: -moved[index])
    for index in furthest[: int(abs(over) / CENT)]:
        rounded[index] = replace(rounded[index], net_amount=_net(rounded[index]) + step)
    return rounded


def _net(line: Line) -> Decimal:
    return line.net_amount or Decimal(0)


def _breakdown(group: VatBreakdown) -> VatBreakdown:
    return replace(group, taxable_amount=_optional(group.taxable_amount), tax_amount=_optional(group.tax_amount))


def _totals(totals: Totals) -> Totals:
    return Totals(**{name: _optional(amount) for name, amount in asdict(totals).items()})


def _optional(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else cents(amount)
