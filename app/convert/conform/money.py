"""Amounts: two decimals, sums that hold, allowances and charges with their reasons."""

from decimal import ROUND_HALF_UP, Decimal

from msgspec.structs import asdict, replace

from app.peppol import codes
from app.peppol.invoice import AllowanceCharge, Invoice, Line, Totals, VatBreakdown
from app.peppol.totals import CENT, cents

_TOLERANCE = Decimal("0.02")  # PEPPOL-EN16931-R040
_PERCENT = Decimal("0.0001")


def money(invoice: Invoice, losses: list[str]) -> Invoice:
    """Every amount in cents (BR-DEC), lines so that they still add up to the total that the document gives."""
    return replace(
        invoice,
        lines=tuple(_line(line, losses=losses) for line in _rounded(invoice, losses=losses)),
        allowances=_adjustments(invoice.allowances, charge=False, losses=losses),
        charges=_adjustments(invoice.charges, charge=True, losses=losses),
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


def _line(line: Line, *, losses: list[str]) -> Line:
    return replace(
        line,
        allowances=_adjustments(line.allowances, charge=False, losses=losses),
        charges=_adjustments(line.charges, charge=True, losses=losses),
    )


def _adjustments(items: tuple[AllowanceCharge, ...], *, charge: bool, losses: list[str]) -> tuple[AllowanceCharge, ...]:
    return tuple(_with_reason(_with_base(_adjustment(item), losses=losses), charge=charge) for item in items)


def _adjustment(item: AllowanceCharge) -> AllowanceCharge:
    return replace(item, amount=cents(item.amount), base_amount=_optional(item.base_amount))


def _with_reason(item: AllowanceCharge, *, charge: bool) -> AllowanceCharge:
    """A reason, by a code of its list or in words (BR-33, BR-38, BR-42, BR-44, BR-CL-19, BR-CL-20)."""
    known = codes.CHARGE_REASONS if charge else codes.ALLOWANCE_REASONS
    if item.reason_code in known or (item.reason and not item.reason_code):
        return item
    words = [text for text in (item.reason, item.reason_code and f"({item.reason_code})") if text]
    return replace(item, reason=" ".join(words) or ("Charge" if charge else "Discount"), reason_code=None)


def _with_base(item: AllowanceCharge, *, losses: list[str]) -> AllowanceCharge:
    """Percentage and base amount go together and give the amount (R040, R041, R042)."""
    base, percentage = item.base_amount, item.percentage
    if base is None and percentage is None:
        return item
    if base is None and percentage:
        base = cents(item.amount * 100 / percentage)
    elif percentage is None and base:
        percentage = _shortest(item.amount * 100 / base)
    if base is not None and percentage is not None and abs(base * percentage / 100 - item.amount) <= _TOLERANCE:
        return replace(item, base_amount=base, percentage=percentage)
    said = f"{item.percentage} %" if item.percentage is not None else f"of {item.base_amount}"
    losses.append(
        f"The allowance or charge of {item.amount} does not come from what it says ({said}), which is left out."
    )
    return replace(item, base_amount=None, percentage=None)


def _shortest(percentage: Decimal) -> Decimal:
    rounded = percentage.quantize(_PERCENT, rounding=ROUND_HALF_UP)
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded.normalize()


def _breakdown(group: VatBreakdown) -> VatBreakdown:
    return replace(group, taxable_amount=_optional(group.taxable_amount), tax_amount=_optional(group.tax_amount))


def _totals(totals: Totals) -> Totals:
    return Totals(**{name: _optional(amount) for name, amount in asdict(totals).items()})


def _optional(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else cents(amount)
