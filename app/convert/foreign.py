"""Structured invoices of another making among a document's files: UBL, CII, and the XML inside a PDF."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.convert.conversion import File, Origin
from app.peppol import readers
from app.peppol.readers import Reading
from app.peppol.readers.pdf import embedded_xml


@dataclass(frozen=True, slots=True)
class Source:
    """XML that can be read into the model, and the file that it comes from."""

    file: File
    origin: Origin
    xml: bytes

    def read(self) -> Reading:
        """The invoice in it.

        Raises:
            Unreadable: it cannot be understood.
        """
        return readers.read(self.xml)


def sources(files: Sequence[File]) -> Iterator[Source]:
    """The structured invoices, the best first: UBL, CII, then the XML of a hybrid PDF."""
    for role, origin in _ROLES:
        yield from (Source(file, origin, file.content) for file in files if file.role == role)
    for file in files:
        if file.role == "PDF" and (xml := embedded_xml(file.content)) is not None:
            yield Source(file, "cii", xml)


_ROLES: tuple[tuple[str, Origin], ...] = (("UBL", "ubl"), ("CII", "cii"))
