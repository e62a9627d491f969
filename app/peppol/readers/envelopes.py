"""Invoices in envelopes: SBDH, UBL AttachedDocument, SOAP, any XML that holds one as elements, text or Base64."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from app.peppol.readers import cii, names, ubl
from app.peppol.readers.encodings import readable
from app.peppol.xml import Unreadable, parse

ROOTS = ubl.ROOTS | cii.ROOTS
_BARE = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>\s*)?<(?:[\w.-]+:)?(Invoice|CreditNote|CrossIndustry\w+)[\s>]")
_UBL = frozenset({"Invoice", "CreditNote"})
_HEADER = "StandardBusinessDocumentHeader"
_DEEPEST = 4  # envelopes in each other
_LEAST = 200  # characters; no invoice is shorter
_LONGEST = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """An invoice as XML that the readers accept, its vocabulary, and what was removed around it."""

    xml: bytes
    is_ubl: bool
    losses: tuple[str, ...] = ()


def unwrapped(data: bytes) -> Unwrapped:
    """Return the file itself if it is an invoice, else the invoice that its envelope holds.

    Raises:
        Unreadable: not XML, in no known encoding, or an envelope of several invoices.
        NotAnInvoice: another business document.
        OtherFormat: an invoice in a format that is not supported.
    """
    losses: list[str] = []
    for _ in range(_DEEPEST):
        if fault := names.fault(data):
            raise Unreadable(fault)
        data = readable(data, losses=losses)
        if bare := _BARE.match(data):
            return Unwrapped(data, bare[1].decode() in _UBL, tuple(losses))
        root = parse(data)
        if root.tag in ROOTS:
            return Unwrapped(data, root.tag in ubl.ROOTS, tuple(losses))
        data = _inner(root)
        losses.append(f"The envelope around the invoice ({etree.QName(root).localname}) is left out.")
    raise Unreadable("The file holds nothing but envelopes.")


def _inner(root: etree._Element) -> bytes:
    """Return the content of an envelope; an order with a copy of an invoice in it stays an order."""
    first = next((each for each in root.iter(etree.Element) if names.is_business_document(each.tag)), None)
    if first is not None and first.tag not in ROOTS:
        raise names.refusal(first.tag)
    found = list(root.iter(*ROOTS))
    if len(found) > 1:
        raise Unreadable(f"The file holds {len(found)} invoices in one envelope; each must be a document of its own.")
    if found:
        return etree.tostring(found[0], encoding="UTF-8", xml_declaration=True, with_tail=False)
    inner = next(_embedded(root), None)
    if inner is None:
        raise names.refusal(_payload(root).tag)
    return inner


def _payload(root: etree._Element) -> etree._Element:
    """Return the document beside the header of an SBDH, or the root itself."""
    has_header = any(etree.QName(child).localname == _HEADER for child in root)
    return next((child for child in root if has_header and etree.QName(child).localname != _HEADER), root)


def _embedded(root: etree._Element) -> Iterator[bytes]:
    """Yield XML in the text of an element, plain or in Base64."""
    for element in root.iter():
        text = (element.text or "").strip()
        if _LEAST <= len(text) <= _LONGEST and (data := _xml(text)):
            yield data


def _xml(text: str) -> bytes | None:
    """Return the XML in a text, None if there is none."""
    if text.startswith("<"):
        return text.encode()
    try:
        data = b64decode("".join(text.split()), validate=True)
    except (Error, ValueError):
        return None
    return data if names.fault(data) is None else None
