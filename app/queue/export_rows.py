"""Writes to one export: its row, its history and its partner's notifications."""

from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from app.clock import Clock
from app.notifications import events, outbox
from app.storage.models import Export, ExportEvent
from app.vocabulary import ExportEventName


class ExportCancelled(Exception):
    """The export was ended (deactivated, uninstalled) while it was processed: stop here."""


async def update_queued(session: AsyncSession, export: Export, values: dict[str, Any]) -> Export:
    """Update an export that is still queued. Raises `ExportCancelled` if it no longer is."""
    updated = (await session.scalars(_returning(export, values).where(Export.status == "queued"))).one_or_none()
    if updated is None:
        raise ExportCancelled
    return updated


async def update_always(session: AsyncSession, export: Export, values: dict[str, Any]) -> Export:
    """Update an export in any status: for facts about Exact."""
    return (await session.scalars(_returning(export, values))).one()


def _returning(export: Export, values: dict[str, Any]) -> ReturningUpdate[Export]:
    statement = update(Export).where(Export.id == export.id).values(**values).returning(Export)
    return statement.execution_options(populate_existing=True, synchronize_session=False)


async def add_event(
    session: AsyncSession, export: Export, event: ExportEventName, detail: dict[str, Any] | None = None, *, clock: Clock
) -> None:
    """Add a line to the history."""
    line = {"export_id": export.id, "installation_id": export.installation_id, "event": event, "detail": detail}
    await session.execute(insert(ExportEvent).values(at=clock.sql(), **line))


async def notify(session: AsyncSession, export: Export, *, clock: Clock) -> None:
    """Enqueue a notification of the export's new status."""
    await outbox.enqueue(session, export.installation_id, events.export_ended(export), clock=clock)
