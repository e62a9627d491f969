"""Allowances, charges, VAT and the totals: BG-20 … BG-23, BG-27, BG-28."""

from app.peppol.invoice import AllowanceCharge, Totals, Vat, VatBreakdown
from app.peppol.totals import Money
from app.peppol.writer.xml import amount, group, number, text

VAT_SCHEME = group("TaxScheme", text("ID", "VAT"))


def adjustments(allowances: tuple[AllowanceCharge, ...], charges: tuple[AllowanceCharge, ...], *, currency: str) -> str:
    """Return the allowances, then the charges, of the document or of a line."""
    return "".join(_adjustment(item, indicator="false", currency=currency) for item in allowances) + "".join(
        _adjustment(item, indicator="true", currency=currency) for item in charges
    )


def _adjustment(item: AllowanceCharge, *, indicator: str, currency: str) -> str:
    return group(
        "AllowanceCharge",
        text("ChargeIndicator", indicator)
        + text("AllowanceChargeReasonCode", item.reason_code)  # BT-98, BT-105, BT-140, BT-145
        + text("AllowanceChargeReason", item.reason)  # BT-97, BT-104, BT-139, BT-144
        + number("MultiplierFactorNumeric", item.percentage)  # BT-94, BT-101, BT-138, BT-143
        + amount("Amount", item.amount, currency=currency)  # BT-92, BT-99, BT-136, BT-141
        + amount("BaseAmount", item.base_amount, currency=currency)  # BT-93, BT-100, BT-137, BT-142
        + tax_category("TaxCategory", item.vat),  # BT-95, BT-96, BT-102, BT-103
    )


def tax_category(name: str, vat: Vat | None, *, exemption: str = "") -> str:
    """Return a VAT category with its rate and, in a breakdown, its exemption reason."""
    if vat is None:
        return ""
    return group(name, text("ID", vat.category) + number("Percent", vat.rate) + exemption + VAT_SCHEME)


def tax_totals(money: Money, *, currency: str, accounting_currency: str) -> str:
    """Return BT-110 with the breakdown, and BT-111 in the accounting currency."""
    total = amount("TaxAmount", money.totals.vat, currency=currency)
    subtotals = "".join([_subtotal(item, currency=currency) for item in money.vat_breakdown])
    accounting = amount("TaxAmount", money.totals.vat_in_accounting_currency, currency=accounting_currency)
    return group("TaxTotal", total + subtotals) + group("TaxTotal", accounting)


def _subtotal(item: VatBreakdown, *, currency: str) -> str:
    exemption = text("TaxExemptionReasonCode", item.exemption_reason_code)  # BT-121
    exemption += text("TaxExemptionReason", item.exemption_reason)  # BT-120
    return group(
        "TaxSubtotal",
        amount("TaxableAmount", item.taxable_amount, currency=currency)  # BT-116
        + amount("TaxAmount", item.tax_amount, currency=currency)  # BT-117
        + tax_category("TaxCategory", item.vat, exemption=exemption),  # BT-118, BT-119
    )


def monetary_total(totals: Totals, *, currency: str) -> str:
    """BG-22."""
    return group(
        "LegalMonetaryTotal",
        amount("LineExtensionAmount", totals.line_net, currency=currency)  # BT-106
        + amount("TaxExclusiveAmount", totals.without_vat, currency=currency)  # BT-109
        + amount("TaxInclusiveAmount", totals.with_vat, currency=currency)  # BT-112
        + amount("AllowanceTotalAmount", totals.allowances, currency=currency)  # BT-107
        + amount("ChargeTotalAmount", totals.charges, currency=currency)  # BT-108
        + amount("PrepaidAmount", totals.paid, currency=currency)  # BT-113
        + amount("PayableRoundingAmount", totals.rounding, currency=currency)  # BT-114
        + amount("PayableAmount", totals.payable, currency=currency),  # BT-115
    )
