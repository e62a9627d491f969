"""The Belgian cash discount: VAT is due on the discounted amount, whether or not the discount is taken.

It is an allowance that lowers the taxable amount of each VAT rate, and an equal charge in category E that brings the
total back (Belgian practice for EN 16931, since it has no term for it).
"""

from decimal import Decimal

from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Invoice, Vat, VatBreakdown
from app.peppol.totals import cents, complete

REASON = "Cash discount"
EXEMPT = Vat("E", Decimal(0))


def apply(invoice: Invoice, *, percentage: Decimal) -> Invoice:
    """The invoice with its cash discount: one allowance for each rate, and one charge for them all."""
    allowances = tuple(
        AllowanceCharge(
            amount=cents(base * percentage / 100),
            base_amount=base,
            percentage=percentage,
            reason=REASON,
            reason_code="95",
            vat=vat,
        )
        for vat, base in _taxed(invoice).items()
    )
    total = sum((item.amount for item in allowances), Decimal(0))
    if not total:
        return invoice
    charge = AllowanceCharge(amount=total, reason=REASON, reason_code="ABK", vat=EXEMPT)
    return replace(
        invoice,
        allowances=invoice.allowances + allowances,
        charges=(*invoice.charges, charge),
        vat_breakdown=_breakdown(invoice, exempt=total),
    )


def _taxed(invoice: Invoice) -> dict[Vat, Decimal]:
    """The taxable amount by rate, where VAT is charged."""
    computed = complete(replace(invoice, vat_breakdown=())).vat_breakdown
    return {group.vat: group.taxable_amount or Decimal(0) for group in computed if group.vat.category == "S"}


def _breakdown(invoice: Invoice, *, exempt: Decimal) -> tuple[VatBreakdown, ...]:
    """A breakdown that Banqup gave, with the group of the charge when it leaves that out."""
    given = invoice.vat_breakdown
    if not given or any(group.vat.category == "E" for group in given):
        return given
    charged = VatBreakdown(vat=EXEMPT, taxable_amount=exempt, tax_amount=Decimal("0.00"), exemption_reason=REASON)
    return (*given, charged)
