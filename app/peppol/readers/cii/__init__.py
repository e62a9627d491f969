"""UN/CEFACT Cross Industry Invoice (D16B): XRechnung CII, Factur-X, ZUGFeRD 2; ZUGFeRD 1 under its older names."""

from app.peppol.readers.cii import hierarchy
from app.peppol.readers.cii.document import invoice
from app.peppol.readers.cii.zugferd_1 import renamed
from app.peppol.readers.reading import Reading, finish
from app.peppol.readers.source import Source
from app.peppol.readers.tree import opened
from app.peppol.xml import Unreadable

_ZUGFERD_1 = "CrossIndustryDocument"
ROOTS = frozenset(
    {
        "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice",
        f"{{urn:ferd:CrossIndustryDocument:invoice:1p0}}{_ZUGFERD_1}",
    }
)


def read(xml: bytes) -> Reading:
    """Return a CII invoice or credit note as the model, with what the model cannot hold.

    Raises:
        Unreadable: not XML that we accept, not such a document, or with numbers and dates that are none.
    """
    root, source = opened(xml)
    if root not in ROOTS:
        raise Unreadable(f"The document is not a CII invoice: its root is {root}.")
    return reading(source)


def reading(source: Source) -> Reading:
    """Return the same from an opened CII document."""
    found = invoice(renamed(source) if source.name == _ZUGFERD_1 else source)
    return finish(found, source=source, remarks=hierarchy.remarks(source.one("SupplyChainTradeTransaction")))
