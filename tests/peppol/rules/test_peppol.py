"""Each row breaks one rule of Peppol BIS Billing 3.0."""

import pytest

from tests.peppol.rules.samples import (
    BUYER,
    CREDIT_NOTE,
    INVOICE,
    LINE,
    NEXT_YEAR,
    SELLER,
    SUBTOTAL,
    Change,
    changed,
    rules,
)

ENTRY = "cac:AllowanceCharge"
PROJECT = (
    "<cac:AdditionalDocumentReference><cbc:ID>p</cbc:ID><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode>"
    "</cac:AdditionalDocumentReference>"
)
KRONOR = '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">400.00</cbc:TaxAmount></cac:TaxTotal>'
ACCOUNTED_IN_KRONOR: list[Change] = [
    ("cbc:DocumentCurrencyCode", "after:<cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>"),
    ("cac:TaxTotal", f"after:{KRONOR}"),
]

BROKEN: list[tuple[str, list[Change]]] = [
    ("R001", [("cbc:ProfileID", None)]),
    ("R002", [("cbc:Note", "twice")]),
    ("R003", [("cbc:BuyerReference", None)]),
    ("R004", [("cbc:CustomizationID", "urn:cen.eu:en16931:2017")]),
    ("R005", [("cbc:DocumentCurrencyCode", "after:<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>")]),
    ("R007", [("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:99:1.0")]),
    ("R008", [("cbc:Note", " ")]),
    ("R010", [(f"{BUYER}/cbc:EndpointID", None)]),
    ("R020", [(f"{SELLER}/cbc:EndpointID", None)]),
    ("R040", [(f"{ENTRY}[1]/cbc:BaseAmount", "100.21")]),
    ("R041", [(f"{ENTRY}[1]/cbc:BaseAmount", None)]),
    ("R042", [(f"{LINE}/{ENTRY}[2]/cbc:MultiplierFactorNumeric", None)]),
    ("R043", [(f"{ENTRY}[1]/cbc:ChargeIndicator", "0")]),
    ("R044", [(f"{LINE}/cac:Price/{ENTRY}/cbc:ChargeIndicator", "true")]),
    ("R046", [(f"{LINE}/cac:Price/{ENTRY}/cbc:Amount", "5.01")]),
    ("R051", [(f"{LINE}/cbc:LineExtensionAmount/@currencyID", "USD")]),
    ("R053", [("cac:TaxTotal", "twice")]),
    ("R054", [("cac:TaxTotal", f"after:{KRONOR}")]),
    ("R055", [*ACCOUNTED_IN_KRONOR, ("cac:TaxTotal[2]/cbc:TaxAmount", "-400.00")]),
    ("R055", [*ACCOUNTED_IN_KRONOR, ("cac:TaxTotal[1]/cbc:TaxAmount", "-0.00")]),
    ("R061", [("cac:PaymentMeans/cbc:PaymentMeansCode", "59")]),
    ("R100", [(f"{LINE}/cac:DocumentReference", "twice")]),
    ("R101", [(f"{LINE}/cac:DocumentReference/cbc:DocumentTypeCode", "916")]),
    ("R110", [(f"{LINE}/cac:InvoicePeriod/cbc:StartDate", "2026-03-31")]),
    ("R111", [(f"{LINE}/cac:InvoicePeriod/cbc:EndDate", "2026-05-01")]),
    ("R120", [(f"{LINE}/cbc:LineExtensionAmount", "200.03")]),
    ("R121", [(f"{LINE}/cac:Price/cbc:BaseQuantity", "0")]),
    ("R130", [(f"{LINE}/cac:Price/cbc:BaseQuantity/@unitCode", "KGM")]),
    ("CL001", [("//cbc:EmbeddedDocumentBinaryObject/@mimeCode", "image/gif")]),
    ("CL002", [(f"{ENTRY}[1]/cbc:AllowanceChargeReasonCode", "FC")]),
    ("CL003", [(f"{ENTRY}[2]/cbc:AllowanceChargeReasonCode", "95")]),
    ("CL006", [("cac:InvoicePeriod", "<cbc:DescriptionCode>1</cbc:DescriptionCode>")]),
    ("CL007", [(f"{LINE}/cbc:LineExtensionAmount/@currencyID", "STD")]),
    ("CL008", [(f"{BUYER}/cbc:EndpointID/@schemeID", "EM")]),
    ("F001", [("cbc:DueDate", "2026-06-03Z")]),
    ("P0100", [("cbc:InvoiceTypeCode", "389")]),
    ("P0112", [("cbc:InvoiceTypeCode", "384")]),
    ("P0104", [(f"{SUBTOTAL}/cac:TaxCategory/cbc:Percent",
                "after:<cbc:TaxExemptionReasonCode>VATEX-EU-G</cbc:TaxExemptionReasonCode>")]),
    ("P0106", [(f"{SUBTOTAL}/cac:TaxCategory/cbc:Percent",
                "after:<cbc:TaxExemptionReasonCode>vatex-eu-ic</cbc:TaxExemptionReasonCode>")]),
]  # fmt: skip

