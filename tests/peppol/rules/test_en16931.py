"""Each row breaks one rule of EN 16931; the official CEN rules, run by saxonche, must report the same rules."""

import re
from collections import Counter

import pytest

from app.peppol.rules import validate
from tests.peppol.official import broken_rules
from tests.peppol.rules.samples import (
    BUYER,
    CATEGORY,
    CREDIT_NOTE,
    IN_FORCE,
    INVOICE,
    LINE,
    SELLER,
    SUBTOTAL,
    Change,
    changed,
)

TOTALS = "cac:LegalMonetaryTotal"
ENTRY = "cac:AllowanceCharge"
LINE_ENTRY = f"{LINE}/cac:AllowanceCharge"
REPRESENTATIVE = "cac:TaxRepresentativeParty"
PAYMENT = "cac:PaymentMeans"
COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
VAT = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
SCHEME = f"<cac:PartyTaxScheme><cbc:CompanyID>X</cbc:CompanyID>{VAT}</cac:PartyTaxScheme>"
CARD = "<cbc:PrimaryAccountNumberID>12345678901</cbc:PrimaryAccountNumberID><cbc:NetworkID>VISA</cbc:NetworkID>"
CONTRACT = "cac:ContractDocumentReference"
OBJECT = "<cbc:ID>1</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>"
NAME = "<cac:PartyName><cbc:Name>x</cbc:Name></cac:PartyName>"
REFERENCE = "cac:AdditionalDocumentReference"
LONG = "200.001"

MISSING = {
    "BR-01": "cbc:CustomizationID",
    "BR-02": "cbc:ID",
    "BR-03": "cbc:IssueDate",
    "BR-04": "cbc:InvoiceTypeCode",
    "BR-05": "cbc:DocumentCurrencyCode",
    "BR-06": f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName",
    "BR-07": f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName",
    "BR-08": f"{SELLER}/cac:PostalAddress",
    "BR-09": f"{SELLER}/{COUNTRY}",
    "BR-10": f"{BUYER}/cac:PostalAddress",
    "BR-11": f"{BUYER}/{COUNTRY}",
    "BR-12": f"{TOTALS}/cbc:LineExtensionAmount",
    "BR-13": f"{TOTALS}/cbc:TaxExclusiveAmount",
    "BR-14": f"{TOTALS}/cbc:TaxInclusiveAmount",
    "BR-15": f"{TOTALS}/cbc:PayableAmount",
    "BR-16": LINE,
    "BR-17": "cac:PayeeParty/cac:PartyName",
    "BR-18": f"{REPRESENTATIVE}/cac:PartyName",
    "BR-19": f"{REPRESENTATIVE}/cac:PostalAddress",
    "BR-20": f"{REPRESENTATIVE}/{COUNTRY}",
    "BR-21": f"{LINE}/cbc:ID",
    "BR-22": f"{LINE}/cbc:InvoicedQuantity",
    "BR-23": f"{LINE}/cbc:InvoicedQuantity/@unitCode",
    "BR-24": f"{LINE}/cbc:LineExtensionAmount",
    "BR-25": f"{LINE}/cac:Item/cbc:Name",
    "BR-26": f"{LINE}/cac:Price/cbc:PriceAmount",
    "BR-31": f"{ENTRY}[1]/cbc:Amount",
    "BR-32": f"{ENTRY}[1]/cac:TaxCategory",
    "BR-33": f"{ENTRY}[1]/cbc:AllowanceChargeReasonCode",
    "BR-36": f"{ENTRY}[2]/cbc:Amount",
    "BR-37": f"{ENTRY}[2]/cac:TaxCategory",
    "BR-38": f"{ENTRY}[2]/cbc:AllowanceChargeReasonCode",
    "BR-41": f"{LINE_ENTRY}[1]/cbc:Amount",
    "BR-42": f"{LINE_ENTRY}[1]/cbc:AllowanceChargeReasonCode",
    "BR-43": f"{LINE_ENTRY}[2]/cbc:Amount",
    "BR-44": f"{LINE_ENTRY}[2]/cbc:AllowanceChargeReasonCode",
    "BR-45": f"{SUBTOTAL}/cbc:TaxableAmount",
    "BR-46": f"{SUBTOTAL}/cbc:TaxAmount",
    "BR-47": f"{SUBTOTAL}/cac:TaxCategory",
    "BR-48": f"{SUBTOTAL}/cac:TaxCategory/cbc:Percent",
    "BR-49": f"{PAYMENT}/cbc:PaymentMeansCode",
    "BR-50": f"{PAYMENT}/cac:PayeeFinancialAccount/cbc:ID",
    "BR-52": f"{REFERENCE}/cbc:ID",
    "BR-54": f"{LINE}/cac:Item/cac:AdditionalItemProperty/cbc:Value",
    "BR-55": "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID",
    "BR-56": f"{REPRESENTATIVE}/cac:PartyTaxScheme",
    "BR-57": "cac:Delivery//cac:Country",
    "BR-61": f"{PAYMENT}/cac:PayeeFinancialAccount",
    "BR-62": f"{SELLER}/cbc:EndpointID/@schemeID",
    "BR-63": f"{BUYER}/cbc:EndpointID/@schemeID",
    "BR-64": f"{LINE}/cac:Item/cac:StandardItemIdentification/cbc:ID/@schemeID",
    "BR-65": f"{LINE}//cbc:ItemClassificationCode/@listID",
    "BR-CO-04": f"{LINE}/{CATEGORY}",
    "BR-CO-18": "cac:TaxTotal",
    "BR-CO-19": "cac:InvoicePeriod/*",
    "BR-CO-20": f"{LINE}/cac:InvoicePeriod/*",
    "UBL-SR-53": f"{SELLER}/cac:PartyTaxScheme/cac:TaxScheme",
    "UBL-DT-06": f"{REFERENCE}//cbc:EmbeddedDocumentBinaryObject/@mimeCode",
    "UBL-DT-07": f"{REFERENCE}//cbc:EmbeddedDocumentBinaryObject/@filename",
}

