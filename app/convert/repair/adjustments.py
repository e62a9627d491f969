"""Allowances and charges, of the document and of its lines: cents, a reason, a percentage that gives the amount."""

from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from app.convert.repair.line_sum import WIDE
from app.peppol import codes
from app.peppol.invoice import AllowanceCharge, Invoice, Line
from app.peppol.totals import cents

DISCOUNT, MISCELLANEOUS = "95", "ABK"  # UNCL 5189, UNCL 7161
_TOLERANCE = Decimal("0.02")  # PEPPOL-EN16931-R040
_PERCENT = Decimal("0.0001")
_Items = tuple[AllowanceCharge, ...]


def allowances_and_charges(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with allowances and charges that Peppol takes, at the amounts that it states."""
    if invoice.allowances or invoice.charges:
        invoice = replace(
            invoice,
            allowances=_each(invoice.allowances, _Kind("allowance", losses)),
            charges=_each(invoice.charges, _Kind("charge", losses)),
        )
    if not any(line.allowances or line.charges for line in invoice.lines):
        return invoice
    return replace(invoice, lines=tuple(_line(line, losses=losses) for line in invoice.lines))


def _line(line: Line, *, losses: list[str]) -> Line:
    if not (line.allowances or line.charges):
        return line
    where = f"Line {line.identifier}: the"
    return replace(
        line,
        allowances=_each(line.allowances, _Kind("allowance", losses, where=where)),
        charges=_each(line.charges, _Kind("charge", losses, where=where)),
    )


class _Kind:
    """Allowances or charges of one place, and where to name what changes in them."""

    def __init__(self, noun: str, losses: list[str], *, where: str = "The") -> None:
        self.reasons, self.reason = (
            (codes.CHARGE_REASONS, MISCELLANEOUS) if noun == "charge" else (codes.ALLOWANCE_REASONS, DISCOUNT)
        )
        self._noun, self._losses, self._where = noun, losses, where

    def name(self, item: AllowanceCharge, sentence: str) -> None:
        self._losses.append(f"{self._where} {self._noun} of {item.amount} {sentence}")


def _each(items: _Items, kind: _Kind) -> _Items:
    steps: tuple[Callable[[AllowanceCharge, _Kind], AllowanceCharge], ...] = (_in_cents, _with_base, _with_reason)
    for step in steps:
        items = tuple([step(item, kind) for item in items])
    return items


def _in_cents(item: AllowanceCharge, kind: _Kind) -> AllowanceCharge:
    """BR-DEC-01, BR-DEC-02 and their like."""
    amount = cents(item.amount)
    if amount != item.amount:
        kind.name(item, f"has more than two decimals; {amount} is written.")
    return replace(item, amount=amount, base_amount=None if item.base_amount is None else cents(item.base_amount))


def _with_reason(item: AllowanceCharge, kind: _Kind) -> AllowanceCharge:
    """A reason, by a code of its list or in words (BR-33, BR-38, BR-42, BR-44, BR-CL-19, BR-CL-20)."""
    if item.reason_code in kind.reasons or (item.reason and not item.reason_code):
        return item
    words = [text for text in (item.reason, item.reason_code and f"({item.reason_code})") if text]
    if words:
        return replace(item, reason=" ".join(words), reason_code=None)
    kind.name(item, f"states no reason; the code {kind.reason} is written.")
    return replace(item, reason=None, reason_code=kind.reason)


def _with_base(item: AllowanceCharge, kind: _Kind) -> AllowanceCharge:
    """Percentage and base amount go together and give the amount (R040, R041, R042)."""
    base, percentage = item.base_amount, item.percentage
    if base is None and percentage is None:
        return item
    if base is None and percentage:
        base = cents(WIDE.divide(item.amount * 100, percentage))
        kind.name(item, f"is {percentage} % of an amount that is not stated; the amount {base} is written.")
    elif percentage is None and base:
        percentage = _shortest(WIDE.divide(item.amount * 100, base))
        kind.name(item, f"is a percentage of {base} that is not stated; {percentage} % is written.")
    if base is not None and percentage is not None and abs(base * percentage / 100 - item.amount) <= _TOLERANCE:
        return replace(item, base_amount=base, percentage=percentage)
    stated = (percentage is not None and f"{percentage} %", base is not None and str(base))
    said = " of ".join(text for text in stated if text)
    kind.name(item, f"is not {said}, which is left out.")
    return replace(item, base_amount=None, percentage=None)


def _shortest(percentage: Decimal) -> Decimal:
    rounded = percentage.quantize(_PERCENT, context=WIDE)
    return rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded.normalize()
