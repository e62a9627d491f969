"""What people ask of the exports: lists, one with its history, the UBL, and what they wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import FOREVER
from app.models import Export, ExportedUbl, ExportEvent, ExportId, InstallationId, Lane


@dataclass(frozen=True)
class Record:
    """An export as people see it; `waits_for` is a reason, its own or its lane's, and `until` its end if known."""

    export: Export
    waits_for: dict[str, Any] | None
    until: datetime | None


async def page(
    session: AsyncSession,
    installation_id: InstallationId,
    *,
    client: UUID | None,
    status: str | None,
    after: int | None,
    limit: int,
) -> list[Record]:
    """Exports, the newest first, that are older than the cursor `after` (a sequence number)."""
    query = _records(installation_id).order_by(Export.sequence.desc()).limit(limit)
    if client is not None:
        query = query.where(Export.business_space_id == client)
    if status is not None:
        query = query.where(Export.status == status)
    if after is not None:
        query = query.where(Export.sequence < after)
    return [_record(export, lane) for export, lane in await session.execute(query)]


async def one(session: AsyncSession, installation_id: InstallationId, export_id: UUID) -> Record | None:
    """One export of an installation."""
    row = (await session.execute(_records(installation_id).where(Export.id == export_id))).one_or_none()
    return _record(*row) if row else None


async def history(session: AsyncSession, export_id: ExportId) -> Sequence[ExportEvent]:
    """What happened to an export, the oldest first."""
    rows = await session.scalars(
        select(ExportEvent).where(ExportEvent.export_id == export_id).order_by(ExportEvent.at, ExportEvent.id)
    )
    return rows.all()


async def ubl(session: AsyncSession, export_id: ExportId) -> bytes | None:
    """The UBL as exported; None where it is no longer kept or was never made."""
    return await session.scalar(select(ExportedUbl.content).where(ExportedUbl.export_id == export_id))


def _records(installation_id: InstallationId) -> Any:
    return select(Export, Lane).join(Lane, Lane.id == Export.lane_id).where(Export.installation_id == installation_id)


def _record(export: Export, lane: Lane) -> Record:
    if export.status != "queued":
        return Record(export, None, None)
    if lane.blocked_reason is not None and lane.blocked_until > export.due_at:
        until = None if lane.blocked_until == FOREVER else lane.blocked_until
        return Record(export, lane.blocked_reason, until)
    return Record(export, export.reason, export.due_at if export.reason else None)
