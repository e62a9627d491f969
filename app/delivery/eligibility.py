"""Whether a document is exported at all: its activation, kind, folder, status and date decide."""

from app.banqup.schemas import Document
from app.convert import refusals
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
    if document.side is _FOLDERS[due.export.trigger] and document.is_final:
        return None
    status = (document.status.document or "").upper() or "unknown"
    return NOT_APPROVED.because(f"Document is in the {document.folder} folder with status {status}.")


def _too_early(document: Document, due: DueExport) -> Reason | None:
    arrived = document.timestamps.created_at
    if due.cutoff == "event" or arrived is None:
        arrived = due.export.event_at
    if arrived >= due.export.eligible_from:
        return None
    return ARRIVED_BEFORE.because(f"It arrived on {arrived:%Y-%m-%d %H:%M} UTC, before the client was activated.")
