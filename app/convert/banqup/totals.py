"""Banqup's document totals and VAT details (BG-22, BG-23)."""

from decimal import Decimal

from msgspec.structs import replace

from app.banqup import schemas
from app.convert.banqup.vat import vat
from app.peppol.invoice import Totals, VatBreakdown

_ROUNDING = Decimal("0.05")  # what cash rounding moves at most


def totals(source: schemas.DocumentTotals, *, losses: list[str]) -> Totals:
    """The totals as Banqup gives them; what it leaves out is computed when the document is written."""
    given = Totals(
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
    return _with_paid(given, losses=losses)


def _with_paid(given: Totals, *, losses: list[str]) -> Totals:
    """What lies between total and amount due, where Banqup names neither a paid amount nor a rounding (BR-CO-16)."""
    if given.with_vat is None or given.payable is None or given.paid is not None or given.rounding is not None:
        return given
    difference = given.with_vat - given.payable
    if not difference:
        return given
    if abs(difference) <= _ROUNDING:
        losses.append(f"The difference between total and amount due, {-difference}, is written as rounding.")
        return replace(given, rounding=-difference)
    if abs(given.payable) < abs(given.with_vat) and given.payable * given.with_vat >= 0:
        losses.append(f"The difference between total and amount due, {difference}, is written as already paid.")
        return replace(given, paid=difference)
    return given


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
