"""Name, in words, the files that hold no supported invoice."""

import re

from lxml import etree

from app.peppol.readers.words import plain, short
from app.peppol.xml import Unreadable

_UNECE = "urn:un:unece:uncefact:data:"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_ENVELOPE, _PARTS = "AttachedDocument", ":Common"

# Business documents of UBL and UN/CEFACT whose names people do not use
_DOCUMENTS = {
    "Order": "purchase order",
    "OrderChange": "change of a purchase order",
    "OrderCancellation": "cancellation of a purchase order",
    "OrderResponse": "response to a purchase order",
    "OrderResponseSimple": "response to a purchase order",
    "Statement": "statement of account",
    "Reminder": "payment reminder",
    "ApplicationResponse": "response about another document",
    "DespatchAdvice": "delivery note",
    "FreightInvoice": "freight invoice",
    "SCRDMCCBDACIOMessageStructure": "purchase order",
    "CrossIndustryOrder": "purchase order",
    "CrossIndustryOrderResponse": "response to a purchase order",
    "CrossIndustryQuotation": "quotation",
    "CrossIndustryDespatchAdvice": "delivery note",
}
_CALLED = {"SCRDMCCBDACIOMessageStructure": "Order-X"}
# Invoices in national formats: local name of the root, a word of its namespace, country, name
_NATIONAL = (
    ("FatturaElettronica", "", "Italian", "FatturaPA"),
    ("Facturae", "", "Spanish", "Facturae"),
    ("Invoice", "ebinterface", "Austrian", "ebInterface"),
    ("Finvoice", "", "Finnish", "Finvoice"),
    ("Faktura", "", "Polish", "KSeF"),
    ("Invoice", "sfti", "Swedish", "Svefaktura"),
    ("Comprobante", "", "Mexican", "CFDI"),
)
_CII = "CrossIndustryInvoice"
_WEB_PAGE = "The file is a web page, not an invoice."
_BEGINNINGS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an Office document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"UNA", "an EDIFACT message"),
    (b"UNB", "an EDIFACT message"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)


class NotAnInvoice(Unreadable):
    """The file is another business document: an order, a reminder, a statement."""


class OtherFormat(Unreadable):
    """The file is an invoice in an unsupported format; its issuer may be right."""


def is_business_document(tag: str) -> bool:
    """Return whether a tag is that of a business document, not of an envelope or a part."""
    name = etree.QName(tag)
    namespace = name.namespace or ""
    if namespace.startswith(_UNECE):
        return name.localname in _DOCUMENTS
    return namespace.startswith(_UBL) and _PARTS not in namespace and name.localname != _ENVELOPE


def refusal(tag: str) -> Unreadable:
    """Return why a document with this root tag is not a supported invoice."""
    local, namespace = etree.QName(tag).localname, etree.QName(tag).namespace or ""
    for name, word, country, called in _NATIONAL:
        if local == name and word in namespace.lower():
            return OtherFormat(f"The file is an invoice in the {country} format {called}, which is not supported.")
    if local == _CII:
        return OtherFormat("The file is a Cross Industry Invoice of another version than D16B, which is not supported.")
    if is_business_document(tag):
        return NotAnInvoice(f"The file is {_with_article(_noun(local))} ({_called(local)}), not an invoice.")
    if local.lower() == "html":
        return Unreadable(_WEB_PAGE)
    return Unreadable(f"The file is XML, but neither a UBL nor a CII invoice: its root is {short(local)}.")


def _noun(local: str) -> str:
    return _DOCUMENTS.get(local) or plain(local).lower()


def _called(local: str) -> str:
    return _CALLED.get(local) or (f"UN/CEFACT {local}" if local.startswith("CrossIndustry") else f"UBL {local}")


def _with_article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def fault(data: bytes) -> str | None:
    """Return why the bytes cannot be XML, if their beginning shows it."""
    bare = data.lstrip()
    if not bare:
        return "The file is empty."
    if re.match(rb"(?i)<(!doctype )?html", bare):
        return _WEB_PAGE
    if re.match(rb"(\xef\xbb\xbf\s*)?<|\xff\xfe|\xfe\xff|\x00+<", bare):
        return None
    found = next((noun for beginning, noun in _BEGINNINGS if bare.startswith(beginning)), None)
    return f"The file is {found}, not XML." if found else "The file is not XML."
