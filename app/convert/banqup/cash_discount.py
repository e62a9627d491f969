"""The Belgian cash discount as Banqup states it: a percentage, whether or not its VAT breakdown is lowered by it.

A stated breakdown that is lowered is balanced by `app.convert.repair.belgium`, as in every other source. Here the
breakdown is missing, so the percentage says what the base is.
"""

from decimal import Decimal

from msgspec.structs import replace

from app.convert.repair.adjustments import DISCOUNT, MISCELLANEOUS
from app.convert.repair.belgium import CASH_DISCOUNT, said
from app.convert.repair.gaps import EXEMPT
from app.peppol.invoice import AllowanceCharge, Invoice, Totals, Vat
from app.peppol.totals import cents, complete

_WITHOUT_VAT = frozenset({"E", "O"})  # a discount on these changes no base


def apply(invoice: Invoice, *, percentage: Decimal, losses: list[str]) -> Invoice:
    """Return the invoice with one allowance for each rate and one charge, if it states no VAT breakdown.

    A stated total of VAT that the discount does not lower says that VAT is due on the full amount.
    """
    if invoice.vat_breakdown:
        return invoice
    allowances = tuple(
        AllowanceCharge(
            amount=cents(base * percentage / 100),
            base_amount=base,
            percentage=percentage,
            reason=CASH_DISCOUNT,
            reason_code=DISCOUNT,
            vat=vat,
        )
        for vat, base in _taxed(invoice).items()
    )
    total = sum((item.amount for item in allowances), Decimal(0))
    charge = AllowanceCharge(amount=total, reason=CASH_DISCOUNT, reason_code=MISCELLANEOUS, vat=EXEMPT)
    found = replace(invoice, allowances=invoice.allowances + allowances, charges=(*invoice.charges, charge))
    if not total or invoice.totals.vat not in (None, _vat_of(found)):
        return invoice
    losses.append(said(total))
    return found


def _vat_of(invoice: Invoice) -> Decimal | None:
    return complete(replace(invoice, totals=Totals())).totals.vat


def _taxed(invoice: Invoice) -> dict[Vat, Decimal]:
    """Return the taxable amount of each category and rate that has a VAT base."""
    computed = complete(invoice).vat_breakdown
    return {
        group.vat: group.taxable_amount or Decimal(0) for group in computed if group.vat.category not in _WITHOUT_VAT
    }
