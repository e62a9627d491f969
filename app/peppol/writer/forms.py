"""The differences between UBL's Invoice and CreditNote: names, and the order of a few elements."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from app.peppol.invoice import Invoice
from app.peppol.writer.references import additional, by_number, project
from app.peppol.writer.xml import day, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One of the two UBL documents."""

    root: str
    line: str
    quantity: str
    opening: Callable[[Invoice], str]  # from the issue date to the note
    references: Callable[[Invoice], str]  # from the tender reference to the project reference
    payment_due_date: Callable[[Invoice], date | None]  # BT-9 if it belongs to the payment means


def of(invoice: Invoice) -> Form:
    """Return the form for the type code (BT-3)."""
    return CREDIT_NOTE if invoice.is_credit_note else INVOICE


def _invoice_opening(invoice: Invoice) -> str:
    return (
        day("IssueDate", invoice.issue_date)  # BT-2
        + day("DueDate", invoice.due_date)  # BT-9
        + text("InvoiceTypeCode", invoice.type_code)  # BT-3
        + text("Note", invoice.note)  # BT-22
        + day("TaxPointDate", invoice.vat_point_date)  # BT-7
    )


def _credit_note_opening(invoice: Invoice) -> str:
    return (
        day("IssueDate", invoice.issue_date)  # BT-2
        + day("TaxPointDate", invoice.vat_point_date)  # BT-7
        + text("CreditNoteTypeCode", invoice.type_code)  # BT-3
        + text("Note", invoice.note)  # BT-22
    )


def _invoice_references(invoice: Invoice) -> str:
    return (
        by_number("OriginatorDocumentReference", invoice.tender_or_lot_reference)  # BT-17
        + by_number("ContractDocumentReference", invoice.contract_reference)  # BT-12
        + additional(invoice)  # BT-18, BG-24
        + by_number("ProjectReference", invoice.project_reference)  # BT-11
    )


def _credit_note_references(invoice: Invoice) -> str:
    return (
        by_number("ContractDocumentReference", invoice.contract_reference)  # BT-12
        + additional(invoice)  # BT-18, BG-24
        + project(invoice.project_reference)  # BT-11
        + by_number("OriginatorDocumentReference", invoice.tender_or_lot_reference)  # BT-17
    )


INVOICE = Form(
    root="Invoice",
    line="InvoiceLine",
    quantity="InvoicedQuantity",
    opening=_invoice_opening,
    references=_invoice_references,
    payment_due_date=lambda _: None,
)
CREDIT_NOTE = Form(
    root="CreditNote",
    line="CreditNoteLine",
    quantity="CreditedQuantity",
    opening=_credit_note_opening,
    references=_credit_note_references,
    payment_due_date=lambda invoice: invoice.due_date,
)
