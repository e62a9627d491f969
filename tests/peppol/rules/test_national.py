"""Each row breaks one rule of a country; sellers elsewhere may do the same."""

import pytest

from tests.peppol.rules.samples import (
    BUYER,
    CATEGORY,
    CREDIT_NOTE,
    INVOICE,
    LINE,
    NEXT_YEAR,
    SELLER,
    Change,
    changed,
    rules,
)

COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
VAT = "cac:PartyTaxScheme/cbc:CompanyID"
COMPANY = "cac:PartyLegalEntity/cbc:CompanyID"
PAYMENT = "cac:PaymentMeans"
CODE = f"{PAYMENT}/cbc:PaymentMeansCode"
ACCOUNT = f"{PAYMENT}/cac:PayeeFinancialAccount/cbc:ID"
REFERENCE = "cac:AdditionalDocumentReference"
TAX = (
    "<cac:PartyTaxScheme><cbc:CompanyID>{}</cbc:CompanyID><cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme>"
    "</cac:PartyTaxScheme>"
)


def _seller_in(country: str, vat: str = "") -> list[Change]:
    number: list[Change] = [(f"{SELLER}/{VAT}", vat)] if vat else []
    return [("cac:TaxRepresentativeParty", None), (f"{SELLER}/{COUNTRY}", country), *number]


def _both_in(country: str, vat: str = "") -> list[Change]:
    return [*_seller_in(country, vat), (f"{BUYER}/{COUNTRY}", country)]


def _branch(code: str) -> Change:
    return (
        f"{PAYMENT}/cac:PayeeFinancialAccount",
        f"<cac:FinancialInstitutionBranch><cbc:ID>{code}</cbc:ID></cac:FinancialInstitutionBranch>",
    )


def _described(text: str) -> Change:
    return (f"{REFERENCE}/cbc:ID", f"after:<cbc:DocumentDescription>{text}</cbc:DocumentDescription>")


DUTCH, GERMAN, DANISH, SWEDISH, ICELANDIC = (_both_in(country) for country in ("NL", "DE", "DK", "SE", "IS"))
GREEK = _both_in("GR", "EL094259216")
MANDATE = "<cac:PaymentMandate><cbc:ID>m</cbc:ID></cac:PaymentMandate>"
NUMBER_OF_GREECE = "094259216|04/05/2026|0|1.1|A|1"

