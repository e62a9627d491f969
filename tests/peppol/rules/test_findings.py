"""A finding tells a bookkeeper what is wrong, where, and what is right."""

import pytest
from lxml import etree

from app.peppol.rules import validate
from app.peppol.rules.document import Document
from app.peppol.rules.releases.v3_0_21 import V3_0_21
from tests.peppol.rules.samples import (
    CREDIT_NOTE,
    IN_FORCE,
    INVOICE,
    LINE,
    SELLER,
    SUBTOTAL,
    Change,
    changed,
    only,
)
from tests.peppol.xpath import elements

SAID: list[tuple[str, list[Change], str, str, str]] = [
    (
        "BR-CO-17",
        [(f"{SUBTOTAL}/cbc:TaxAmount", "40.00")],
        "VAT at 21 % is 40.00; 21 % of 200.00 is 42.00.",
        "/Invoice/cac:TaxTotal/cac:TaxSubtotal",
        "BT-117",
    ),
    (
        "BR-CO-10",
        [("cac:LegalMonetaryTotal/cbc:LineExtensionAmount", "190")],
        "The sum of the line net amounts is 190.00; the lines add up to 200.00.",
        "/Invoice/cac:LegalMonetaryTotal",
        "BT-106",
    ),
    (
        "PEPPOL-EN16931-R120",
        [(f"{LINE}/cbc:LineExtensionAmount", "150.00")],
        "The line net amount is 150.00; 20 × 100.00 ÷ 10 plus charges minus allowances is 200.00.",
        "/Invoice/cac:InvoiceLine",
        "BT-131",
    ),
    (
        "BR-25",
        [(LINE, "twice"), (f"{LINE}[2]/cac:Item/cbc:Name", None)],
        "The line's item name (BT-153) is missing.",
        "/Invoice/cac:InvoiceLine[2]",
        "BT-153",
    ),
    (
        "PEPPOL-COMMON-R043",
        [(f"{SELLER}/cbc:EndpointID", "BE0404616494")],
        (
            "“BE0404616494” is not a Belgian enterprise number: ten digits, without BE or dots, "
            "with correct check digits."
        ),
        "/Invoice/cac:AccountingSupplierParty/cac:Party/cbc:EndpointID",
        "BT-34",
    ),
    (
        "UBL-ORDER",
        [("cbc:IssueDate", None), ("cbc:InvoiceTypeCode", "after:<cbc:IssueDate>2026-05-04</cbc:IssueDate>")],
        "In Invoice, cbc:IssueDate comes after cbc:InvoiceTypeCode; it must come before.",
        "/Invoice/cbc:IssueDate",
        "BT-2",
    ),
    (
        "BE-OGM-01",
        [("cac:PaymentMeans/cbc:PaymentID", "+++090/9337/55494+++")],
        "The structured communication +++090/9337/55494+++ has wrong check digits; after 0909337554 they must be 93.",
        "/Invoice/cac:PaymentMeans/cbc:PaymentID",
        "BT-83",
    ),
    (
        "BE-OGM-02",
        [("cac:PaymentMeans/cbc:PaymentID", "090933755493")],
        "Write the structured communication 090933755493 as +++090/9337/55493+++.",
        "/Invoice/cac:PaymentMeans/cbc:PaymentID",
        "BT-83",
    ),
]


@pytest.mark.parametrize(("rule", "changes", "message", "location", "term"), SAID, ids=[row[0] for row in SAID])
def test_a_finding_says_what_is_wrong_where_and_what_is_right(
    rule: str, changes: list[Change], message: str, location: str, term: str
) -> None:
    finding = only(validate(changed(INVOICE, *changes), on=IN_FORCE), rule)

    assert (finding.message, finding.location, finding.term) == (message, location, term)


def test_the_location_of_a_finding_is_an_xpath_to_the_element() -> None:
    broken = changed(CREDIT_NOTE, ("cac:CreditNoteLine", "twice"), ("cac:CreditNoteLine[2]/cbc:ID", " "))
    finding = only(validate(broken, on=IN_FORCE), "PEPPOL-EN16931-R008")
    root = etree.fromstring(broken)
    path = finding.location.replace("/CreditNote/", "", 1)

    (element,) = elements(root, path)
    assert etree.QName(element).localname == "ID"
    assert finding.term == "BT-126"


def test_a_parsed_tree_has_the_findings_of_its_bytes_with_or_without_comments() -> None:
    broken = changed(INVOICE, ("cbc:ID", "<!-- no number -->"), ("cac:TaxTotal/cbc:TaxAmount", "1.00"))
    root = etree.fromstring(broken)

    assert validate(root, on=IN_FORCE) == validate(broken, on=IN_FORCE)
    assert Document(root, V3_0_21.billing.profile).root.value("cbc:ID") == "2026-117"


def test_every_message_is_a_sentence() -> None:
    empty = b"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>"""
    findings = validate(empty, on=IN_FORCE)

    assert len(findings) > 20
    assert all(finding.message[0].isupper() and finding.message.endswith(".") for finding in findings)


@pytest.mark.parametrize("account", ["NO9386011117947", "NL91ABNA0417164300"])
def test_a_reference_paid_to_another_country_is_no_structured_communication(account: str) -> None:
    changes: list[Change] = [
        ("cac:PaymentMeans/cbc:PaymentID", "090933755493"),
        ("cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID", account),
    ]
    rules = {finding.rule for finding in validate(changed(INVOICE, *changes), on=IN_FORCE)}
    assert not {rule for rule in rules if rule.startswith("BE-OGM")}
