"""The XML inside a PDF, and PDFs that are none, broken, locked or made to hurt."""

from io import BytesIO
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from app.peppol.readers import NotAnInvoice, embedded_invoice, pdf
from app.peppol.xml import Unreadable

NAMESPACE = b"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
XML = b'<rsm:CrossIndustryInvoice xmlns:rsm="' + NAMESPACE + b'"/>'


def document(**attachments: bytes) -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(width=72, height=72)
    for name, content in attachments.items():
        writer.add_attachment(name.replace("_", "-") + ".xml", content)
    return writer


def found_in(content: bytes) -> bytes | None:
    found = embedded_invoice(content)
    return found.xml if found else None


def written(writer: PdfWriter) -> bytes:
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["factur_x", "zugferd_invoice", "ZUGFeRD_invoice", "xrechnung"])
def test_the_invoice_is_found_under_each_of_its_names(name: str) -> None:
    assert found_in(written(document(photo=b"?", **{name: XML}))) == XML


def test_a_pdf_with_other_attachments_or_none_carries_no_invoice() -> None:
    assert found_in(written(document())) is None
    assert found_in(written(document(letter=b"<letter/>", photo=b"\x89PNG"))) is None


def test_an_invoice_counts_under_any_name_and_a_standard_name_comes_first() -> None:
    other = XML.replace(b"/>", b">1</rsm:CrossIndustryInvoice>")
    assert found_in(written(document(rechnung_2026_17=XML))) == XML
    assert found_in(written(document(rechnung_2026_17=other, factur_x=XML))) == XML


def test_ubl_in_a_pdf_is_found() -> None:
    ubl = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    assert found_in(written(document(invoice=ubl))) == ubl


def test_an_order_in_a_pdf_is_named_and_other_xml_is_passed_over() -> None:
    order = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'
    with pytest.raises(NotAnInvoice, match="purchase order"):
        found_in(written(document(order_x=order)))
    assert found_in(written(document(bestellung=order))) is None


def test_a_file_that_is_only_associated_with_the_document_is_found() -> None:
    writer = document(factur_x=XML)
    names = writer.root_object.pop("/Names").get_object()
    found = names["/EmbeddedFiles"].get_object()["/Names"]
    writer.root_object[NameObject("/AF")] = ArrayObject([found[1]])
    assert found_in(written(writer)) == XML


def test_a_tree_of_names_that_leads_back_to_itself_ends() -> None:
    writer = document()
    node = writer._add_object(DictionaryObject())
    cast("DictionaryObject", node.get_object())[NameObject("/Kids")] = ArrayObject([node, node])
    tree = DictionaryObject({NameObject("/EmbeddedFiles"): node})
    writer.root_object[NameObject("/Names")] = tree
    assert found_in(written(writer)) is None


def test_a_locked_pdf_says_so() -> None:
    writer = document(factur_x=XML)
    writer.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(Unreadable, match="protected by a password"):
        found_in(written(writer))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_only_restricts_what_may_be_done_with_it_is_opened(algorithm: str) -> None:
    writer = document(factur_x=XML)
    writer.encrypt("", owner_password="secret", algorithm=algorithm)
    assert found_in(written(writer)) == XML


def test_what_is_no_pdf_says_so() -> None:
    with pytest.raises(Unreadable, match="not a PDF"):
        found_in(b"PK\x03\x04")


def test_a_broken_pdf_says_so() -> None:
    with pytest.raises(Unreadable, match="broken"):
        found_in(b"%PDF-1.7\n%%EOF")


def test_a_pdf_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_BYTES", 10)
    with pytest.raises(Unreadable, match="most that is read is 10"):
        found_in(written(document(factur_x=XML)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_mutated_pdf_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(written(document(factur_x=XML)))
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(9, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=12))
    assert isinstance(outcome(bytes(content)), bytes | str | None)


def outcome(content: bytes) -> bytes | str | None:
    """The XML or None, or the reason why the PDF could not be read."""
    try:
        return found_in(content)
    except Unreadable as refused:
        return refused.reason
