"""UN/CEFACT Cross Industry Invoice (D16B): XRechnung CII, Factur-X, ZUGFeRD 2; ZUGFeRD 1 under its older names."""

from lxml import etree

from app.peppol.readers.cii.document import invoice
from app.peppol.readers.cii.zugferd_1 import renamed
from app.peppol.readers.reading import Reading, finish
from app.peppol.readers.source import tree
from app.peppol.xml import Unreadable, parse

_ROOT = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"
_ROOT_OF_ZUGFERD_1 = "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument"


def read(xml: bytes) -> Reading:
    """A CII invoice or credit note as the model, with what the model cannot hold.

    Raises:
        Unreadable: not XML that we accept, not such a document, or with numbers and dates that are none.
    """
    root = parse(xml)
    if not is_ours(root):
        raise Unreadable(f"The document is not a CII invoice: its root is {root.tag}.")
    return read_root(root)


def is_ours(root: etree._Element) -> bool:
    """Whether the root is that of a CII invoice."""
    return root.tag in (_ROOT, _ROOT_OF_ZUGFERD_1)


def read_root(root: etree._Element) -> Reading:
    """The same from a parsed document."""
    source = tree(root)
    return finish(invoice(renamed(source) if root.tag == _ROOT_OF_ZUGFERD_1 else source), source=source)
