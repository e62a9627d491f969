"""What a converted document becomes in Exact, and what its record says of it. Pure."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass, replace
from uuid import UUID

from app.banqup.schemas import Document
from app.convert.conversion import Conversion, Summary, Trader
from app.errors import Rejected
from app.exact.companies import digits
from app.exact.route import LARGEST_FILE, Draft
from app.queue.description import Description, Header
from app.reasons import DOCUMENT_TOO_LARGE
from app.storage.models import Export
from app.vocabulary import Folder

LONGEST_SUBJECT = 200


@dataclass(frozen=True)
class Parcel:
    """What Exact is to hold: the document and its files, by name."""

    draft: Draft
    files: dict[str, bytes]


def pack(document: Document, conversion: Conversion, *, reference: str) -> Parcel:
    """Return the draft and its files. Raises `Rejected` if the UBL is larger than Exact accepts."""
    summary = conversion.summary
    if len(conversion.ubl) > LARGEST_FILE:
        raise Rejected(DOCUMENT_TOO_LARGE.because(f"The UBL has {len(conversion.ubl) / 1e6:.1f} MB."))
    files = {f"{reference}.xml": conversion.ubl}
    if conversion.pdf is not None:
        files[f"{reference}.pdf"] = conversion.pdf.content
    what = f"{'Credit note' if summary.is_credit_note else 'Invoice'} {summary.number}"
    counterparty = counterparty_of(document, summary).name
    draft = Draft(
        purchase=document.side is Folder.PURCHASES,
        reference=reference,
        subject=f"{reference} {what} {counterparty}"[:LONGEST_SUBJECT].strip(),
        body=f"{what}, {counterparty}. Exported from Banqup, reference {reference}.",
        document_date=summary.issue_date,
        amount=summary.total_with_vat,
        currency=summary.currency,
    )
    return Parcel(draft, files)


def within_limits(conversion: Conversion) -> Conversion:
    """Drop a PDF that is larger than Exact accepts, and name it among the losses."""
    pdf = conversion.pdf
    if pdf is None or len(pdf.content) <= LARGEST_FILE:
        return conversion
    loss = (
        f"File {pdf.filename} was not sent: it has {len(pdf.content) / 1e6:.1f} MB, and Exact accepts 10 MB per file."
    )
    return replace(conversion, pdf=None, losses=(*conversion.losses, loss))


def header_of(document: Document) -> Header:
    """Describe a document that was not converted, from Banqup's own data."""
    header = document.metadata
    return Header(
        folder=document.side,
        kind=document.kind,
        number=header.document_number,
        issue_date=header.issue_date,
        seller=header.supplier.legal_name or header.supplier.trade_name,
        buyer=header.customer.legal_name or header.customer.trade_name,
        currency=next((line.currency for line in document.lines if line.currency), None),
        amount=header.document_totals.gross_amount,
    )


def description_of(document: Document, conversion: Conversion, parcel: Parcel) -> Description:
    """Describe a converted document."""
    summary = conversion.summary
    return Description(
        folder=document.side,
        kind="credit_note" if summary.is_credit_note else "invoice",
        number=summary.number,
        issue_date=summary.issue_date,
        seller=summary.seller.name,
        seller_key=seller_key(summary),
        buyer=summary.buyer.name,
        currency=summary.currency,
        amount=summary.total_with_vat,
        origin=conversion.origin,
        losses=list(conversion.losses),
        ubl_sha256=hashlib.sha256(conversion.ubl).hexdigest(),
        subject=parcel.draft.subject,
    )


def counterparty_of(document: Document, summary: Summary) -> Trader:
    """Return the other party of the client's business."""
    return summary.seller if document.side is Folder.PURCHASES else summary.buyer


def seller_key(summary: Summary) -> str:
    """Return what identifies a seller: the digits of the VAT or enterprise number, else the name."""
    number = summary.seller.vat_number or summary.seller.enterprise_number
    return digits(number) if number else summary.seller.name.casefold()


def reference_of(export: Export) -> str:
    """Return the token that finds the document again in Exact: one per document and company."""
    return reference(export.business_space_id, export.document_id, export.division)


def reference(business_space_id: UUID, document_id: UUID, division: int) -> str:
    """Return `BQ-` and twelve characters of a hash."""
    digest = hashlib.sha256(f"{business_space_id}:{document_id}:{division}".encode()).digest()
    return f"BQ-{b32encode(digest).decode()[:12]}"