FATAL: list[tuple[str, list[Change], list[Change]]] = [
    ("NL-R-002", DUTCH, [(f"{SELLER}/cac:PostalAddress/cbc:StreetName", None)]),
    ("NL-R-003", DUTCH, [(f"{SELLER}/{COMPANY}/@schemeID", "0208")]),
    ("NL-R-004", DUTCH, [(f"{BUYER}/cac:PostalAddress/cbc:CityName", None)]),
    ("NL-R-005", DUTCH, [(f"{BUYER}/cac:PartyLegalEntity", "<cbc:CompanyID>1</cbc:CompanyID>")]),
    ("NL-R-006", [(f"{SELLER}/{COUNTRY}", "NL")], [(f"cac:TaxRepresentativeParty/{COUNTRY}", "NL")]),
    ("NL-R-007", DUTCH, [(PAYMENT, None)]),
    ("NL-R-008", DUTCH, [(CODE, "10")]),
    ("NL-R-009", DUTCH, [(f"{LINE}/cac:DocumentReference",
                          "before:<cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>")]),
    ("DE-R-001", GERMAN, [(PAYMENT, None)]),
    ("DE-R-002", GERMAN, [(f"{SELLER}/cac:Contact", None)]),
    ("DE-R-003", GERMAN, [(f"{SELLER}/cac:PostalAddress/cbc:CityName", None)]),
    ("DE-R-004", GERMAN, [(f"{SELLER}/cac:PostalAddress/cbc:PostalZone", None)]),
    ("DE-R-005", GERMAN, [(f"{SELLER}/cac:Contact/cbc:Name", None)]),
    ("DE-R-006", GERMAN, [(f"{SELLER}/cac:Contact/cbc:Telephone", None)]),
    ("DE-R-007", GERMAN, [(f"{SELLER}/cac:Contact/cbc:ElectronicMail", None)]),
    ("DE-R-008", GERMAN, [(f"{BUYER}/cac:PostalAddress/cbc:CityName", None)]),
    ("DE-R-009", GERMAN, [(f"{BUYER}/cac:PostalAddress/cbc:PostalZone", None)]),
    ("DE-R-010", GERMAN, [("cac:Delivery//cbc:CityName", None)]),
    ("DE-R-011", GERMAN, [("cac:Delivery//cbc:CityName", "Köln")]),
    ("DE-R-014", GERMAN, [("cac:TaxTotal//cbc:Percent", None)]),
    ("DE-R-015", GERMAN, [("cbc:BuyerReference", None)]),
    ("DE-R-016", GERMAN, [(f"{SELLER}/cac:PartyTaxScheme", None)]),
    ("DE-R-018", GERMAN, [("cac:PaymentTerms/cbc:Note", "#SKONTO#TAGE=14#PROZENT=2#\n")]),
    ("DE-R-022", GERMAN, [(REFERENCE, "twice")]),
    ("DE-R-023-1", GERMAN, [(f"{PAYMENT}/cac:PayeeFinancialAccount", None)]),
    ("DE-R-023-2", GERMAN, [(PAYMENT, MANDATE)]),
    ("DE-R-024-1", GERMAN, [(CODE, "48")]),
    ("DE-R-024-2", GERMAN, [(CODE, "54")]),
    ("DE-R-025-1", GERMAN, [(CODE, "59")]),
    ("DE-R-025-2", GERMAN, [(CODE, "59")]),
    ("DE-R-030", GERMAN, [(PAYMENT, MANDATE)]),
    ("DE-R-031", GERMAN, [(PAYMENT, MANDATE)]),
    ("DK-R-002", DANISH, [(f"{SELLER}/{COMPANY}", None)]),
    ("DK-R-003", DANISH, [(f"{LINE}//cbc:ItemClassificationCode/@listID", "TST")]),
    ("DK-R-004", DANISH, [("cac:AllowanceCharge[2]/cbc:AllowanceChargeReasonCode", "ZZZ")]),
    ("DK-R-005", DANISH, [(CODE, "30")]),
    ("DK-R-006", DANISH, [(CODE, "42")]),
    ("DK-R-007", DANISH, [(CODE, "49")]),
    ("DK-R-008", DANISH, [(CODE, "50")]),
    ("DK-R-009", DANISH, [(CODE, "50"), (f"{PAYMENT}/cbc:PaymentID", "04#1")]),
    ("DK-R-010", DANISH, [(CODE, "93")]),
    ("DK-R-011", DANISH, [(CODE, "93"), (f"{PAYMENT}/cbc:PaymentID", "71#1")]),
    ("DK-R-013", DANISH, [(f"{SELLER}/cac:PartyIdentification/cbc:ID/@schemeID", None)]),
    ("DK-R-014", DANISH, [(f"{SELLER}/{COMPANY}/@schemeID", "0208")]),
    ("DK-R-017", DANISH, [(f"{BUYER}/cac:PartyLegalEntity", "<cbc:CompanyID>12345678</cbc:CompanyID>")]),
    ("SE-R-001", _seller_in("SE", "SE556000472101"), [(f"{SELLER}/{VAT}", "SE5560004721")]),
    ("SE-R-002", _seller_in("SE", "SE556000472101"), [(f"{SELLER}/{VAT}", "SE55600047210A")]),
    ("SE-R-003", SWEDISH, [(f"{SELLER}/{COMPANY}", "556000-472")]),
    ("SE-R-004", SWEDISH, [(f"{SELLER}/{COMPANY}", "55600047")]),
    ("SE-R-005", SWEDISH, [(f"{SELLER}/cac:PartyLegalEntity", f"before:{TAX.format('F-skatt')}")]),
    ("SE-R-006", _seller_in("SE", "SE556000472101"), [(f"{LINE}/{CATEGORY}/cbc:Percent", "21.5")]),
    ("SE-R-013", SWEDISH, [(f"{SELLER}/{COMPANY}", "5560004721")]),
    ("IT-R-001", _seller_in("IT", "IT00743110157"), [(f"{SELLER}/cac:PartyLegalEntity", f"before:{TAX.format('1')}")]),
    ("IT-R-002", _seller_in("IT", "IT00743110157"), [(f"{SELLER}/cac:PostalAddress/cbc:StreetName", None)]),
    ("IT-R-003", _seller_in("IT", "IT00743110157"), [(f"{SELLER}/cac:PostalAddress/cbc:CityName", None)]),
    ("IT-R-004", _seller_in("IT", "IT00743110157"), [(f"{SELLER}/cac:PostalAddress/cbc:PostalZone", None)]),
    ("IS-R-002", ICELANDIC, [(f"{SELLER}/{COMPANY}/@schemeID", "0208")]),
    ("IS-R-003", ICELANDIC, [(f"{SELLER}/cac:PostalAddress/cbc:StreetName", None)]),
    ("IS-R-004", ICELANDIC, [(f"{BUYER}/cac:PartyLegalEntity", "<cbc:CompanyID>1</cbc:CompanyID>")]),
    ("IS-R-005", ICELANDIC, [(f"{BUYER}/cac:PostalAddress/cbc:PostalZone", None)]),
    ("IS-R-006", ICELANDIC, [(CODE, "9")]),
    ("IS-R-007", ICELANDIC, [(CODE, "42")]),
    ("IS-R-008", ICELANDIC, [_described("EINDAGI")]),
    ("IS-R-009", ICELANDIC, [_described("EINDAGI"), ("cbc:DueDate", None)]),
    ("IS-R-010", ICELANDIC, [_described("EINDAGI"), (f"{REFERENCE}/cbc:ID", "2026-06-02")]),
    ("GR-R-001-1", GREEK, [("cbc:ID", "1")]),
    ("GR-R-001-2", GREEK, [("cbc:ID", NUMBER_OF_GREECE.replace("094259216", "094259217"))]),
    ("GR-R-001-3", GREEK, [("cbc:ID", NUMBER_OF_GREECE.replace("04/05", "05/05"))]),
    ("GR-R-001-4", GREEK, [("cbc:ID", NUMBER_OF_GREECE.replace("|0|", "|x|"))]),
    ("GR-R-001-5", GREEK, [("cbc:ID", NUMBER_OF_GREECE.replace("1.1", "9.9"))]),
    ("GR-R-001-6", GREEK, [("cbc:ID", NUMBER_OF_GREECE.replace("|A|", "||"))]),
    ("GR-R-001-7", GREEK, [("cbc:ID", NUMBER_OF_GREECE.replace("|A|1", "|A|"))]),
    ("GR-R-002", GREEK, [(f"{SELLER}/cac:PartyName", None)]),
    ("GR-R-004-1", GREEK, [("cbc:Note", "no MARK")]),
    ("GR-R-004-2", GREEK, [_described("##M.AR.K##"), (f"{REFERENCE}/cbc:ID", "0")]),
    ("GR-R-005", GREEK, [("cbc:Note", "the buyer has no trading name")]),
    ("GR-R-006", GREEK, [(f"{BUYER}/{VAT}", "EL1")]),
    ("GR-R-008-2", GREEK, [_described("##INVOICE|URL##"), (REFERENCE, "twice")]),
    ("GR-R-008-3", GREEK, [_described("##INVOICE|URL##")]),
    ("GR-R-009", GREEK, [(f"{SELLER}/cbc:EndpointID", "094259217")]),
    ("GR-R-010", [*GREEK, (f"{BUYER}/{VAT}", "EL094259216")], [(f"{BUYER}/cbc:EndpointID", "1")]),
]  # fmt: skip

