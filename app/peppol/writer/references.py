"""References to other documents: BT-12 … BT-18, BG-3, BG-24."""

from base64 import b64encode

from app.peppol.invoice import Identifier, Invoice, PrecedingInvoice, SupportingDocument
from app.peppol.writer.xml import attribute, day, group, identifier, text

# Replaces the order reference if only the sales order is known (Peppol BIS Billing 3.0, order reference)
NO_ORDER = "NA"


def order(invoice: Invoice) -> str:
    """Return BT-13 and BT-14."""
    if not invoice.purchase_order_reference and not invoice.sales_order_reference:
        return ""
    sales_order = text("SalesOrderID", invoice.sales_order_reference)
    purchase_order = text("ID", invoice.purchase_order_reference) or (sales_order and text("ID", NO_ORDER))
    return group("OrderReference", purchase_order + sales_order)


def preceding(invoice: Invoice) -> str:
    """BG-3."""
    return "".join(_preceding(reference) for reference in invoice.preceding_invoices)


def _preceding(reference: PrecedingInvoice) -> str:
    content = text("ID", reference.number) + day("IssueDate", reference.issue_date)  # BT-25, BT-26
    return group("BillingReference", group("InvoiceDocumentReference", content))


def by_number(name: str, value: str | None) -> str:
    """Return a reference by number: BT-11, BT-12, BT-15, BT-16, BT-17."""
    return group(name, text("ID", value)) if value else ""


def additional(invoice: Invoice) -> str:
    """Return BT-18 and BG-24."""
    return invoiced_object("AdditionalDocumentReference", invoice.invoiced_object) + "".join(
        _supporting(document) for document in invoice.supporting_documents
    )


def invoiced_object(name: str, value: Identifier | None) -> str:
    """Return BT-18 or BT-128, a document reference with type code 130."""
    content = identifier("ID", value)
    return content and group(name, content + text("DocumentTypeCode", "130"))


def project(value: str | None) -> str:
    """Return BT-11 of a credit note as a document of type 50: UBL 2.1 has no project reference there."""
    content = text("ID", value)
    return content and group("AdditionalDocumentReference", content + text("DocumentTypeCode", "50"))


def _supporting(document: SupportingDocument) -> str:
    return group(
        "AdditionalDocumentReference",
        text("ID", document.reference)  # BT-122
        + text("DocumentDescription", document.description)  # BT-123
        + group("Attachment", _embedded(document) + group("ExternalReference", text("URI", document.location))),
    )


def _embedded(document: SupportingDocument) -> str:
    """Return BT-125 with its MIME code and file name."""
    if not document.content:
        return ""
    about = attribute("mimeCode", document.mime_code) + attribute("filename", document.filename)
    content = b64encode(document.content).decode("ascii")
    return text("EmbeddedDocumentBinaryObject", content, about)
