"""Allowances, charges, VAT and totals: BG-20 … BG-23, BG-27, BG-28."""

from datetime import date
from decimal import Decimal

from app.peppol.invoice import AllowanceCharge, Totals, Vat, VatBreakdown
from app.peppol.readers.cii.dates import day
from app.peppol.readers.source import Source

_INDICATORS = {"true": True, "1": True, "false": False, "0": False}
_FREIGHT = "FC"  # UNTDID 7161: freight service


def adjustments(source: Source, *, charge: bool) -> tuple[AllowanceCharge, ...]:
    """Return the allowances or the charges of the document or of a line."""
    groups = source.all("SpecifiedTradeAllowanceCharge")
    return tuple(found for group in groups if is_charge(group) is charge and (found := _adjustment(group)))


def is_charge(group: Source) -> bool | None:
    """Return the value of the indicator; None if it has none."""
    return _INDICATORS.get(group.peek("ChargeIndicator/Indicator") or group.peek("ChargeIndicator") or "")


def _adjustment(group: Source) -> AllowanceCharge | None:
    group.drop("ChargeIndicator/Indicator")
    group.drop("ChargeIndicator")
    group.drop("SequenceNumeric")
    amount = group.number("ActualAmount")
    if amount is None:
        group.faults.append("Allowance or charge: it has no amount")
        return None
    return AllowanceCharge(
        amount=amount,
        base_amount=group.number("BasisAmount"),
        percentage=group.number("CalculationPercent"),
        reason=group.texts("Reason"),
        reason_code=group.code("ReasonCode"),
        vat=vat(group.one("CategoryTradeTax")),
    )


def logistics_charges(settlement: Source) -> tuple[AllowanceCharge, ...]:
    """Return freight and similar charges, which Factur-X EXTENDED keeps apart."""
    groups = settlement.all("SpecifiedLogisticsServiceCharge")
    return tuple(
        AllowanceCharge(
            amount=amount,
            reason=group.texts("Description"),
            reason_code=_FREIGHT,
            vat=vat(group.one("AppliedTradeTax")),
        )
        for group in groups
        if (amount := group.number("AppliedAmount")) is not None
    )


def vat(tax: Source) -> Vat | None:
    """Return a VAT category with its rate."""
    if tax.is_empty:
        return None
    if tax.peek("TypeCode") == "VAT":
        tax.drop("TypeCode")
    code = tax.code("CategoryCode") or ""
    return Vat(code, tax.number("RateApplicablePercent"))


def breakdown(settlement: Source) -> tuple[VatBreakdown, ...]:
    """Return BG-23."""
    return tuple(_group(group) for group in settlement.all("ApplicableTradeTax"))


def _group(group: Source) -> VatBreakdown:
    return VatBreakdown(
        vat=vat(group) or Vat(""),
        taxable_amount=group.number("BasisAmount"),
        tax_amount=group.number("CalculatedAmount"),
        exemption_reason=group.texts("ExemptionReason"),
        exemption_reason_code=group.code("ExemptionReasonCode"),
    )


def vat_point_date(settlement: Source) -> date | None:
    """Return BT-7, which every VAT breakdown of CII may repeat; another date stays unread."""
    groups = [group for group in settlement.all("ApplicableTradeTax") if group.all("TaxPointDate")]
    dates = [day(group, "TaxPointDate") for group in groups]
    return dates[0] if dates else None


def totals(settlement: Source, *, currency: str) -> Totals:
    """Return BG-22 with the total VAT amounts."""
    total = settlement.one("SpecifiedTradeSettlementHeaderMonetarySummation")
    return Totals(
        line_net=total.number("LineTotalAmount"),
        allowances=total.number("AllowanceTotalAmount"),
        charges=total.number("ChargeTotalAmount"),
        without_vat=total.number("TaxBasisTotalAmount"),
        vat=_vat_total(total, currencies={currency, ""}),
        vat_in_accounting_currency=_vat_total(total, currencies=_accounting(settlement, currency=currency)),
        with_vat=total.number("GrandTotalAmount"),
        paid=total.number("TotalPrepaidAmount"),
        rounding=total.number("RoundingAmount"),
        payable=total.number("DuePayableAmount"),
    )


def _accounting(settlement: Source, *, currency: str) -> set[str]:
    return {settlement.peek("TaxCurrencyCode") or currency} - {currency}


def _vat_total(total: Source, *, currencies: set[str]) -> Decimal | None:
    """Return BT-110 or BT-111: the tax total in the currency."""
    for element in total.all("TaxTotalAmount"):
        if element.attributes.get("currencyID", "") in currencies:
            element.attribute("currencyID")
            return element.number("")
    return None
