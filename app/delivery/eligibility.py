"""Whether a document is exported at all: its activation, kind, folder, status and date decide."""

from app.banqup.schemas import Document
from app.convert import refusals
from app.convert.banqup import is_self_billed
from app.errors import NotExported
from app.queue.exports import DueExport
from app.reasons import ARRIVED_BEFORE, COMPANY_CHANGED, DEACTIVATED, NOT_AN_INVOICE, NOT_APPROVED, Reason
from app.vocabulary import Folder, Trigger

_FOLDERS: dict[Trigger, Folder] = {"approved": Folder.PURCHASES, "sent": Folder.SALES}


def expect_exportable(document: Document, due: DueExport) -> None:
    """Raise `NotExported` if the document is not one that this activation exports."""
    reason = _inactive(due) or _not_an_invoice(document) or _not_final(document, due) or _too_early(document, due)
    if reason is not None:
        raise NotExported(reason)


def _inactive(due: DueExport) -> Reason | None:
    if due.active:
        return None
    company_changed = due.activation.ended_because == "company_changed"
    return (COMPANY_CHANGED if company_changed else DEACTIVATED).because("The activation has ended.")


def _not_an_invoice(document: Document) -> Reason | None:
    if document.kind is not None:
        return None
    return NOT_AN_INVOICE.because(str(refusals.other_category(document)))


def _not_final(document: Document, due: DueExport) -> Reason | None:
    may_be_self_billed = is_self_billed(document) or bool(document.files)
    if document.is_final and document.side and (_is_usual(document, due) or may_be_self_billed):
        return None
    return _not_approved(document)


def expect_right_folder(document: Document, due: DueExport, *, self_billed: bool) -> None:
    """Raise `NotExported` for an approved sale or a sent purchase, unless the buyer has issued it.

    The seller approves a self-billed sale that the buyer has sent.
    """
    if not (_is_usual(document, due) or self_billed):
        raise NotExported(_not_approved(document))


def _is_usual(document: Document, due: DueExport) -> bool:
    return document.side is _FOLDERS[due.export.trigger]


def _not_approved(document: Document) -> Reason:
    status = (document.status.document or "").upper() or "unknown"
    return NOT_APPROVED.because(f"Document is in the {document.folder} folder with status {status}.")


def _too_early(document: Document, due: DueExport) -> Reason | None:
    arrived = document.timestamps.created_at
    if due.cutoff == "event" or arrived is None:
        arrived = due.export.event_at
    if arrived >= due.export.eligible_from:
        return None
    return ARRIVED_BEFORE.because(f"It arrived on {arrived:%Y-%m-%d %H:%M} UTC, before the client was activated.")