WARNINGS: list[tuple[str, list[Change], list[Change]]] = [
    ("DE-R-017", GERMAN, [("cbc:InvoiceTypeCode", "386")]),
    ("DE-R-019", GERMAN, [(CODE, "58"), (ACCOUNT, "DE00")]),
    ("DE-R-020", GERMAN, [(CODE, "59")]),
    ("DE-R-026", GERMAN, [("cbc:InvoiceTypeCode", "384"), ("cac:BillingReference", None)]),
    ("DE-R-027", GERMAN, [(f"{SELLER}/cac:Contact/cbc:Telephone", "12")]),
    ("DE-R-028", GERMAN, [(f"{SELLER}/cac:Contact/cbc:ElectronicMail", "an.peeters.example")]),
    ("DE-R-T02", GERMAN, [(f"{REFERENCE}/cac:Attachment",
                           "<cac:ExternalReference><cbc:URI>x</cbc:URI></cac:ExternalReference>")]),
    ("NO-R-002", _seller_in("NO", "NO974760673MVA"), [("cbc:Note", "no register")]),
    ("SE-R-007", SWEDISH, [_branch("SE:PLUSGIRO")]),
    ("SE-R-008", SWEDISH, [_branch("SE:BANKGIRO")]),
    ("SE-R-009", SWEDISH, [_branch("SE:BANKGIRO"), (ACCOUNT, "123456")]),
    ("SE-R-010", SWEDISH, [_branch("SE:PLUSGIRO"), (ACCOUNT, "1")]),
    ("SE-R-011", SWEDISH, [(CODE, "56")]),
    ("SE-R-012", SWEDISH, [(CODE, "31")]),
    ("IS-R-001", ICELANDIC, [("cbc:InvoiceTypeCode", "383")]),
    ("GR-S-008-1", GREEK, [("cbc:Note", "no URL")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "place", "changes"), FATAL, ids=[rule for rule, _, _ in FATAL])
def test_a_country_forbids_what_others_allow(rule: str, place: list[Change], changes: list[Change]) -> None:
    assert rule in rules(changed(INVOICE, *place, *changes))
    assert rule not in rules(changed(INVOICE, *changes))


@pytest.mark.parametrize(("rule", "place", "changes"), WARNINGS, ids=[rule for rule, _, _ in WARNINGS])
def test_a_country_warns_about_what_others_allow(rule: str, place: list[Change], changes: list[Change]) -> None:
    assert rule in rules(changed(INVOICE, *place, *changes), severity="warning")
    assert rule not in rules(changed(INVOICE, *changes), severity="warning")


@pytest.mark.parametrize(
    ("number", "rule", "severity"),
    [
        ("NO974760674MVA", "NO-R-001", "fatal"),
        ("EL094259217", "GR-R-003", "fatal"),
        ("EL094259217", "GR-S-011", "warning"),
    ],
)
def test_the_rules_of_the_vat_numbers_country_apply(number: str, rule: str, severity: str) -> None:
    valid = {"NO": "NO974760673MVA", "EL": "EL094259216"}[number[:2]]

    assert rule in rules(changed(INVOICE, (f"{SELLER}/{VAT}", number)), severity=severity)
    assert rule not in rules(changed(INVOICE, (f"{SELLER}/{VAT}", valid)), severity=severity)


def test_a_dutch_credit_note_references_its_invoice() -> None:
    unnamed: list[Change] = [("cac:BillingReference", None)]

    assert "NL-R-001" in rules(changed(CREDIT_NOTE, *DUTCH, *unnamed))
    assert "NL-R-001" not in rules(changed(CREDIT_NOTE, *unnamed))


def test_a_danish_credit_note_is_not_negative() -> None:
    negative: list[Change] = [("cac:LegalMonetaryTotal/cbc:PayableAmount", "-200.00")]

    assert "DK-R-016" in rules(changed(CREDIT_NOTE, *DANISH, *negative))
    assert "DK-R-016" not in rules(changed(CREDIT_NOTE, *negative))


def test_german_parties_may_write_several_notes_and_partial_invoices() -> None:
    several: list[Change] = [("cbc:Note", "twice"), ("cbc:InvoiceTypeCode", "326")]
    german_only = {"PEPPOL-EN16931-R002", "PEPPOL-EN16931-P0112"}

    assert german_only <= rules(changed(INVOICE, *several))
    assert not german_only & rules(changed(INVOICE, *GERMAN, *several))


def test_a_german_cash_discount_has_its_own_line() -> None:
    discount: list[Change] = [("cac:PaymentTerms/cbc:Note", "#SKONTO#TAGE=14#PROZENT=2.00#\n")]

    assert "DE-R-018" not in rules(changed(INVOICE, *GERMAN, *discount))


def test_several_vat_numbers_do_not_determine_the_country() -> None:
    italian = _seller_in("BE", "IT00743110157")
    both: list[Change] = [*italian, (f"{SELLER}/cac:PartyTaxScheme", "twice"), (f"{SELLER}//cbc:StreetName", None)]

    assert "IT-R-002" not in rules(changed(INVOICE, *both))


def test_a_tax_representative_determines_the_country_of_a_seller_without_a_vat_number() -> None:
    changes: list[Change] = [
        (f"{SELLER}/cac:PartyTaxScheme", None),
        ("cac:TaxRepresentativeParty//cbc:CompanyID", "IT00743110157"),
        (f"{SELLER}//cbc:StreetName", None),
    ]

    assert "IT-R-002" in rules(changed(INVOICE, *changes))


SLOVAK = _both_in("SK", "SK2020123456")
SLOVAK_PARTIES: list[Change] = [*SLOVAK, (f"{BUYER}/{VAT}", "SK2020123456")]


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("SK-R-001", [("cbc:InvoiceTypeCode", "384"), ("cac:BillingReference", None)]),
        ("SK-R-002", [(f"{SELLER}//cbc:StreetName", None)]),
        ("SK-R-003", [(f"{SELLER}//cbc:CityName", None)]),
        ("SK-R-004", [(f"{SELLER}//cbc:PostalZone", None)]),
        ("SK-R-005", [(f"{BUYER}//cbc:StreetName", None)]),
        ("SK-R-006", [(f"{BUYER}//cbc:CityName", None)]),
        ("SK-R-007", [(f"{BUYER}//cbc:PostalZone", None)]),
    ],
)
def test_slovakia_warns_from_3_0_22_on(rule: str, changes: list[Change]) -> None:
    slovak = changed(INVOICE, *SLOVAK_PARTIES, *changes)

    assert rule in rules(slovak, on=NEXT_YEAR, severity="warning")
    assert rule not in rules(slovak, severity="warning")
    assert rule not in rules(changed(INVOICE, *changes), on=NEXT_YEAR, severity="warning")