WRONG: list[tuple[str, list[Change]]] = [
    ("BR-27", [(f"{LINE}/cac:Price/cbc:PriceAmount", "-100.00")]),
    ("BR-27", [(f"{LINE}/cac:Price/cbc:PriceAmount", "-0.00")]),
    ("BR-28", [(f"{LINE}/cac:Price//cbc:BaseAmount", "-105.00")]),
    ("BR-29", [("cac:InvoicePeriod/cbc:EndDate", "2026-03-01")]),
    ("BR-29", [("cac:InvoicePeriod/cbc:EndDate", "2026-04-01+02:00")]),
    ("BR-29", [("cac:InvoicePeriod/cbc:StartDate", "12026-04-01")]),
    ("BR-30", [(f"{LINE}/cac:InvoicePeriod/cbc:EndDate", "2026-04-01")]),
    ("BR-51", [(PAYMENT, f"<cac:CardAccount>{CARD}</cac:CardAccount>")]),
    ("BR-53", [("cbc:DocumentCurrencyCode", "after:<cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>")]),
    ("BR-CO-03", [("cbc:Note", "after:<cbc:TaxPointDate>2026-05-04</cbc:TaxPointDate>"),
                  ("cac:InvoicePeriod", "<cbc:DescriptionCode>35</cbc:DescriptionCode>")]),
    ("BR-CO-09", [(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID", "404616494")]),
    ("BR-CO-10", [(f"{TOTALS}/cbc:LineExtensionAmount", "199.99")]),
    ("BR-CO-11", [(f"{TOTALS}/cbc:AllowanceTotalAmount", "9.00")]),
    ("BR-CO-12", [(f"{TOTALS}/cbc:ChargeTotalAmount", None)]),
    ("BR-CO-13", [(f"{TOTALS}/cbc:TaxExclusiveAmount", "200.01")]),
    ("BR-CO-14", [("cac:TaxTotal/cbc:TaxAmount", "42.01")]),
    ("BR-CO-15", [(f"{TOTALS}/cbc:TaxInclusiveAmount", "242.01")]),
    ("BR-CO-15", [("cac:TaxTotal", "twice")]),
    ("BR-CO-16", [(f"{TOTALS}/cbc:PayableAmount", "200.01")]),
    ("BR-CO-16", [(f"{TOTALS}/cbc:PrepaidAmount", None)]),
    ("BR-CO-17", [(f"{SUBTOTAL}/cbc:TaxAmount", "40.00")]),
    ("BR-CO-26", [(f"{SELLER}/cac:PartyIdentification", None), (f"{SELLER}/cac:PartyTaxScheme", None),
                  (f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID", None)]),
    ("BR-DEC-01", [(f"{ENTRY}[1]/cbc:Amount", "10.000")]),
    ("BR-DEC-02", [(f"{ENTRY}[1]/cbc:BaseAmount", "100.000")]),
    ("BR-DEC-05", [(f"{ENTRY}[2]/cbc:Amount", "10.000")]),
    ("BR-DEC-06", [(f"{ENTRY}[2]/cbc:BaseAmount", "100.000")]),
    ("BR-DEC-09", [(f"{TOTALS}/cbc:LineExtensionAmount", LONG)]),
    ("BR-DEC-10", [(f"{TOTALS}/cbc:AllowanceTotalAmount", LONG)]),
    ("BR-DEC-11", [(f"{TOTALS}/cbc:ChargeTotalAmount", LONG)]),
    ("BR-DEC-12", [(f"{TOTALS}/cbc:TaxExclusiveAmount", LONG)]),
    ("BR-DEC-14", [(f"{TOTALS}/cbc:TaxInclusiveAmount", LONG)]),
    ("BR-DEC-16", [(f"{TOTALS}/cbc:PrepaidAmount", LONG)]),
    ("BR-DEC-17", [(f"{TOTALS}/cbc:PayableRoundingAmount", LONG)]),
    ("BR-DEC-18", [(f"{TOTALS}/cbc:PayableAmount", LONG)]),
    ("BR-DEC-19", [(f"{SUBTOTAL}/cbc:TaxableAmount", LONG)]),
    ("BR-DEC-20", [(f"{SUBTOTAL}/cbc:TaxAmount", "42.001")]),
    ("BR-DEC-23", [(f"{LINE}/cbc:LineExtensionAmount", LONG)]),
    ("BR-DEC-24", [(f"{LINE_ENTRY}[1]/cbc:Amount", "10.000")]),
    ("BR-DEC-25", [(f"{LINE_ENTRY}[1]/cbc:BaseAmount", "100.000")]),
    ("BR-DEC-27", [(f"{LINE_ENTRY}[2]/cbc:Amount", "10.000")]),
    ("BR-DEC-28", [(f"{LINE_ENTRY}[2]/cbc:BaseAmount", "100.000")]),
    ("BR-CL-01", [("cbc:InvoiceTypeCode", "381")]),
    ("BR-CL-03", [(f"{LINE}/cbc:LineExtensionAmount/@currencyID", "EURO")]),
    ("BR-CL-04", [("cbc:DocumentCurrencyCode", "EURO")]),
    ("BR-CL-05", [("cbc:DocumentCurrencyCode", "after:<cbc:TaxCurrencyCode>SEKK</cbc:TaxCurrencyCode>")]),
    ("BR-CL-06", [("cac:InvoicePeriod", "<cbc:DescriptionCode>99</cbc:DescriptionCode>")]),
    ("BR-CL-07", [(f"{LINE}/cac:DocumentReference/cbc:ID/@schemeID", "NONE")]),
    ("BR-CL-08", [("cbc:Note", "#QQQ#Thank you")]),
    ("BR-CL-10", [(f"{SELLER}/cac:PartyIdentification/cbc:ID/@schemeID", "9999")]),
    ("BR-CL-10", [(BUYER, '<cac:PartyIdentification><cbc:ID schemeID="SEPA">1</cbc:ID></cac:PartyIdentification>')]),
    ("BR-CL-11", [(f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID/@schemeID", "9999")]),
    ("BR-CL-13", [(f"{LINE}//cbc:ItemClassificationCode/@listID", "NONE")]),
    ("BR-CL-14", [(f"{BUYER}/{COUNTRY}", "UK")]),
    ("BR-CL-15", [(f"{LINE}//cac:OriginCountry/cbc:IdentificationCode", "UK")]),
    ("BR-CL-16", [(f"{PAYMENT}/cbc:PaymentMeansCode", "99")]),
    ("BR-CL-17", [(f"{SUBTOTAL}/cac:TaxCategory/cbc:ID", "X")]),
    ("BR-CL-18", [(f"{LINE}/{CATEGORY}/cbc:ID", "X")]),
    ("BR-CL-19", [(f"{ENTRY}[1]/cbc:AllowanceChargeReasonCode", "FC")]),
    ("BR-CL-20", [(f"{ENTRY}[2]/cbc:AllowanceChargeReasonCode", "95")]),
    ("BR-CL-21", [(f"{LINE}//cac:StandardItemIdentification/cbc:ID/@schemeID", "9999")]),
    ("BR-CL-22", [(f"{SUBTOTAL}/cac:TaxCategory/cbc:Percent",
                   "after:<cbc:TaxExemptionReasonCode>VATEX-XX</cbc:TaxExemptionReasonCode>")]),
    ("BR-CL-23", [(f"{LINE}/cbc:InvoicedQuantity/@unitCode", "PIECES")]),
    ("BR-CL-24", [("//cbc:EmbeddedDocumentBinaryObject/@mimeCode", "image/gif")]),
    ("BR-CL-25", [(f"{SELLER}/cbc:EndpointID/@schemeID", "1234")]),
    ("BR-CL-26", [("cac:Delivery/cac:DeliveryLocation/cac:Address", 'before:<cbc:ID schemeID="9999">1</cbc:ID>')]),
    ("UBL-SR-01", [("cac:BillingReference", f"after:<{CONTRACT}><cbc:ID>1</cbc:ID></{CONTRACT}>"),
                   (CONTRACT, "twice")]),
    ("UBL-SR-04", [(REFERENCE, None), ("cac:BillingReference", f"after:<{REFERENCE}>{OBJECT}</{REFERENCE}>"),
                   (REFERENCE, "twice")]),
    ("UBL-SR-05", [("cac:PaymentTerms", "twice")]),
    ("UBL-SR-06", [("cac:BillingReference/cac:InvoiceDocumentReference", "twice")]),
    ("UBL-SR-07", [("cac:BillingReference/cac:InvoiceDocumentReference", None)]),
    ("UBL-SR-08", [("cac:InvoicePeriod", "twice")]),
    ("UBL-SR-10", [(f"{SELLER}/cac:PartyName", "twice")]),
    ("UBL-SR-12", [(f"{SELLER}/cac:PartyTaxScheme", "twice")]),
    ("UBL-SR-13", [(f"{SELLER}/cac:PartyTaxScheme/cac:TaxScheme/cbc:ID", "TAX"),
                   (f"{SELLER}/cac:PartyTaxScheme", "twice")]),
    ("UBL-SR-16", [(BUYER, "<cac:PartyIdentification><cbc:ID>1</cbc:ID></cac:PartyIdentification>"),
                   (f"{BUYER}/cac:PartyIdentification", "twice")]),
    ("UBL-SR-18", [(f"{BUYER}/cac:PartyTaxScheme", "twice")]),
    ("UBL-SR-19", [("cac:PayeeParty/cac:PartyName/cbc:Name", "Peeters Drukkerij BV")]),
    ("UBL-SR-23", [(f"{REPRESENTATIVE}/cac:PartyTaxScheme", "twice")]),
    ("UBL-SR-24", [("cac:Delivery", "twice")]),
    ("UBL-SR-26", [(f"{PAYMENT}/cbc:PaymentID", "twice")]),
    ("UBL-SR-30", [(f"{ENTRY}[1]/cbc:AllowanceChargeReasonCode",
                    "after:<cbc:AllowanceChargeReason>x</cbc:AllowanceChargeReason>"),
                   (f"{ENTRY}[1]/cbc:AllowanceChargeReason", "twice")]),
    ("UBL-SR-33", [(f"{REFERENCE}/cbc:ID", "after:<cbc:DocumentDescription>x</cbc:DocumentDescription>"),
                   (f"{REFERENCE}/cbc:DocumentDescription", "twice")]),
    ("UBL-SR-36", [(f"{LINE}/cac:InvoicePeriod", "twice")]),
    ("UBL-SR-40", [(BUYER, NAME), (f"{BUYER}/cac:PartyName", "twice")]),
    ("UBL-SR-42", [(f"{SELLER}/cac:PartyLegalEntity", f"before:{SCHEME}"), (f"{SELLER}/cac:PartyTaxScheme", "twice")]),
    ("UBL-SR-43", [(f"{REFERENCE}/cbc:ID/@schemeID", "ABT")]),
    ("UBL-SR-44", [(PAYMENT, "twice"), (f"{PAYMENT}[2]/cbc:PaymentID", "other")]),
    ("UBL-SR-47", [(PAYMENT, "twice"), (f"{PAYMENT}[2]/cbc:PaymentMeansCode", "58")]),
    ("UBL-SR-48", [(f"{LINE}/{CATEGORY}", "twice")]),
    ("UBL-SR-50", [(f"{LINE}/cac:Item/cbc:Description", "twice")]),
    ("UBL-SR-51", [(f"{BUYER}//cac:Country", "before:<cac:AddressLine><cbc:Line>x</cbc:Line></cac:AddressLine>"),
                   ("//cac:AddressLine", "twice")]),
    ("UBL-SR-52", [(f"{LINE}/cac:DocumentReference", "twice")]),
    ("UBL-CR-002", [("cbc:CustomizationID", "before:<cbc:UBLVersionID>2.0</cbc:UBLVersionID>")]),
    ("UBL-CR-412", [(f"{PAYMENT}/cbc:PaymentMeansCode", "after:<cbc:PaymentDueDate>2026-06-03</cbc:PaymentDueDate>")]),
    ("UBL-CR-563", [(f"{LINE}/cac:Item/cbc:Description", "after:<cbc:PackQuantity>3</cbc:PackQuantity>")]),
    ("UBL-CR-649", [("cbc:ProfileID/@schemeID", "x")]),
    ("UBL-CR-652", [(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID/@schemeID", "0208")]),
    ("UBL-CR-663", [(f"{LINE}/cbc:InvoicedQuantity/@unitCodeListID", "x")]),
    ("UBL-CR-666", [(f"{REFERENCE}/cbc:ID", "after:<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>")]),
    ("UBL-DT-01", [(f"{LINE_ENTRY}[1]/cbc:BaseAmount", "100.000")]),
    ("UBL-DT-18", [(f"{LINE}//cbc:ItemClassificationCode/@name", "x")]),
    ("UBL-DT-19", [("cbc:Note/@languageID", "nl")]),
]  # fmt: skip


def _category(code: str, rate: str | None, *more: Change) -> list[Change]:
    """Put the whole document into one VAT category, with no VAT and a reason."""
    everywhere = "//*[self::cac:TaxCategory or self::cac:ClassifiedTaxCategory]"
    percent: list[Change] = [(f"{everywhere}/cbc:Percent", rate)]
    reason = "after:<cbc:TaxExemptionReason>reason</cbc:TaxExemptionReason>"
    exempt: list[Change] = [
        (f"{SUBTOTAL}/cac:TaxCategory/cbc:{'ID' if rate is None else 'Percent'}", reason),
        ("cac:TaxTotal//cbc:TaxAmount", "0.00"),
        (f"{TOTALS}/cbc:TaxInclusiveAmount", "200.00"),
        (f"{TOTALS}/cbc:PayableAmount", "158.00"),
    ]
    return [(f"{everywhere}/cbc:ID", code), *percent, *exempt, *more]


NO_TAX_NUMBERS: list[Change] = [("//cac:PartyTaxScheme", None), (REPRESENTATIVE, None)]

CATEGORIES: list[tuple[set[str], list[Change]]] = [
    (set(), _category("E", "0")),
    (set(), _category("AE", "0")),
    (set(), _category("K", "0")),
    (set(), _category("G", "0")),
    (set(), _category("O", None, *NO_TAX_NUMBERS)),
    ({"BR-Z-10"}, _category("Z", "0")),
    ({"BR-AF-10"}, _category("L", "0")),
    ({"BR-AG-10"}, _category("M", "0")),
    ({"BR-S-05", "BR-S-06", "BR-S-07", "BR-S-10"}, _category("S", "0")),
    ({"BR-E-05", "BR-E-06", "BR-E-07"}, _category("E", "6")),
    ({"BR-AE-02", "BR-AE-03", "BR-AE-04"}, _category("AE", "0", *NO_TAX_NUMBERS)),
    ({"BR-IC-02", "BR-IC-03", "BR-IC-04"}, _category("K", "0", (f"{BUYER}/cac:PartyTaxScheme", None))),
    ({"BR-G-02", "BR-G-03", "BR-G-04"}, _category("G", "0", *NO_TAX_NUMBERS)),
    ({"BR-O-02", "BR-O-03", "BR-O-04"}, _category("O", None)),
    ({"BR-O-05", "BR-O-06", "BR-O-07"}, _category("O", "0", *NO_TAX_NUMBERS)),
    ({"BR-IC-11", "BR-IC-12"}, _category("K", "0", ("cac:Delivery", None), ("cac:InvoicePeriod", None))),
    ({"BR-E-10"}, _category("E", "0", (f"{SUBTOTAL}/cac:TaxCategory/cbc:TaxExemptionReason", None))),
    ({"BR-E-09"}, _category("E", "0", (f"{SUBTOTAL}/cbc:TaxAmount", "5.00"))),
    ({"BR-E-08"}, _category("E", "0", (f"{SUBTOTAL}/cbc:TaxableAmount", "201.00"))),
    ({"BR-E-01"}, _category("E", "0", (SUBTOTAL, "twice"))),
    ({"BR-O-12"}, _category("O", None, *NO_TAX_NUMBERS, (f"{LINE}/{CATEGORY}/cbc:ID", "E"))),
    ({"BR-O-13"}, _category("O", None, *NO_TAX_NUMBERS, (f"{ENTRY}[1]/cac:TaxCategory/cbc:ID", "E"))),
    ({"BR-O-14"}, _category("O", None, *NO_TAX_NUMBERS, (f"{ENTRY}[2]/cac:TaxCategory/cbc:ID", "E"))),
    ({"BR-B-01"}, _category("B", "22")),
    ({"BR-B-02"}, _category("B", "22", (f"{LINE}/{CATEGORY}/cbc:ID", "S"))),
    ({"BR-S-08"}, [(f"{SUBTOTAL}/cbc:TaxableAmount", "201.00")]),
    ({"BR-S-09"}, [(f"{SUBTOTAL}/cbc:TaxAmount", "40.00")]),
    ({"BR-S-01"}, [(f"{SUBTOTAL}/cac:TaxCategory/cbc:ID", "Z")]),
    ({"BR-S-02"}, [("//cac:PartyTaxScheme", None)]),
    ({"BR-AF-01"}, [(f"{LINE}/{CATEGORY}/cbc:ID", "L")]),
    ({"BR-AG-01"}, [(f"{LINE}/{CATEGORY}/cbc:ID", "M")]),
]


def _ours(xml: bytes) -> Counter[str]:
    found = (finding.rule for finding in validate(xml, on=IN_FORCE))
    return Counter(rule for rule in found if re.match(r"BR-|UBL-(SR|CR|DT)-", rule))


def _theirs(xml: bytes) -> Counter[str]:
    return Counter(message[1:].partition("]")[0] for message in broken_rules(xml))


@pytest.mark.parametrize("document", [INVOICE, CREDIT_NOTE], ids=["invoice", "credit note"])
def test_a_valid_document_has_no_findings(document: bytes) -> None:
    assert validate(document, on=IN_FORCE) == []


@pytest.mark.parametrize("rule", MISSING)
def test_a_missing_element_is_reported_under_its_rule(rule: str) -> None:
    broken = changed(INVOICE, (MISSING[rule], None))

    assert rule in _ours(broken)
    assert _ours(broken) == _theirs(broken)


@pytest.mark.parametrize(("rule", "changes"), WRONG, ids=[f"{rule}-{place}" for place, (rule, _) in enumerate(WRONG)])
def test_a_wrong_element_is_reported_under_its_rule(rule: str, changes: list[Change]) -> None:
    broken = changed(INVOICE, *changes)

    assert rule in _ours(broken)
    assert _ours(broken) == _theirs(broken)


def test_a_whole_zero_with_a_minus_is_not_a_negative_price() -> None:
    free = changed(INVOICE, (f"{LINE}/cac:Price/cbc:PriceAmount", "-0"))

    assert "BR-27" not in _ours(free)
    assert _ours(free) == _theirs(free)


@pytest.mark.parametrize(("rules", "changes"), CATEGORIES)
def test_each_vat_category_has_its_rules(rules: set[str], changes: list[Change]) -> None:
    broken = changed(INVOICE, *changes)

    assert rules <= set(_ours(broken))
    assert rules or not _ours(broken)
    assert _ours(broken) == _theirs(broken)


def test_a_credit_note_line_is_checked_by_the_same_rules() -> None:
    broken = changed(CREDIT_NOTE, ("cac:CreditNoteLine/cac:Item/cbc:Name", None))

    assert _ours(broken) == _theirs(broken) == Counter({"BR-25": 1})


def test_a_rule_is_reported_once_for_each_line_that_breaks_it() -> None:
    broken = changed(INVOICE, (LINE, "twice"), (f"{LINE}/cac:Item/cbc:Name", None))

    assert _ours(broken)["BR-25"] == 2
