"""UBL 2.0 and 2.1 invoices and credit notes: BIS 3.0, EN 16931, NLCIUS, XRechnung, UBL.BE, e-FFF."""

from app.peppol.readers.reading import Reading, finish
from app.peppol.readers.source import Source
from app.peppol.readers.tree import opened
from app.peppol.readers.ubl.document import invoice
from app.peppol.xml import Unreadable

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_CREDIT_IN_AN_INVOICE = "The file is an Invoice with the type code of a credit note; it is written as a CreditNote."
_NAMES = ("Invoice", "CreditNote", "SelfBilledInvoice", "SelfBilledCreditNote")
ROOTS = frozenset({f"{{{_NAMESPACE}{name}-2}}{name}" for name in _NAMES})


def read(xml: bytes) -> Reading:
    """Return a UBL invoice or credit note as the model, with what the model cannot hold.

    Raises:
        Unreadable: not XML that we accept, not such a document, or with numbers and dates that are none.
    """
    root, source = opened(xml)
    if root not in ROOTS:
        raise Unreadable(f"The document is not a UBL invoice or credit note: its root is {root}.")
    return reading(source)


def reading(source: Source) -> Reading:
    """Return the same from an opened UBL document."""
    found = invoice(source)
    remarks = (
        (_CREDIT_IN_AN_INVOICE,) if source.name in ("Invoice", "SelfBilledInvoice") and found.is_credit_note else ()
    )
    return finish(found, source=source, remarks=remarks)
