"""Reasons of our own why a document cannot become a Peppol invoice, beside the official rules."""

from app.banqup.schemas import Document
from app.peppol.findings import Finding, brief

# UNTDID 1001: debit note, invoice and credit note that the buyer issues for the seller
SELF_BILLED = frozenset({"261", "389", "527"})


def self_billing(type_code: str) -> Finding:
    """Self-billing is another Peppol profile, which a receiver of invoices does not read."""
    return Finding(
        "CONVERT-SELF-BILLING",
        "fatal",
        f"The document is self-billed (type {brief(type_code)}): the buyer issued it for the seller. Peppol BIS "
        "Billing 3.0 does not carry it; it has a profile of its own, which Exact does not take. Book it by hand.",
        term="BT-3",
    )


def of(document: Document) -> list[Finding]:
    """What speaks against a Banqup document before it is even read."""
    found = [] if document.kind else [_other_category(document.category or "")]
    if document.metadata.self_billed:
        found.append(self_billing(document.metadata.type_code or "389"))
    return found


def _other_category(category: str) -> Finding:
    """Banqup holds more than invoices and credit notes."""
    found = brief(category).replace("_", " ").lower()
    message = f"The document is a {found}; only invoices and credit notes can be exported."
    return Finding("CONVERT-CATEGORY", "fatal", message, term="BT-3")


def unreadable(reason: str) -> Finding:
    """A file that no reader understands."""
    return Finding("CONVERT-UNREADABLE", "fatal", reason)
