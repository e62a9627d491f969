"""What a person can read of a document that is not converted: its terms, and a PDF."""

from collections.abc import Iterator, Sequence

from app.banqup.schemas import Document, Party
from app.convert import banqup, foreign, summary
from app.convert.banqup.identifiers import Identifiers
from app.convert.conversion import File, Readable, Summary, Trader, Unconvertible
from app.peppol.invoice import Invoice
from app.peppol.xml import Unreadable

_PDF = b"%PDF-"


def readable(document: Document, files: Sequence[File]) -> Readable:
    """Return the terms that the best source states, and Banqup's PDF or the one inside an invoice file."""
    found = next(_readings(document, files), None)
    pdf = pdf_of(files) or (embedded_pdf(found) if found else None)
    about = summary.of(found) if found and found.number else summary_of(document)
    return Readable(summary=about, pdf=pdf, losses=tuple(_left_behind(files, pdf)))


def _readings(document: Document, files: Sequence[File]) -> Iterator[Invoice]:
    """Yield the invoice as its files state it, then as Banqup does, as far as each can be read."""
    for candidates in foreign.candidates(files):
        for file in candidates:
            try:
                yield from (source.read().invoice for source in foreign.opened(file))
            except Unreadable:
                continue
    try:
        yield banqup.invoice(document, losses=[])
    except (Unconvertible, ArithmeticError):
        return


def pdf_of(files: Sequence[File]) -> File | None:
    """Return the PDF that people read: one of that role, else any."""
    pdfs = [file for file in files if file.content.startswith(_PDF)]
    return next((file for file in pdfs if file.role == "PDF"), next(iter(pdfs), None))


def embedded_pdf(invoice: Invoice) -> File | None:
    """Return the PDF that an invoice carries (BG-24)."""
    for item in invoice.supporting_documents:
        if item.content and item.content.startswith(_PDF):
            name = item.filename or item.reference or "invoice.pdf"
            return File(id=name, role="PDF", filename=name, content_type="application/pdf", content=item.content)
    return None


def summary_of(document: Document) -> Summary:
    """Return the terms of Banqup's own header."""
    about = document.metadata
    return Summary(
        is_credit_note=document.kind == "credit_note",
        number=about.document_number or "",
        issue_date=about.issue_date,
        due_date=about.due_date,
        seller=_trader(about.supplier),
        buyer=_trader(about.customer),
        currency=next((line.currency for line in document.lines if line.currency), about.currency or "EUR"),
        total_with_vat=about.document_totals.gross_amount,
        payable_amount=about.document_totals.payable_amount,
        is_self_billed=banqup.is_self_billed(document),
    )


def _trader(party: Party) -> Trader:
    known = Identifiers(party)
    registration = known.registration.value if known.registration else None
    return Trader(party.legal_name or party.trade_name or "", known.vat_number, registration)


def _left_behind(files: Sequence[File], pdf: File | None) -> list[str]:
    return [f"The file {file.filename} is not sent along." for file in files if file is not pdf]
