"""What an invoice may come wrapped in, and what no envelope may do."""

from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.peppol.readers import NotAnInvoice, OtherFormat, read, unwrapped
from app.peppol.writer import write
from app.peppol.xml import Unreadable, parse
from tests.peppol.documents import plain

UBL = write(plain())
BODY = UBL.partition(b"?>")[2].strip()
CII = b'<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"/>'
SBDH = b'<StandardBusinessDocument xmlns="urn:sbdh"><StandardBusinessDocumentHeader/>%s</StandardBusinessDocument>'


def number(xml: bytes) -> str | None:
    return parse(xml).findtext("{*}ID")


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        unwrapped(data)
    return refused.value.reason


def test_an_invoice_without_an_envelope_stays_byte_for_byte() -> None:
    found = unwrapped(UBL)
    assert (found.xml, found.is_ubl, found.losses) == (UBL, True, ())
    assert unwrapped(CII).is_ubl is False


@pytest.mark.parametrize(
    "wrapped",
    [
        SBDH % BODY,
        SBDH % (SBDH % BODY),
        b"<any><thing>" + BODY + b"</thing></any>",
        b"<any><![CDATA[" + UBL + b"]]></any>",
        b"<any>" + b64encode(UBL) + b"</any>",
        b"<any>" + b64encode(SBDH % BODY) + b"</any>",
        b"\r\n " + UBL,
    ],
)
def test_the_invoice_in_an_envelope_is_found(wrapped: bytes) -> None:
    assert number(unwrapped(wrapped).xml) == "F-1"


def test_each_envelope_is_named() -> None:
    assert unwrapped(b"<any>" + b64encode(SBDH % BODY) + b"</any>").losses == (
        "The envelope around the invoice (any) is left out.",
        "The envelope around the invoice (StandardBusinessDocument) is left out.",
    )


def test_namespaces_that_the_envelope_declares_come_along() -> None:
    declared = b'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
    assert declared in BODY
    moved = b"<e:any xmlns:e='urn:e' " + declared + b">" + BODY.replace(declared + b" ", b"") + b"</e:any>"
    assert number(unwrapped(moved).xml) == "F-1"


def test_several_invoices_in_one_envelope_are_not_chosen_from() -> None:
    assert refusal(b"<any>" + BODY + BODY + b"</any>") == (
        "The file holds 2 invoices in one envelope; each must be a document of its own."
    )


def test_an_order_that_carries_an_invoice_stays_an_order() -> None:
    order = (
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"><x>' + b64encode(UBL) + b"</x></Order>"
    )
    with pytest.raises(NotAnInvoice, match="purchase order"):
        unwrapped(order)
    with pytest.raises(NotAnInvoice, match="purchase order"):
        unwrapped(SBDH % order)


def test_an_invoice_in_another_format_is_told_from_what_is_none() -> None:
    with pytest.raises(OtherFormat, match="Polish format KSeF"):
        unwrapped(b'<Faktura xmlns="http://crd.gov.pl/wzor/2023/06/29/12648/"/>')
    with pytest.raises(OtherFormat, match="another version than D16B"):
        read(b'<a:CrossIndustryInvoice xmlns:a="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:2"/>')


def test_envelopes_in_envelopes_end() -> None:
    data = UBL
    for _ in range(6):
        data = b"<any>" + b64encode(data) + b"</any>"
    assert refusal(data) == "The file holds nothing but envelopes."


def test_an_envelope_declares_no_entities() -> None:
    assert "DTD" in refusal(b'<!DOCTYPE any [<!ENTITY a "b">]><any>&a;</any>')


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n", "The file is empty."),
        (b"%PDF-1.4", "The file is a PDF, not XML."),
        (b"PK\x03\x04...", "The file is a ZIP archive or an Office document, not XML."),
        (b"\x89PNG\r\n", "The file is a picture, not XML."),
        (b"Rechnung 17", "The file is not XML."),
        (b"<!DOCTYPE html><html/>", "The file is a web page, not an invoice."),
        (b"<HTML></HTML>", "The file is a web page, not an invoice."),
    ],
)
def test_what_is_no_xml_is_named(data: bytes, sentence: str) -> None:
    assert refusal(data) == sentence


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda data: b"<any>" + data + b"</any>"))
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    assert refusal(data).endswith(".")
