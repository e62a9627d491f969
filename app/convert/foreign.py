"""Find structured invoices among a document's files: UBL and CII, bare, in a PDF or in an envelope."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import InvalidOperation

from app.convert.conform import conform
from app.convert.conversion import File
from app.peppol import readers
from app.peppol.readers import Reading, Unwrapped
from app.peppol.totals import complete
from app.peppol.xml import Unreadable
from app.vocabulary import Origin

_PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Source:
    """An invoice as XML, and the file that holds it."""

    file: File
    invoice: Unwrapped

    @property
    def origin(self) -> Origin:
        """Return the vocabulary of the XML."""
        return "ubl" if self.invoice.is_ubl else "cii"

    def read(self) -> Reading:
        """Return the invoice in the codes and forms of Peppol, and what was left out or inferred.

        Raises:
            Unreadable: its numbers or dates are invalid.
        """
        reading = readers.read(self.invoice.xml)
        losses = [*self.invoice.losses, *reading.losses]
        try:
            invoice = complete(conform(reading.invoice, losses=losses))
        except InvalidOperation as error:
            raise Unreadable("The numbers in the document are too large to be computed with.") from error
        return Reading(invoice, tuple(losses))


def candidates(files: Sequence[File]) -> Iterator[list[File]]:
    """Yield the files that may hold an invoice, the best first: UBL and CII, then PDFs, which take longer to open."""
    structured = [file for role in ("UBL", "CII") for file in files if file.role == role]
    yield [file for file in structured if not _is_pdf(file)]
    yield [file for file in structured if _is_pdf(file)] + [file for file in files if file.role == "PDF"]


def opened(file: File) -> Iterator[Source]:
    """Yield the invoice in a file; nothing for a PDF that carries none.

    Raises:
        Unreadable: it is not an invoice, or not a supported one.
    """
    is_pdf = file.role == "PDF" or _is_pdf(file)
    invoice = readers.embedded_invoice(file.content) if is_pdf else readers.unwrapped(file.content)
    if invoice:
        yield Source(file, invoice)


def _is_pdf(file: File) -> bool:
    return file.content.startswith(_PDF)
