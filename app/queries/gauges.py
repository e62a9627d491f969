"""Gauges from the tables, read per scrape by a few bounded queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.crypto import Sealer
from app.queries import sealed


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures over all installations: ages in seconds, calls in the current UTC day."""

    installations: Mapping[str, int]
    connections: Mapping[str, int]
    clients: int
    exports: Mapping[str, int]
    grades: Mapping[str, int]
    waiting_most: int
    waiting_oldest: float
    lanes: int
    lanes_leased: int
    lanes_overdue: float
    lanes_stuck: int
    lanes_blocked: Mapping[str, int]
    unknown_key: int
    calls_today: int
    calls_today_most: int


_ROWS = text("""
select count(*) filter (where uninstalled_at is null and active) as active,
    count(*) filter (where uninstalled_at is null and not active) as switched_off,
    (select count(*) from activation where ended_at is null) as clients
from installation
""")
_CONNECTIONS = text("select state, count(*) from connection group by state")
_EXPORTS = text("select status, count(*) from export group by status")
_GRADES = text("select grade, count(*) from export where status = 'ready_to_process' and grade <> '' group by grade")
_WAITING = text("""
select coalesce(max(waiting), 0) as most, coalesce(extract(epoch from now() + :offset - min(oldest)), 0) as oldest
from (select count(*) as waiting, min(event_at) as oldest from export where status = 'queued' group by lane_id) lane
""")
_LANES = text("""
select count(*) as lanes, count(*) filter (where leased) as leased,
    count(*) filter (where lost_leases > 0) as stuck,
    coalesce(extract(epoch from now() + :offset - min(due_at) filter (where due_at < now() + :offset)), 0) as overdue,
    coalesce(sum(day_calls) filter (where day_ends > now() + :offset), 0) as calls,
    coalesce(max(day_calls) filter (where day_ends > now() + :offset), 0) as calls_most
from lane
""")
_BLOCKED = text("""
select coalesce(blocked_reason->>'code', 'unknown'), count(*) from lane where blocked_until > now() + :offset group by 1
""")


async def read(session: AsyncSession, *, sealer: Sealer, clock: Clock) -> Figures:
    """Read the current figures, with a timeout of five seconds per query."""
    await session.execute(text("set local statement_timeout = '5s'"))
    now = {"offset": clock.offset}
    rows = (await session.execute(_ROWS)).one()
    waiting = (await session.execute(_WAITING, now)).one()
    lanes = (await session.execute(_LANES, now)).one()
    return Figures(
        installations={"active": rows.active, "switched_off": rows.switched_off},
        connections=await _counts(session, _CONNECTIONS),
        clients=rows.clients,
        exports=await _counts(session, _EXPORTS),
        grades=await _counts(session, _GRADES),
        waiting_most=waiting.most,
        waiting_oldest=max(0.0, float(waiting.oldest)),
        lanes=lanes.lanes,
        lanes_leased=lanes.leased,
        lanes_overdue=max(0.0, float(lanes.overdue)),
        lanes_stuck=lanes.stuck,
        lanes_blocked=await _counts(session, _BLOCKED, **now),
        unknown_key=await sealed.count_unknown(session, sealer),
        calls_today=int(lanes.calls),
        calls_today_most=lanes.calls_most,
    )


async def _counts(session: AsyncSession, query: TextClause, **values: timedelta) -> dict[str, int]:
    rows = await session.execute(query, values)
    return {str(name): int(count) for name, count in rows}
