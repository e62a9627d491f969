"""The writer: every term in its place, nothing empty, nothing that XML forbids, valid by the official rules."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from app.peppol.invoice import (
    CREDIT_NOTE_TYPES,
    Identifier,
    Invoice,
    Line,
    PaymentInstructions,
    Price,
    SupportingDocument,
)
from app.peppol.rules import validate
from app.peppol.writer import write
from tests.peppol.documents import STANDARD, full, invoices, line, plain
from tests.peppol.official import broken_rules, schema_errors
from tests.peppol.xpath import elements, texts


def found(invoice: Invoice, path: str) -> list[str]:
    """The texts at an XPath in the written document."""
    return texts(etree.fromstring(write(invoice)), path)


def leaves(value: object) -> list[str]:
    """Every text of a model, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [leaf for item in value for leaf in leaves(item)]
    if isinstance(value, Struct):
        return [leaf for name in value.__struct_fields__ for leaf in leaves(getattr(value, name))]
    return []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(invoices())
def test_every_document_is_valid_by_the_schema_the_cen_rules_and_our_own(invoice: Invoice) -> None:
    xml = write(invoice)
    assert schema_errors(xml) == []
    assert broken_rules(xml) == []
    for on in (date(2026, 6, 1), date(2027, 6, 1)):  # 3.0.21, 3.0.22
        assert [finding for finding in validate(xml, on=on) if finding.severity == "fatal"] == []


@pytest.mark.parametrize("type_code", ["380", "381"])
@pytest.mark.parametrize("way", range(3))
def test_a_document_with_every_term_is_valid(type_code: str, way: int) -> None:
    payment = full().payment_instructions[way]
    xml = write(replace(full(), type_code=type_code, payment_instructions=(payment,)))
    assert schema_errors(xml) == []
    assert broken_rules(xml) == []


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_every_text_of_the_model_is_in_the_document(type_code: str) -> None:
    xml = write(replace(full(), type_code=type_code)).decode()
    assert [text for text in leaves(full()) if text not in xml and text != "380"] == []


def test_no_element_is_empty_and_blank_text_is_no_text() -> None:
    xml = write(plain(note="  ", payment_terms="\x00", project_reference="", contract_reference="\n"))
    assert etree.fromstring(xml).xpath("//*[not(*) and not(normalize-space())]") == []


def test_markup_is_escaped_and_forbidden_characters_are_removed() -> None:
    note = 'Fish & <chips> "now" \x00\x0b\ud800\ufffe é 🐟'
    assert found(plain(note=note), "/*/cbc:Note") == ['Fish & <chips> "now"  é 🐟']


def test_an_attribute_is_escaped() -> None:
    document = SupportingDocument(reference="X", content=b"x", mime_code="text/csv", filename='a"<&\x01.csv')
    xml = etree.fromstring(write(plain(supporting_documents=(document,))))
    assert xml.xpath("//@filename") == ['a"<&.csv']


@pytest.mark.parametrize("code", sorted(CREDIT_NOTE_TYPES))
def test_the_type_code_of_a_credit_note_makes_a_credit_note(code: str) -> None:
    xml = etree.fromstring(write(plain(type_code=code)))
    assert etree.QName(xml).localname == "CreditNote"
    assert schema_errors(write(plain(type_code=code))) == []


def test_the_due_date_of_a_credit_note_is_in_its_payment_means() -> None:
    credit_note = plain(type_code="381", payment_instructions=(PaymentInstructions(means_code="30"),))
    assert found(credit_note, "/*/cac:PaymentMeans/cbc:PaymentDueDate") == ["2026-06-03"]
    assert found(credit_note, "/*/cbc:DueDate") == []


def test_the_due_date_of_a_credit_note_with_two_accounts_is_written_once() -> None:
    credit_note = plain(type_code="381", payment_instructions=(full().payment_instructions[0],) * 2)
    assert broken_rules(write(credit_note)) == []


def test_the_project_of_a_credit_note_is_a_document_of_type_50() -> None:
    path = "/*/cac:AdditionalDocumentReference[cbc:DocumentTypeCode='50']/cbc:ID"
    assert found(plain(type_code="381", project_reference="P-3"), path) == ["P-3"]


def test_a_sales_order_without_an_order_has_an_order_that_is_not_available() -> None:
    invoice = plain(sales_order_reference="SO-9")
    assert found(invoice, "/*/cac:OrderReference/*") == ["NA", "SO-9"]


def test_the_creditor_identifier_belongs_to_the_payee_if_there_is_one_else_to_the_seller() -> None:
    invoice = full()
    path = "cac:PartyIdentification/cbc:ID[@schemeID='SEPA']"
    assert found(invoice, f"/*/cac:PayeeParty/{path}") == ["BE68ZZZ0123456789"]
    assert found(replace(invoice, payee=None), f"//cac:Party/{path}") == ["BE68ZZZ0123456789"]


def test_an_identifier_without_a_scheme_has_no_scheme_attribute() -> None:
    invoice = replace(plain(), seller=replace(plain().seller, identifiers=(Identifier("S-1"),)))
    xml = etree.fromstring(write(invoice))
    (element,) = elements(xml, "//cac:PartyIdentification/cbc:ID")
    assert not element.attrib


@pytest.mark.parametrize(
    ("amount", "written"),
    [("20", "20.00"), ("20.5", "20.50"), ("20.5000", "20.50"), ("2E+2", "200.00"), ("0E-8", "0.00"), ("-7", "-7.00")],
)
def test_money_is_written_with_two_decimals(amount: str, written: str) -> None:
    item = line(net_amount=Decimal(amount))
    assert found(plain(item), "//cac:InvoiceLine/cbc:LineExtensionAmount") == [written]


def test_money_with_more_decimals_keeps_them_for_the_rules_to_report() -> None:
    item = line(net_amount=Decimal("20.005"))
    assert found(plain(item), "//cac:InvoiceLine/cbc:LineExtensionAmount") == ["20.005"]


def test_a_zero_has_no_sign_since_the_rules_treat_it_as_negative() -> None:
    nothing = Decimal("-0.00")
    free = plain(replace(line(net_amount=nothing), price=Price(net=nothing, gross=nothing)))

    assert b">-0" not in write(free)


def test_a_small_price_is_written_in_plain_digits() -> None:
    item = line(quantity="1", price="0.00000012")
    assert found(plain(item), "//cac:Price/cbc:PriceAmount") == ["0.00000012"]


def test_the_discount_of_a_price_is_gross_minus_net() -> None:
    item = replace(line(), price=Price(net=Decimal(8), gross=Decimal(10)))
    assert found(plain(item), "//cac:Price/cac:AllowanceCharge/cbc:Amount") == ["2"]


def test_vat_in_an_accounting_currency_has_its_own_total() -> None:
    xml = etree.fromstring(write(full()))
    totals = elements(xml, "/*/cac:TaxTotal/cbc:TaxAmount")
    assert [(item.text, item.get("currencyID")) for item in totals][1] == ("210.12", "SEK")


def test_a_document_with_gaps_is_still_written() -> None:
    gaps = Invoice(lines=(Line(identifier="1", vat=STANDARD),), issue_date=date(2026, 5, 4))
    assert found(gaps, "//cac:InvoiceLine/cbc:ID") == ["1"]
