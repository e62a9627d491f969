"""Reasons of our own why a document cannot become a Peppol invoice, beside the official rules."""

from app.banqup.schemas import Document
from app.peppol.findings import Finding, brief


def of(document: Document) -> list[Finding]:
    """What speaks against a Banqup document before it is even read."""
    return [] if document.kind else [_other_category(document.category or "")]


def _other_category(category: str) -> Finding:
    """Banqup holds more than invoices and credit notes."""
    found = brief(category).replace("_", " ").lower()
    message = f"The document is a {found}; only invoices and credit notes can be exported."
    return Finding("CONVERT-CATEGORY", "fatal", message, term="BT-3")


def unreadable(reason: str) -> Finding:
    """A file that no reader understands."""
    return Finding("CONVERT-UNREADABLE", "fatal", reason)
