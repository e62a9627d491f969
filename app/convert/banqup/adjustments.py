"""Allowances and charges of the document and of its lines."""

from collections.abc import Iterable
from decimal import Decimal

from app.banqup.assumptions import Adjustment
from app.convert.banqup.vat import vat
from app.peppol.invoice import AllowanceCharge
from app.peppol.totals import cents


def adjustments(items: Iterable[Adjustment], *, losses: list[str]) -> tuple[AllowanceCharge, ...]:
    """Return allowances (BG-20, BG-27) or charges (BG-21, BG-28) at the amounts that Banqup states or implies."""
    return tuple([found for item in items if (found := _adjustment(item, losses=losses))])


def _adjustment(item: Adjustment, *, losses: list[str]) -> AllowanceCharge | None:
    amount = _amount(item)
    if amount is None:
        said = " ".join(text for text in (item.reason, item.percentage and f"({item.percentage} %)") if text)
        losses.append(f"An allowance or charge states no amount and is left out: {said or 'no reason'}.")
        return None
    return AllowanceCharge(
        amount=amount,
        base_amount=item.base_amount,
        percentage=item.percentage,
        reason=item.reason,
        reason_code=item.reason_code,
        vat=vat(item.vat_details),
    )


def _amount(item: Adjustment) -> Decimal | None:
    """Return the amount, else the percentage of the base amount (R040)."""
    if item.net_amount is not None or item.base_amount is None or item.percentage is None:
        return item.net_amount
    return cents(item.base_amount * item.percentage / 100)
