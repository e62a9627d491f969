"""When the state of a message in the digital postbox is checked, and what came out of it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.queue.export_rows import add_event, notify, update_always
from app.reasons import Reason
from app.storage.models import Export, LaneId
from app.vocabulary import PostboxState

INTERVALS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)


async def due(session: AsyncSession, lane_id: LaneId, *, limit: int, clock: Clock) -> list[Export]:
    """Return the exports of a lane whose postbox state is due for a check."""
    rows = await session.scalars(
        select(Export)
        .where(Export.lane_id == lane_id, Export.follow_at <= clock.sql())
        .order_by(Export.follow_at)
        .limit(limit)
    )
    return list(rows)


async def record(
    session: AsyncSession, export: Export, state: PostboxState, *, failed: Reason | None, final: bool, clock: Clock
) -> Export:
    """Record a message's state; unless it is final, check again after the next interval."""
    checks = export.status_checks + 1
    next_check = None if final else clock.sql() + INTERVALS[min(checks, len(INTERVALS) - 1)]
    values: dict[str, Any] = {"exact_state": state, "follow_at": next_check, "status_checks": checks}
    if failed is not None:
        values |= {"status": "error", "reason": failed.as_json()}
    changed = state != export.exact_state
    export = await update_always(session, export, values)
    if changed:
        await add_event(session, export, "in_exact", {"state": state}, clock=clock)
    if failed is not None:
        await notify(session, export, clock=clock)
    return export
