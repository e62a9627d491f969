"""Invoiced object and supporting documents: BT-18, BG-24."""

from pathlib import PurePath

from msgspec.structs import replace

from app.convert.attachments import MIME_CODES
from app.peppol import codes
from app.peppol.invoice import Identifier, Invoice, SupportingDocument

_ENDINGS = {code: ending for ending, code in reversed(MIME_CODES.items())}
_PDF = b"%PDF-"


def references(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with an invoiced object and supporting documents that Peppol accepts."""
    documents = (
        _document(document, number=number, losses=losses)
        for number, document in enumerate(invoice.supporting_documents, start=1)
    )
    return replace(
        invoice,
        invoiced_object=invoiced_object(invoice.invoiced_object, losses=losses),
        supporting_documents=tuple(documents),
    )


def invoiced_object(own: Identifier | None, *, losses: list[str]) -> Identifier | None:
    """Return BT-18 or BT-128 with a scheme of UNTDID 1153, or with none (BR-CL-07)."""
    if own is None or own.scheme is None or own.scheme in codes.REFERENCE_QUALIFIERS:
        return own
    losses.append(f"The scheme {own.scheme} of the invoiced object {own.value} is not in UNTDID 1153 and is left out.")
    return replace(own, scheme=None)


def _document(document: SupportingDocument, *, number: int, losses: list[str]) -> SupportingDocument:
    """Return BG-24; a file without a name gets one, a file of another type is left out."""
    reference = document.reference or document.filename or f"Document {number}"
    document = replace(document, reference=reference)
    if document.content is None:
        return document
    mime_code = _mime_code(document)
    if mime_code is None:
        losses.append(
            f"The file {document.filename or reference} is left out: Peppol does not allow its type "
            f"({document.mime_code or 'unknown'})."
        )
        return replace(document, content=None, mime_code=None, filename=None)
    return replace(document, mime_code=mime_code, filename=document.filename or f"{reference}{_ENDINGS[mime_code]}")


def _mime_code(document: SupportingDocument) -> str | None:
    """Return the MIME code as declared, else by the first bytes, else by the file name (BR-CL-24)."""
    declared = (document.mime_code or "").strip().lower()
    if declared in codes.MIME_TYPES:
        return declared
    if document.content and document.content.startswith(_PDF):
        return MIME_CODES[".pdf"]
    return MIME_CODES.get(PurePath(document.filename or "").suffix.lower())