def test_slovak_parties_may_correct_and_german_ones_bill_themselves_from_3_0_22_on() -> None:
    corrected = changed(INVOICE, *SLOVAK_PARTIES, ("cbc:InvoiceTypeCode", "384"))
    self_billed = changed(INVOICE, *GERMAN, ("cbc:InvoiceTypeCode", "389"))
    elsewhere = changed(INVOICE, ("cbc:InvoiceTypeCode", "389"))

    assert "PEPPOL-EN16931-P0112" in rules(corrected)
    assert "PEPPOL-EN16931-P0112" not in rules(corrected, on=NEXT_YEAR)
    assert "PEPPOL-EN16931-P0100" in rules(self_billed)
    assert not {"PEPPOL-EN16931-P0100", "PEPPOL-EN16931-P0112"} & rules(self_billed, on=NEXT_YEAR)
    assert "PEPPOL-EN16931-P0112" in rules(elsewhere, on=NEXT_YEAR)


def test_swedish_rates_are_for_swedish_buyers_from_3_0_22_on() -> None:
    odd_rate: Change = (f"{LINE}/{CATEGORY}/cbc:Percent", "21.5")
    abroad = changed(INVOICE, *_seller_in("SE", "SE556000472101"), odd_rate)
    at_home = changed(INVOICE, *_both_in("SE", "SE556000472101"), odd_rate)

    assert "SE-R-006" in rules(abroad)
    assert "SE-R-006" not in rules(abroad, on=NEXT_YEAR)
    assert "SE-R-006" in rules(at_home, on=NEXT_YEAR)


def test_greek_document_types_are_free_from_3_0_22_on() -> None:
    odd_type = changed(INVOICE, *GREEK, ("cbc:ID", NUMBER_OF_GREECE.replace("1.1", "9.9")))

    assert "GR-R-001-5" in rules(odd_type)
    assert "GR-R-001-5" not in rules(odd_type, on=NEXT_YEAR)
