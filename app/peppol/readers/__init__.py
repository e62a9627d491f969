"""Read UBL 2.0 and 2.1 and UN/CEFACT CII, bare or wrapped, into the model, and name what it cannot hold."""

from app.peppol.readers import cii, names, ubl
from app.peppol.readers.envelopes import Unwrapped, unwrapped
from app.peppol.readers.names import NotAnInvoice, OtherFormat
from app.peppol.readers.pdf import UnreadablePdf, embedded_invoice
from app.peppol.readers.reading import Reading
from app.peppol.readers.tree import opened

__all__ = [
    "NotAnInvoice",
    "OtherFormat",
    "Reading",
    "UnreadablePdf",
    "Unwrapped",
    "embedded_invoice",
    "read",
    "unwrapped",
]


def read(xml: bytes) -> Reading:
    """Return an invoice or credit note in UBL or CII as the model, with what the model cannot hold.

    Raises:
        Unreadable: not XML that we accept, not an invoice, or with numbers and dates that are none.
    """
    root, source = opened(xml)
    if root in ubl.ROOTS:
        return ubl.reading(source)
    if root in cii.ROOTS:
        return cii.reading(source)
    raise names.refusal(root)
