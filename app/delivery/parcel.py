"""What a converted document becomes in Exact, and what its record says of it. Pure."""

import hashlib
from base64 import b32encode
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.banqup.schemas import Document
from app.convert.conversion import Conversion, Readable, Summary, Trader
from app.errors import Rejected
from app.exact.companies import digits
from app.exact.route import LARGEST_FILE, Draft
from app.queue.description import Description, Header
from app.reasons import DOCUMENT_TOO_LARGE
from app.storage.models import Export
from app.vocabulary import ExportGrade, Folder, Origin

LONGEST_SUBJECT = 200
LONGEST_BODY = 10_000


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
    return Parcel(_draft(document, summary, reference=reference), files)


def pack_readable(document: Document, found: Readable, release: dict[str, Any], *, reference: str) -> Parcel:
    """Return the draft of a released document, with its findings in the body, and the PDF that shows it."""
    draft = _draft(document, found.summary, reference=reference)
    files = {f"{reference}.pdf": found.pdf.content} if found.pdf else {}
    return Parcel(replace(draft, body="\n".join([draft.body, *_explained(release)])[:LONGEST_BODY]), files)


def _explained(release: dict[str, Any]) -> list[str]:
    """Return why a document has no UBL, who decided what, and each finding."""
    error = release.get("error") or {}
    findings = (error.get("details") or {}).get("findings") or []
    messages = [f"- {one['message']}" for one in findings if one.get("message")]
    return [
        "This document has no UBL: it was released to be read and booked by a person.",
        f"Reason for the release: {release['because']}",
        *(["What stopped it:", *messages] if messages else [f"What stopped it: {error.get('sentence', '')}"]),
    ]


def _draft(document: Document, summary: Summary, *, reference: str) -> Draft:
    what = f"{'Credit note' if summary.is_credit_note else 'Invoice'} {summary.number}".strip()
    counterparty = counterparty_of(document, summary).name
    return Draft(
        purchase=document.side is Folder.PURCHASES,
        reference=reference,
        subject=f"{reference} {what} {counterparty}"[:LONGEST_SUBJECT].strip(),
        body=f"{what}, {counterparty}. Exported from Banqup, reference {reference}.",
        document_date=summary.issue_date,
        amount=summary.total_with_vat,
        currency=summary.currency,
    )


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
    return _described(
        document,
        conversion,
        parcel,
        origin=conversion.origin,
        grade=conversion.grade.value,
        sha256=hashlib.sha256(conversion.ubl).hexdigest(),
    )


def description_of_readable(document: Document, found: Readable, parcel: Parcel) -> Description:
    """Describe a document that goes out without UBL."""
    return _described(document, found, parcel, origin=None, grade="readable", sha256=None)


def _described(
    document: Document,
    found: Conversion | Readable,
    parcel: Parcel,
    *,
    origin: Origin | None,
    grade: ExportGrade,
    sha256: str | None,
) -> Description:
    summary = found.summary
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
        origin=origin,
        grade=grade,
        losses=list(found.losses),
        ubl_sha256=sha256,
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
