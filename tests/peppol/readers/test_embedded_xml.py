"""The XML inside a PDF, and PDFs that are none, broken, locked or made to hurt."""

from io import BytesIO
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from app.peppol.readers import embedded_xml, pdf
from app.peppol.xml import Unreadable

XML = b"<rsm:CrossIndustryInvoice/>"


def document(**attachments: bytes) -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(width=72, height=72)
    for name, content in attachments.items():
        writer.add_attachment(name.replace("_", "-") + ".xml", content)
    return writer


def written(writer: PdfWriter) -> bytes:
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize("name", ["factur_x", "zugferd_invoice", "ZUGFeRD_invoice", "xrechnung"])
def test_the_invoice_is_found_under_each_of_its_names(name: str) -> None:
    assert embedded_xml(written(document(photo=b"?", **{name: XML}))) == XML


def test_a_pdf_with_other_attachments_or_none_carries_no_invoice() -> None:
    assert embedded_xml(written(document())) is None
    assert embedded_xml(written(document(letter=XML))) is None


def test_a_file_that_is_only_associated_with_the_document_is_found() -> None:
    writer = document(factur_x=XML)
    names = writer.root_object.pop("/Names").get_object()
    found = names["/EmbeddedFiles"].get_object()["/Names"]
    writer.root_object[NameObject("/AF")] = ArrayObject([found[1]])
    assert embedded_xml(written(writer)) == XML


def test_a_tree_of_names_that_leads_back_to_itself_ends() -> None:
    writer = document()
    node = writer._add_object(DictionaryObject())
    cast("DictionaryObject", node.get_object())[NameObject("/Kids")] = ArrayObject([node, node])
    tree = DictionaryObject({NameObject("/EmbeddedFiles"): node})
    writer.root_object[NameObject("/Names")] = tree
    assert embedded_xml(written(writer)) is None


def test_a_locked_pdf_says_so() -> None:
    writer = document(factur_x=XML)
    writer.encrypt("secret", algorithm="RC4-128")
    with pytest.raises(Unreadable, match="protected by a password"):
        embedded_xml(written(writer))


def test_what_is_no_pdf_says_so() -> None:
    with pytest.raises(Unreadable, match="not a PDF"):
        embedded_xml(b"PK\x03\x04")


def test_a_broken_pdf_says_so() -> None:
    with pytest.raises(Unreadable, match="broken"):
        embedded_xml(b"%PDF-1.7\n%%EOF")


def test_a_pdf_that_is_too_large_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_BYTES", 10)
    with pytest.raises(Unreadable, match="most that is read is 10"):
        embedded_xml(written(document(factur_x=XML)))


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
        return embedded_xml(content)
    except Unreadable as refused:
        return refused.reason
