"""References to other documents: BT-11, BT-17, BT-18, BG-3, BG-24."""

from app.peppol.invoice import Identifier, PrecedingInvoice, SupportingDocument
from app.peppol.readers.cii.dates import day
from app.peppol.readers.embedded import content
from app.peppol.readers.source import Source

_TENDER, _OBJECT, _SUPPORTING = "50", "130", "916"  # UNTDID 1001 as EN 16931 uses it for referenced documents
_PROJECT_NAME = "Project reference"  # CII requires a name, EN 16931 has none


def project(agreement: Source) -> str | None:
    """Return BT-11."""
    found = agreement.one("SpecifiedProcuringProject")
    if found.peek("Name") in (_PROJECT_NAME, found.peek("ID")):
        found.drop("Name")
    return found.text("ID") or found.text("Name")


def tender(agreement: Source) -> str | None:
    """Return BT-17."""
    return next((_number(element) for element in _of_type(agreement, _TENDER)), None)


def despatch(logistics: Source) -> str | None:
    """Return BT-16; Factur-X EXTENDED also has delivery notes."""
    advice = logistics.text("DespatchAdviceReferencedDocument/IssuerAssignedID")
    return advice or logistics.text("DeliveryNoteReferencedDocument/IssuerAssignedID")


def invoiced_object(source: Source) -> Identifier | None:
    """Return BT-18 or BT-128, with the code for the kind of object."""
    for element in _of_type(source, _OBJECT)[:1]:
        scheme = element.code("ReferenceTypeCode")
        return Identifier(_number(element) or "", scheme)
    return None


def preceding(settlement: Source) -> tuple[PrecedingInvoice, ...]:
    """Return BG-3."""
    elements = [element for element in settlement.all("InvoiceReferencedDocument") if not element.is_empty]
    return tuple(
        PrecedingInvoice(
            number=element.text("IssuerAssignedID") or "", issue_date=day(element, "FormattedIssueDateTime")
        )
        for element in elements
    )


def supporting_documents(agreement: Source) -> tuple[SupportingDocument, ...]:
    """Return BG-24: every additional document that is not a tender or an invoiced object."""
    elements = [element for element in agreement.all("AdditionalReferencedDocument") if not element.is_empty]
    return tuple(_supporting(element) for element in elements if element.peek("TypeCode") not in (_TENDER, _OBJECT))


def _supporting(element: Source) -> SupportingDocument:
    embedded = element.one("AttachmentBinaryObject")
    attached = content(embedded)
    filename = embedded.attribute("filename") if attached else None
    if element.peek("TypeCode") == _SUPPORTING:
        element.drop("TypeCode")
    return SupportingDocument(
        reference=element.text("IssuerAssignedID") or filename or "",
        description=element.texts("Name"),
        location=element.text("URIID"),
        content=attached,
        mime_code=embedded.attribute("mimeCode") if attached else None,
        filename=filename,
    )


def _of_type(source: Source, code: str) -> list[Source]:
    return [element for element in source.all("AdditionalReferencedDocument") if element.peek("TypeCode") == code]


def _number(element: Source) -> str | None:
    element.drop("TypeCode")
    return element.text("IssuerAssignedID")
