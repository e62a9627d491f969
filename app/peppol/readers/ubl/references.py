"""References to other documents: BT-11, BT-13, BT-18, BG-3, BG-24."""

from app.peppol.invoice import Identifier, PrecedingInvoice, SupportingDocument
from app.peppol.readers.embedded import content
from app.peppol.readers.source import Source
from app.peppol.writer.references import NO_ORDER

_OBJECT, _PROJECT, _SUPPORTING = "130", "50", "916"  # UNTDID 1001 as BIS uses it for document references
_NUMBER_ONLY = frozenset({_OBJECT, _PROJECT})


def purchase_order(source: Source) -> str | None:
    """Return BT-13; a sales order alone needs a placeholder beside it."""
    number = source.text("OrderReference/ID")
    return None if number == NO_ORDER and source.peek("OrderReference/SalesOrderID") else number


def project(source: Source) -> str | None:
    """Return BT-11; a credit note states it as a document reference of type 50."""
    number = source.text("ProjectReference/ID")
    return number or next((_number(element) for element in _of_type(source, _PROJECT)), None)


def invoiced_object(source: Source, path: str) -> Identifier | None:
    """Return BT-18 or BT-128: the first document reference of type 130."""
    for element in source.all(path):
        if element.peek("DocumentTypeCode") == _OBJECT:
            element.drop("DocumentTypeCode")
            return element.identifier("ID")
    return None


def preceding(source: Source) -> tuple[PrecedingInvoice, ...]:
    """Return BG-3; those of the lines if the document names none."""
    own = source.all("BillingReference")
    groups = own or source.all("InvoiceLine/BillingReference") + source.all("CreditNoteLine/BillingReference")
    found = [_preceding(element) for group in groups for element in _billed(group)]
    return tuple(dict.fromkeys(reference for reference in found if reference))


def _billed(group: Source) -> list[Source]:
    return group.all("InvoiceDocumentReference") or group.all("CreditNoteDocumentReference")


def _preceding(element: Source) -> PrecedingInvoice | None:
    if element.is_empty:
        return None
    return PrecedingInvoice(number=element.text("ID") or "", issue_date=element.day("IssueDate"))


def supporting_documents(source: Source) -> tuple[SupportingDocument, ...]:
    """Return BG-24: every additional document that is not an invoiced object or a project."""
    elements = [element for element in source.all("AdditionalDocumentReference") if not element.is_empty]
    return tuple(_supporting(element) for element in elements if element.peek("DocumentTypeCode") not in _NUMBER_ONLY)


def _supporting(element: Source) -> SupportingDocument:
    embedded = element.one("Attachment/EmbeddedDocumentBinaryObject")
    attached = content(embedded)
    filename = embedded.attribute("filename") if attached else None
    if element.peek("DocumentTypeCode") == _SUPPORTING:
        element.drop("DocumentTypeCode")
    return SupportingDocument(
        reference=element.text("ID") or filename or "",
        description=element.texts("DocumentDescription") or element.text("DocumentType"),
        location=element.text("Attachment/ExternalReference/URI"),
        content=attached,
        mime_code=embedded.attribute("mimeCode") if attached else None,
        filename=filename,
    )


def _of_type(source: Source, code: str) -> list[Source]:
    found = source.all("AdditionalDocumentReference")
    return [element for element in found if element.peek("DocumentTypeCode") == code]


def _number(element: Source) -> str | None:
    element.drop("DocumentTypeCode")
    return element.text("ID")
