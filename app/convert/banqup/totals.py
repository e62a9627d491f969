"""Banqup's document totals and VAT details (BG-22, BG-23)."""

from app.banqup import schemas
from app.convert.banqup.vat import vat
from app.peppol.invoice import Totals, VatBreakdown


def totals(source: schemas.DocumentTotals) -> Totals:
    """The totals as Banqup gives them; what it leaves out is computed when the document is written."""
    return Totals(
        line_net=source.lines_net_amount,
        allowances=source.allowances_amount,
        charges=source.charges_amount,
        without_vat=source.net_amount,
        vat=source.vat_amount,
        vat_in_accounting_currency=source.vat_amount_in_vat_currency,
        with_vat=source.gross_amount,
        paid=source.prepaid_amount,
        rounding=source.rounding_amount,
        payable=source.payable_amount,
    )


def vat_breakdown(source: tuple[schemas.VatDetails, ...]) -> tuple[VatBreakdown, ...]:
    """Return BG-23; an entry without category and percentage states nothing."""
    return tuple(
        VatBreakdown(
            vat=found,
            taxable_amount=details.net_amount,
            tax_amount=details.vat_amount,
            exemption_reason=details.exemption_reason,
            exemption_reason_code=details.exemption_reason_code,
        )
        for details in source
        if (found := vat(details)) is not None
    )
