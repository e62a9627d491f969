"""UBL that is not BIS: what UBL 2.0, UBL.BE and e-FFF put where BIS has another place for it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.peppol.invoice import Address, Attribute, Identifier, Invoice, PrecedingInvoice, Vat
from app.peppol.readers import read
from app.peppol.writer import write
from tests.peppol.documents import plain

FOREIGN = Path(__file__).parents[2] / "golden" / "foreign"


def source(case: str) -> Invoice:
    return read((FOREIGN / f"{case}.xml").read_bytes()).invoice


def test_a_credit_note_of_ubl_2_0_needs_no_type_code() -> None:
    assert source("e-fff-credit-note").type_code == "381"


def test_a_credit_note_never_becomes_an_invoice() -> None:
    xml = write(plain(type_code="381")).replace(b">381<", b">380<")
    reading = read(xml)
    assert reading.invoice.type_code == "381"
    assert "380" in reading.losses[0]


def test_building_number_and_box_find_their_lines() -> None:
    assert source("e-fff").seller.address == Address(
        line_1="Kouter 12", line_2="PO Box 4", city="Gent", post_code="9000", country="be"
    )


def test_a_party_with_one_name_is_called_by_it() -> None:
    seller = source("e-fff").seller
    assert (seller.name, seller.trading_name) == ("Peeters Drukkerij BV", None)


def test_a_vat_number_gets_the_country_that_its_scheme_names_and_is_not_kept_twice() -> None:
    seller = source("e-fff").seller
    assert seller.vat_identifier == "BE0404616494"
    assert seller.identifiers == ()
    assert seller.electronic_address == Identifier("BE0404616494", "BE:VAT")


@pytest.mark.parametrize("name", ["VAT", "BTW", "TVA", "MwSt", ""])
def test_vat_has_many_names(name: str) -> None:
    xml = write(plain()).replace(b"<cac:TaxScheme><cbc:ID>VAT<", f"<cac:TaxScheme><cbc:ID>{name}<".encode())
    assert read(xml).invoice.buyer.vat_identifier == "BE0403170701"
    assert read(xml).losses == ()


def test_the_due_date_stands_in_several_places() -> None:
    assert source("e-fff").due_date == date(2026, 6, 3)


def test_a_number_by_which_the_seller_knows_the_buyer_identifies_him() -> None:
    assert source("ubl-be").buyer.identifiers == (Identifier("C-1004"),)


def test_legal_mentions_of_belgium_become_part_of_the_note() -> None:
    assert source("ubl-be").note == "Delivered in crates\nSpecial ruling - used goods"


def test_the_vat_of_a_line_may_stand_in_its_tax_total() -> None:
    assert [line.vat for line in source("e-fff").lines] == [Vat("S", Decimal(21)), Vat("AE", Decimal(0))]


def test_a_belgian_tax_code_explains_an_exemption_that_nothing_else_explains() -> None:
    assert source("e-fff").vat_breakdown[1].exemption_reason == "Reverse charge - Contractor"


def test_a_belgian_tax_code_stands_in_for_a_category() -> None:
    xml = write(plain()).replace(b"<cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>", b"<cbc:Name>03</cbc:Name>")
    assert read(xml).invoice.lines[0].vat == Vat("S", Decimal(21))
    assert read(xml).losses == ()


def test_a_belgian_tax_code_that_contradicts_the_rate_is_named() -> None:
    xml = write(plain()).replace(b"<cbc:Percent>21", b"<cbc:Name>01</cbc:Name><cbc:Percent>21")
    assert [loss for loss in read(xml).losses if "01" in loss]


def test_an_item_without_a_name_is_called_by_its_description() -> None:
    item = source("e-fff").lines[0].item
    assert (item.name, item.description) == ("Posters", None)
    assert item.attributes == (Attribute("Manufacturer's item number", "M-77"),)


def test_preceding_invoices_may_be_named_by_the_lines() -> None:
    reference = (
        b"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>F-0</cbc:ID></cac:InvoiceDocumentReference>"
        b"</cac:BillingReference><cac:Item>"
    )
    found = read(write(plain(type_code="381")).replace(b"<cac:Item>", reference)).invoice
    assert found.preceding_invoices == (PrecedingInvoice(number="F-0"),)


def test_the_currency_may_be_said_by_the_amounts_only() -> None:
    xml = write(plain()).replace(b"<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", b"")
    assert read(xml).invoice.currency == "EUR"


def test_several_vat_totals_add_up_to_one_breakdown() -> None:
    xml = write(plain())
    start, end = xml.index(b"<cac:TaxTotal>"), xml.index(b"</cac:TaxTotal>") + len(b"</cac:TaxTotal>")
    found = read(xml[:end] + xml[start:end] + xml[end:]).invoice
    assert found.totals.vat == Decimal("42.00")
    assert len(found.vat_breakdown) == 2


def test_what_is_no_base64_is_a_loss_and_no_crash() -> None:
    xml = (FOREIGN / "ubl-be.xml").read_bytes().replace(b"JVBERi0xLjQ=", b"%%%")
    reading = read(xml)
    assert reading.invoice.supporting_documents[1].content is None
    assert [loss for loss in reading.losses if "%%%" in loss]
