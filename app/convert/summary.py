"""The few terms that a receiver files a document by."""

from app.convert.conversion import Summary, Trader
from app.peppol.invoice import Invoice, Party


def of(invoice: Invoice) -> Summary:
    """The summary of an invoice or credit note."""
    return Summary(
        is_credit_note=invoice.is_credit_note,
        number=invoice.number,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        seller=_trader(invoice.seller),
        buyer=_trader(invoice.buyer),
        currency=invoice.currency,
        total_with_vat=invoice.totals.with_vat,
        payable_amount=invoice.totals.payable,
        preceding_invoices=tuple(reference.number for reference in invoice.preceding_invoices),
    )


def _trader(party: Party) -> Trader:
    registration = party.legal_registration
    return Trader(party.name, party.vat_identifier, registration.value if registration else None)
