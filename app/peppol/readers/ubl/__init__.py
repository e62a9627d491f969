"""UBL 2.0 and 2.1 invoices and credit notes: BIS 3.0, EN 16931, NLCIUS, XRechnung, UBL.BE, e-FFF."""

from lxml import etree

from app.peppol.readers.reading import Reading, finish
from app.peppol.readers.source import tree
from app.peppol.readers.ubl.document import invoice
from app.peppol.xml import Unreadable, parse

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_ROOTS = frozenset({f"{{{_NAMESPACE}Invoice-2}}Invoice", f"{{{_NAMESPACE}CreditNote-2}}CreditNote"})


def read(xml: bytes) -> Reading:
    """A UBL invoice or credit note as the model, with what the model cannot hold.

    Raises:
        Unreadable: not XML that we accept, not such a document, or with numbers and dates that are none.
    """
    root = parse(xml)
    if not is_ours(root):
        raise Unreadable(f"The document is not a UBL invoice or credit note: its root is {root.tag}.")
    return read_root(root)


def is_ours(root: etree._Element) -> bool:
    """Whether the root is that of a UBL invoice or credit note."""
    return root.tag in _ROOTS


def read_root(root: etree._Element) -> Reading:
    """The same from a parsed document."""
    source = tree(root)
    return finish(invoice(source), source=source)
