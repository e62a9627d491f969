"""Allowances, charges, VAT and totals: BG-20 … BG-23, BG-27, BG-28."""

from decimal import Decimal

from app.peppol.invoice import AllowanceCharge, Totals, Vat, VatBreakdown
from app.peppol.readers import belgium
from app.peppol.readers.source import Source

_VAT_SCHEMES = frozenset({"VAT", "BTW", "TVA", "MWST", "UST", "VA", "IVA", "MOMS"})
_INDICATORS = {"true": True, "1": True, "false": False, "0": False}


def adjustments(source: Source, *, charge: bool) -> tuple[AllowanceCharge, ...]:
    """Return the allowances or the charges of the document or of a line."""
    elements = [
        item for item in source.all("AllowanceCharge") if _INDICATORS.get(item.peek("ChargeIndicator") or "") is charge
    ]
    return tuple(found for element in elements if (found := _adjustment(element)))


def _adjustment(element: Source) -> AllowanceCharge | None:
    element.drop("ChargeIndicator")
    amount = element.number("Amount")
    if amount is None:
        element.faults.append("Allowance or charge: it has no amount")
        return None
    return AllowanceCharge(
        amount=amount,
        base_amount=element.number("BaseAmount"),
        percentage=element.number("MultiplierFactorNumeric"),
        reason=element.texts("AllowanceChargeReason"),
        reason_code=element.code("AllowanceChargeReasonCode"),
        vat=vat(element.one("TaxCategory")),
    )


def vat(category: Source, *, rate: Decimal | None = None) -> Vat | None:
    """Return a VAT category with its rate; a Belgian tax code replaces a missing category."""
    if category.is_empty and rate is None:
        return None
    name = category.peek("Name")
    code = category.code("ID") or belgium.category(name) or ""
    percent = category.number("Percent")
    percent = rate if percent is None else percent
    if percent is None:
        percent = belgium.rate(name)
    if (category.peek("TaxScheme/ID") or "VAT").upper() in _VAT_SCHEMES:
        for part in ("ID", "Name", "TaxTypeCode"):
            category.drop(f"TaxScheme/{part}")
    if belgium.says_nothing_new(name, category=code, rate=percent):
        category.drop("Name")
    return Vat(code, percent)


def totals(source: Source, *, currency: str) -> Totals:
    """Return BG-22 with the total VAT amounts, which UBL states with the VAT breakdown."""
    total = source.one("LegalMonetaryTotal")
    return Totals(
        line_net=total.number("LineExtensionAmount"),
        allowances=total.number("AllowanceTotalAmount"),
        charges=total.number("ChargeTotalAmount"),
        without_vat=total.number("TaxExclusiveAmount"),
        vat=_sum([group.number("TaxAmount") for group in _tax_totals(source, currency=currency)]),
        vat_in_accounting_currency=_accounting_vat(source, currency=currency),
        with_vat=total.number("TaxInclusiveAmount"),
        paid=total.number("PrepaidAmount"),
        rounding=total.number("PayableRoundingAmount"),
        payable=total.number("PayableAmount"),
    )


def _tax_totals(source: Source, *, currency: str) -> list[Source]:
    """Return the tax totals in the document's currency: those with a breakdown, else the first."""
    groups = [group for group in source.all("TaxTotal") if _currency(group) in {currency, ""}]
    return [group for group in groups if group.all("TaxSubtotal")] or groups[:1]


def _accounting_vat(source: Source, *, currency: str) -> Decimal | None:
    """Return BT-111: the tax total in the currency BT-6."""
    accounting = source.peek("TaxCurrencyCode")
    groups = [group for group in source.all("TaxTotal") if _currency(group) == accounting != currency]
    if not groups:
        return None
    groups[0].one("TaxAmount").attribute("currencyID")
    return groups[0].number("TaxAmount")


def _currency(group: Source) -> str:
    return group.one("TaxAmount").attributes.get("currencyID", "")


def _sum(values: list[Decimal | None]) -> Decimal | None:
    found = [value for value in values if value is not None]
    return sum(found[1:], found[0]) if found else None


def breakdown(source: Source, *, currency: str) -> tuple[VatBreakdown, ...]:
    """Return BG-23."""
    groups = _tax_totals(source, currency=currency)
    return tuple(_subtotal(element) for group in groups for element in group.all("TaxSubtotal"))


def _subtotal(element: Source) -> VatBreakdown:
    element.drop("CalculationSequenceNumeric")
    category = element.one("TaxCategory")
    return VatBreakdown(
        vat=vat(category, rate=element.number("Percent")) or Vat(""),
        taxable_amount=element.number("TaxableAmount"),
        tax_amount=element.number("TaxAmount"),
        exemption_reason=category.texts("TaxExemptionReason"),
        exemption_reason_code=category.code("TaxExemptionReasonCode"),
    )
