"""Structured invoices of another making among a document's files: UBL, CII, and the XML inside a PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import InvalidOperation

from app.convert.conform import conform
from app.convert.conversion import File
from app.peppol import readers
from app.peppol.readers import Reading
from app.peppol.totals import complete
from app.peppol.xml import Unreadable
from app.vocabulary import Origin

_ROLES: tuple[tuple[str, Origin], ...] = (("UBL", "ubl"), ("CII", "cii"))


@dataclass(frozen=True, slots=True)
class Source:
    """XML that can be read into the model, and the file that it comes from."""

    file: File
    origin: Origin
    xml: bytes

    def read(self) -> Reading:
        """The invoice in it, in the codes and forms of Peppol, with what was lost or inferred.

        Raises:
            Unreadable: it cannot be understood.
        """
        reading = readers.read(self.xml)
        losses = list(reading.losses)
        try:
            invoice = complete(conform(reading.invoice, losses=losses))
        except InvalidOperation as error:
            raise Unreadable("The numbers in the document are too large to be computed with.") from error
        return Reading(invoice, tuple(losses))


def sources(files: Sequence[File]) -> Iterator[Source]:
    """The structured invoices, the best first: UBL, CII, then the XML of a hybrid PDF."""
    for role, origin in _ROLES:
        yield from (Source(file, origin, file.content) for file in files if file.role == role)
    for file in files:
        if file.role == "PDF" and (xml := _inside(file.content)) is not None:
            yield Source(file, "cii", xml)


def _inside(pdf: bytes) -> bytes | None:
    """The XML in a PDF; a PDF that cannot be opened has none that could be used, and still goes along as it is."""
    try:
        return readers.embedded_xml(pdf)
    except Unreadable:
        return None
