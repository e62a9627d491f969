"""Allowances and charges of the document and of its lines."""

from collections.abc import Iterable
from decimal import Decimal

from app.banqup.assumptions import Adjustment
from app.convert.banqup.vat import vat
from app.peppol.invoice import AllowanceCharge, Vat
from app.peppol.totals import cents

# The reason when the source names none, since EN 16931 wants one (BR-33, BR-38, BR-42, BR-44)
DISCOUNT = "95"  # UNCL 5189
MISCELLANEOUS = "ABK"  # UNCL 7161


def allowances(items: Iterable[Adjustment], *, vat_of_document: Vat | None = None) -> tuple[AllowanceCharge, ...]:
    """BG-20, or BG-27 when there is no VAT to it."""
    return tuple([_adjustment(item, reason_code=DISCOUNT, default=vat_of_document) for item in items])


def charges(items: Iterable[Adjustment], *, vat_of_document: Vat | None = None) -> tuple[AllowanceCharge, ...]:
    """BG-21, or BG-28 when there is no VAT to it."""
    return tuple([_adjustment(item, reason_code=MISCELLANEOUS, default=vat_of_document) for item in items])


def _adjustment(item: Adjustment, *, reason_code: str, default: Vat | None) -> AllowanceCharge:
    unexplained = not item.reason and not item.reason_code
    return AllowanceCharge(
        amount=_amount(item),
        base_amount=item.base_amount,
        percentage=item.percentage if item.base_amount is not None else None,  # R041, R042: both or none
        reason=item.reason,
        reason_code=reason_code if unexplained else item.reason_code,
        vat=vat(item.vat_details) or default,
    )


def _amount(item: Adjustment) -> Decimal:
    """The amount, or the percentage of the base amount (R040)."""
    if item.net_amount is not None:
        return item.net_amount
    return cents((item.base_amount or Decimal(0)) * (item.percentage or Decimal(0)) / 100)