ALLOWED: list[list[Change]] = [
    [(f"{ENTRY}[1]/cbc:BaseAmount", "100.20")],
    [(f"{LINE}/cbc:LineExtensionAmount", "200.02"), ("cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "200.02"),
     ("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount", "200.02"),
     ("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount", "242.02"),
     ("cac:LegalMonetaryTotal/cbc:PayableAmount", "200.02")],
    ACCOUNTED_IN_KRONOR,
    [("cbc:ProfileID", "urn:peppol:bis:billing_with_response")],
]  # fmt: skip

# scheme, valid identifier, invalid identifier, rule
IDENTIFIERS = [
    ("0088", "5412345000013", "5412345000014", "R040"),
    ("0192", "974760673", "974760674", "R041"),
    ("0184", "DK12345678", "DK1234567", "R042"),
    ("0208", "0403170701", "0403170702", "R043"),
    ("0007", "5560123456", "5560123455", "R049"),
    ("0151", "53004085616", "53004085617", "R050"),
    ("0096", "1234567890", "123456789", "R052"),
    ("0198", "DK12345678", "12345678", "R053"),
    ("0201", "UFABCD", "UFABC", "R044"),
    ("0210", "RSSMRA85T10A562S", "RSSMRA", "R045"),
    ("0211", "IT00743110157", "IT00743110158", "R047"),
    ("9907", "00743110157", "743110157", "R046"),
    ("0106", "12345678", "1234567", "R054"),
    ("0190", "00000001234567890000", "1234567890", "R055"),
    ("9944", "NL123456789B01", "NL123456789", "R056-1"),
    ("0217", "123456789012", "12345678901", "R057"),
]
WARNINGS = {"R044", "R045", "R046", "R047", "R054", "R055", "R056-1", "R057"}


@pytest.mark.parametrize(("rule", "changes"), BROKEN, ids=[rule for rule, _ in BROKEN])
def test_a_breach_is_reported_under_its_rule(rule: str, changes: list[Change]) -> None:
    assert f"PEPPOL-EN16931-{rule}" in rules(changed(INVOICE, *changes))


@pytest.mark.parametrize(
    "changes", ALLOWED, ids=["slack of a percentage", "slack of a line", "two currencies", "profile"]
)
def test_what_peppol_allows_is_not_reported(changes: list[Change]) -> None:
    assert not {rule for rule in rules(changed(INVOICE, *changes)) if rule.startswith("PEPPOL")}


def test_a_credit_note_has_its_own_type_codes_and_one_project() -> None:
    wrong_type = changed(CREDIT_NOTE, ("cbc:CreditNoteTypeCode", "261"))
    one = changed(CREDIT_NOTE, ("cac:AdditionalDocumentReference", f"after:{PROJECT}"))
    twice = changed(one, ("cac:AdditionalDocumentReference[2]", "twice"))

    assert "PEPPOL-EN16931-P0101" in rules(wrong_type)
    assert "PEPPOL-EN16931-R080" in rules(twice)
    assert "PEPPOL-EN16931-R080" not in rules(one)


@pytest.mark.parametrize(("scheme", "right", "wrong", "rule"), IDENTIFIERS)
def test_an_identifier_has_the_form_of_its_scheme(scheme: str, right: str, wrong: str, rule: str) -> None:
    address = f"{BUYER}/cbc:EndpointID"
    severity = "warning" if rule in WARNINGS else "fatal"
    good = changed(INVOICE, (f"{address}/@schemeID", scheme), (address, right))
    bad = changed(INVOICE, (f"{address}/@schemeID", scheme), (address, wrong))

    assert f"PEPPOL-COMMON-{rule}" not in rules(good, severity=severity)
    assert f"PEPPOL-COMMON-{rule}" in rules(bad, severity=severity)


def test_a_dutch_vat_number_has_its_form() -> None:
    dutch = changed(INVOICE, (f"{BUYER}/cac:PartyTaxScheme/cbc:CompanyID", "NL123456789"))

    assert "PEPPOL-COMMON-R056-2" in rules(dutch, severity="warning")


@pytest.mark.parametrize(
    ("scheme", "number", "rule", "severity"),
    [
        ("0088", "40170725", "R040", "fatal"),  # a GLN of eight digits
        ("0208", "2403170743", "R043", "fatal"),  # a Belgian number that begins with 2
        ("0240", "19962412345", "R059", "warning"),
        ("0106", "1234567", "R054", "fatal"),
        ("0217", "12345678901", "R057", "fatal"),
    ],
)
def test_release_3_0_22_is_stricter_with_identifiers(scheme: str, number: str, rule: str, severity: str) -> None:
    address = f"{BUYER}/cbc:EndpointID"
    xml = changed(INVOICE, (f"{address}/@schemeID", scheme), (address, number))

    assert f"PEPPOL-COMMON-{rule}" not in rules(xml, severity=severity)
    assert f"PEPPOL-COMMON-{rule}" in rules(xml, on=NEXT_YEAR, severity=severity)


@pytest.mark.parametrize(("number", "rule"), [("BE0403170702", "R062"), ("LU10000357", "R058")])
def test_release_3_0_22_checks_vat_numbers(number: str, rule: str) -> None:
    xml = changed(INVOICE, (f"{BUYER}/cac:PartyTaxScheme/cbc:CompanyID", number))

    assert f"PEPPOL-COMMON-{rule}" not in rules(xml, severity="warning")
    assert f"PEPPOL-COMMON-{rule}" in rules(xml, on=NEXT_YEAR, severity="warning")


@pytest.mark.parametrize(
    ("xml", "path", "rule"),
    [
        (INVOICE, "cbc:ProfileID", "R276"),
        (INVOICE, f"{LINE}/cac:Price", "R249"),
        (INVOICE, "cac:PayeeParty/cac:PartyName", "R256"),
        (CREDIT_NOTE, "cac:AccountingCustomerParty", "R140"),
        (CREDIT_NOTE, "cbc:CreditNoteTypeCode", "R205"),
    ],
)
def test_release_3_0_22_requires_exactly_one(xml: bytes, path: str, rule: str) -> None:
    broken = changed(xml, (path, None))

    assert f"PEPPOL-EN16931-{rule}" not in rules(broken)
    assert f"PEPPOL-EN16931-{rule}" in rules(broken, on=NEXT_YEAR)
