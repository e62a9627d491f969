"""The files that the UBL carries: what fits and is allowed is embedded (BG-24), the rest is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from msgspec.structs import replace

from app.convert.conversion import File
from app.peppol.invoice import Invoice, SupportingDocument

# Exact Online takes 10 MB a file; Base64 turns three bytes into four, and the UBL around them needs the rest
MAX_EMBEDDED_BYTES = 7_000_000

# BR-CL-24, by file extension
MIME_CODES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_ALLOWED = frozenset(MIME_CODES.values())


@dataclass(frozen=True, slots=True)
class Embedding:
    """The invoice with its files, the PDF to send beside it, and a sentence for each file left out."""

    invoice: Invoice
    pdf: File | None
    losses: tuple[str, ...]


def embed(invoice: Invoice, files: Sequence[File]) -> Embedding:
    """Return the document with the readable PDF and the attachments in it, as far as the limits allow."""
    if not files:
        return Embedding(invoice, None, ())
    room = MAX_EMBEDDED_BYTES - sum(len(item.content or b"") for item in invoice.supporting_documents)
    documents, losses, beside = list(invoice.supporting_documents), [], None
    for file in sorted(files, key=lambda item: item.role != "PDF"):
        mime_code = mime_code_of(file)
        if mime_code is None:
            losses.append(_not_allowed(file))
        elif any(file.content == document.content for document in documents):
            continue
        elif len(file.content) <= room:
            documents.append(_document(file, mime_code=mime_code))
            room -= len(file.content)
        elif file.role == "PDF" and beside is None:
            beside = file
        else:
            losses.append(_too_large(file))
    return Embedding(replace(invoice, supporting_documents=tuple(documents)), beside, tuple(losses))


def mime_code_of(file: File) -> str | None:
    """Return the MIME code that BIS allows for this file, by its declared type or its name; None if there is none."""
    declared = file.content_type.partition(";")[0].strip().lower()
    return declared if declared in _ALLOWED else MIME_CODES.get(PurePath(file.filename).suffix.lower())


def _document(file: File, *, mime_code: str) -> SupportingDocument:
    name = file.filename.strip() or file.id
    return SupportingDocument(reference=name, content=file.content, mime_code=mime_code, filename=name)


def _not_allowed(file: File) -> str:
    return f"The file {file.filename} is not sent along: Peppol does not allow its type ({file.content_type})."


def _too_large(file: File) -> str:
    size = f"{len(file.content) / 1_000_000:.1f} MB"
    return f"The file {file.filename} is not sent along: with {size} the document would exceed 10 MB."
