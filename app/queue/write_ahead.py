"""The write-ahead of a dispatch: what is about to be posted, what Exact confirmed, and what a lookup found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, null, or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.exact.route import CreatedDocument
from app.queue.export_rows import update_always, update_queued
from app.storage.models import Export
from app.storage.models.intent import Intent, PostDocument


async def record_intent(session: AsyncSession, export: Export, intent: Intent, *, clock: Clock) -> Export:
    """Record what is about to be posted; commit before posting. Raises `ExportCancelled`."""
    return await update_queued(session, export, {"intent": intent, "intent_at": clock.sql(), "lookup_count": 0})


async def clear_intent(session: AsyncSession, export: Export) -> Export:
    """Record that Exact clearly stored nothing, so the next attempt needs no lookup."""
    return await update_always(session, export, {"intent": None, "lookup_count": 0})


async def record_lookup_miss(session: AsyncSession, export: Export) -> Export:
    """Count a lookup that did not find the document in Exact. Raises `ExportCancelled`."""
    return await update_queued(session, export, {"lookup_count": export.lookup_count + 1})


async def record_document(session: AsyncSession, export: Export, created: CreatedDocument) -> Export:
    """Record that Exact has the document, also if the export was cancelled meanwhile; a pending file stays pending."""
    covers_intent = or_(Export.intent.is_(None), Export.intent == PostDocument())
    values = {
        "exact_id": created.id,
        "exact_number": created.number,
        "exact_url": created.url,
        "intent": case((covers_intent, null()), else_=Export.intent),
        "lookup_count": case((covers_intent, 0), else_=Export.lookup_count),
    }
    return await update_always(session, export, values)


async def record_files(session: AsyncSession, export: Export, filenames: Sequence[str]) -> Export:
    """Record the files that Exact has of the document."""
    return await update_always(session, export, {"attached": list(filenames), "intent": None})


async def require_lookup(session: AsyncSession, export: Export) -> Export:
    """Make the next attempt look for a document that Exact seems to have lost. Raises `ExportCancelled`."""
    return await update_queued(session, export, {"look_first": True})


async def forget_document(session: AsyncSession, export: Export) -> Export:
    """Forget a document that Exact no longer has, so that it is posted again. Raises `ExportCancelled`."""
    fresh: dict[str, Any] = {
        "exact_id": None,
        "exact_number": None,
        "exact_url": None,
        "attached": [],
        "intent": None,
        "lookup_count": 0,
        "look_first": False,
    }
    return await update_queued(session, export, fresh)
