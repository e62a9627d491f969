"""The write-ahead of a dispatch: what is about to be posted, what Exact confirmed, and what a lookup found."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, null, or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.exact.route import CreatedDocument
from app.queue.export_rows import add_event, update_always, update_queued
from app.storage.models import Export
from app.storage.models.intent import Intent, PostDocument

_NO_SEARCH: dict[str, Any] = {"lookup_count": 0, "search_next": None, "search_calls": 0}


async def record_intent(session: AsyncSession, export: Export, intent: Intent, *, clock: Clock) -> Export:
    """Record what is about to be posted; commit before posting. Raises `ExportCancelled`."""
    values = {"intent": intent, "intent_at": clock.sql(), **_NO_SEARCH}
    if intent == PostDocument():
        values["posted_since"] = func.coalesce(Export.posted_since, clock.sql())
    return await update_queued(session, export, values)


async def clear_intent(session: AsyncSession, export: Export) -> Export:
    """Record that Exact clearly stored nothing: what was posted is what this row said before the intent."""
    posted = {"intent_at": export.intent_at, "posted_since": export.posted_since}
    sent = {"left_out": export.left_out, "losses": export.losses}
    return await update_always(session, export, {"intent": None, **posted, **sent, **_NO_SEARCH})


async def leave_out(session: AsyncSession, export: Export, details: Sequence[str], losses: Sequence[str]) -> Export:
    """Record what the next post leaves out because Exact refused it. Raises `ExportCancelled`."""
    values = {"left_out": [*export.left_out, *details], "losses": [*(export.losses or []), *losses]}
    return await update_queued(session, export, values)


async def record_unclear_post(session: AsyncSession, export: Export) -> Export:
    """Count a post at which Exact itself failed. Raises `ExportCancelled`."""
    return await update_queued(session, export, {"unclear_posts": Export.unclear_posts + 1})


async def record_lookup_miss(session: AsyncSession, export: Export) -> Export:
    """Count a lookup that did not find the document in Exact. Raises `ExportCancelled`."""
    return await update_queued(session, export, {"lookup_count": export.lookup_count + 1})


async def record_search(session: AsyncSession, export: Export, place: str | None) -> Export:
    """Record a page of the search, and the place where it goes on. Raises `ExportCancelled`."""
    return await update_queued(session, export, {"search_next": place, "search_calls": Export.search_calls + 1})


async def record_document(session: AsyncSession, export: Export, created: CreatedDocument) -> Export:
    """Record that Exact has the document, also if the export was cancelled meanwhile; a pending file stays pending."""
    covers_intent = or_(Export.intent.is_(None), Export.intent == PostDocument())
    values = {
        "exact_id": created.id,
        "exact_number": created.number,
        "exact_url": created.url,
        "intent": case((covers_intent, null()), else_=Export.intent),
        "lookup_count": case((covers_intent, 0), else_=Export.lookup_count),
        "posted_since": None,
        "search_next": None,
        "search_calls": 0,
    }
    return await update_always(session, export, values)


async def record_created(session: AsyncSession, export: Export, created: CreatedDocument, *, clock: Clock) -> Export:
    """Record a document just created; one that an earlier worker recorded meanwhile is surplus."""
    present = await session.get_one(Export, export.id, with_for_update=True, populate_existing=True)
    earlier = present.exact_id, present.exact_number
    recorded = await record_document(session, export, created)
    if earlier[0] in (None, created.id):
        return recorded
    return await _record_surplus(session, recorded, earlier[1], clock=clock)


async def record_late(session: AsyncSession, export: Export, created: CreatedDocument, *, clock: Clock) -> None:
    """Record a document created by a worker that has lost its lease, without touching what its successor wrote.

    If the successor knows no document yet, it finds this one; its intent stays, so that it looks.
    """
    present = await session.get_one(Export, export.id, with_for_update=True, populate_existing=True)
    if present.exact_id is None:
        present.exact_id, present.exact_number, present.exact_url = created.id, created.number, created.url
        await session.flush()
    elif present.exact_id != created.id:
        await _record_surplus(session, present, created.number, clock=clock)


async def _record_surplus(session: AsyncSession, export: Export, number: str | None, *, clock: Clock) -> Export:
    """Tell people of a document that Exact has beside the one of this export."""
    loss = f"Exact also has document {number} of this invoice, from an interrupted attempt. Delete it there."
    await add_event(session, export, "left_in_exact", {"exact_number": number}, clock=clock)
    return await update_always(session, export, {"losses": [*(export.losses or []), loss]})


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
        "look_first": False,
        "posted_since": None,
        **_NO_SEARCH,
    }
    return await update_queued(session, export, fresh)
