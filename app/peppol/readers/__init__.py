"""Readers: UBL 2.0 and 2.1, UN/CEFACT CII, and the CII inside a PDF, into the model, with what it cannot hold."""

from app.peppol.readers import cii, ubl
from app.peppol.readers.pdf import embedded_xml
from app.peppol.readers.reading import Reading
from app.peppol.readers.tree import opened
from app.peppol.xml import Unreadable

__all__ = ["Reading", "embedded_xml", "read"]


def read(xml: bytes) -> Reading:
    """An invoice or credit note in UBL or CII as the model, with what the model cannot hold.

    Raises:
        Unreadable: not XML that we accept, not an invoice, or with numbers and dates that are none.
    """
    root, source = opened(xml)
    if root in ubl.ROOTS:
        return ubl.reading(source)
    if root in cii.ROOTS:
        return cii.reading(source)
    raise Unreadable(f"The document is neither a UBL nor a CII invoice: its root is {root}.")
