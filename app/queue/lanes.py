"""Lanes: which company is served next, by whom, how fast, and what holds it up.

A lane is claimed, not a job. `due_at` is the schedule, while claimed the lease, and after a crash the recovery. Whoever
holds a lane proves it with the epoch of the claim; every write of a holder is refused once another one has claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CursorResult, DateTime, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.errors import TryLater
from app.exact.limits import Limits
from app.reasons import RATE_LIMIT, Reason
from app.storage.models import InstallationId, LaneId

LEASE_TIME = timedelta(seconds=15)
HEARTBEAT = timedelta(seconds=5)

# Exact allows 60 a clock minute and 5,000 a UTC day, and blocks an app that goes beyond: a little is left over.
MINUTE_CAP = 58
DAY_CAP = 4900


class LeaseLost(Exception):
    """Another worker has claimed the lane since: whatever is under way here must stop without writing."""


@dataclass(frozen=True)
class Lease:
    """A lane held by this worker, for as long as its epoch is the lane's."""

    lane_id: LaneId
    installation_id: InstallationId
    division: int
    epoch: int
    wake_seq: int


@dataclass(frozen=True)
class Budget:
    """Calls counted here in the present minute and day, this one included."""

    minute_calls: int
    minute_ends: datetime
    day_calls: int

    def differs(self, seen: Limits) -> bool:
        """Whether Exact counted more, or counts another minute."""
        if seen.day and seen.day.used > self.day_calls:
            return True
        if seen.minute is None:
            return False
        return seen.minute.used > self.minute_calls or abs(seen.minute.ends - self.minute_ends) > _ANOTHER_MINUTE


_ANOTHER_MINUTE = timedelta(seconds=3)

_CLAIM = text("""
with due as (
    select id from lane where due_at <= now() + :offset order by due_at limit :limit for no key update skip locked
)
update lane set due_at = now() + :offset + :lease, leased = true, epoch = epoch + 1
from due where lane.id = due.id
returning lane.id, lane.installation_id, lane.division, lane.epoch, lane.wake_seq
""")

_RENEW = text("""
update lane set due_at = now() + :offset + :lease
from unnest(cast(:ids as uuid[]), cast(:epochs as bigint[])) held (id, epoch)
where lane.id = held.id and lane.epoch = held.epoch and lane.leased
returning lane.id
""")

# Due again: now where a wake-up came meanwhile, else when the first in line or one that stepped aside is due.
# No `greatest` or `least` may meet a null here: `greatest(null, now())` is now(), and an empty lane would spin.
_RELEASE = text("""
update lane set leased = false, due_at = greatest(blocked_until, case
    when wake_seq <> :wake_seq then now() + :offset
    else least(
        coalesce((select due_at from export where lane_id = lane.id and status = 'queued' and blocks_lane
                  order by sequence limit 1), 'infinity'),
        coalesce((select due_at from export where lane_id = lane.id and status = 'queued' and not blocks_lane
                  order by due_at limit 1), 'infinity'),
        coalesce((select follow_at from export where lane_id = lane.id and follow_at is not null
                  order by follow_at limit 1), 'infinity'))
    end)
where id = :lane_id and epoch = :epoch and leased
""")

_WAKE = text("""
update lane set wake_seq = wake_seq + 1,
    due_at = case when leased then due_at else greatest(blocked_until, least(due_at, now() + :offset)) end
where id = any(:lane_ids)
""")

# Where no moment is known: 15 s, doubled with every failure in a row to 15 minutes.
_BLOCK = text("""
update lane set blocked_reason = :reason, failures = failures + 1,
    blocked_until = coalesce(:until, now() + :offset + least(interval '15 s' * (1 << least(failures, 8)::int),
                                                             interval '15 min') * (0.75 + random() / 4))
where id = :lane_id and epoch = :epoch and leased
""").bindparams(bindparam("reason", type_=JSONB), bindparam("until", type_=DateTime(timezone=True)))

_UNBLOCK = text("""
update lane set blocked_until = '-infinity', blocked_reason = null, failures = 0
where id = :lane_id and epoch = :epoch and leased and (blocked_reason is not null or failures > 0)
""")

# A leased lane keeps its lease: its holder meets the block when it settles.
_BLOCK_ALL = text("""
update lane set blocked_until = 'infinity', blocked_reason = :reason,
    due_at = case when leased then due_at else 'infinity' end
where installation_id = :installation_id
""").bindparams(bindparam("reason", type_=JSONB))

_UNBLOCK_ALL = text("""
update lane set blocked_until = '-infinity', blocked_reason = null, failures = 0, wake_seq = wake_seq + 1,
    due_at = case when leased then due_at else now() + :offset end
where installation_id = :installation_id
""")

_SPEND = text("""
update lane set
    minute_calls = case when minute_ends > now() + :offset then minute_calls else 0 end + 1,
    minute_ends = case when minute_ends > now() + :offset then minute_ends
                       else date_trunc('minute', now() + :offset) + interval '1 minute' end,
    day_calls = case when day_ends > now() + :offset then day_calls else 0 end + 1,
    day_ends = case when day_ends > now() + :offset then day_ends
                    else date_trunc('day', now() + :offset, 'UTC') + interval '1 day' end
where id = :lane_id and epoch = :epoch and leased
    and (minute_ends <= now() + :offset or minute_calls < :minute_cap)
    and (day_ends <= now() + :offset or day_calls < :day_cap)
returning minute_calls, minute_ends, day_calls
""")

_BUDGET = text("""
select minute_ends, day_ends, day_ends > now() + :offset and day_calls >= :day_cap as day_used_up
from lane where id = :lane_id and epoch = :epoch and leased
""")

# What Exact counted is the truth, since somebody else may spend the same company's budget.
_CORRECT = text("""
update lane set
    minute_calls = greatest(:minute_calls, case when minute_ends > now() + :offset then minute_calls else 0 end),
    minute_ends = coalesce(:minute_ends, minute_ends),
    day_calls = greatest(:day_calls, case when day_ends > now() + :offset then day_calls else 0 end),
    day_ends = coalesce(:day_ends, day_ends)
where id = :lane_id and epoch = :epoch and leased
""").bindparams(
    bindparam("minute_ends", type_=DateTime(timezone=True)), bindparam("day_ends", type_=DateTime(timezone=True))
)


async def claim(session: AsyncSession, *, limit: int, clock: Clock) -> list[Lease]:
    """Take the leases of up to `limit` lanes that are due, the longest due first; locked ones are passed over."""
    rows = await session.execute(_CLAIM, {"limit": limit, "lease": LEASE_TIME, "offset": clock.offset})
    return [Lease(row.id, row.installation_id, row.division, row.epoch, row.wake_seq) for row in rows]


async def renew(session: AsyncSession, leases: Sequence[Lease], *, clock: Clock) -> set[LaneId]:
    """Prolong the leases; gives back the lanes that are still held."""
    rows = await session.execute(
        _RENEW,
        {
            "ids": [lease.lane_id for lease in leases],
            "epochs": [lease.epoch for lease in leases],
            "lease": LEASE_TIME,
            "offset": clock.offset,
        },
    )
    return {LaneId(lane_id) for lane_id in rows.scalars()}


async def release(session: AsyncSession, lease: Lease, *, clock: Clock) -> bool:
    """Give the lane back with the time it is due again; False where the lease was lost."""
    values = {"lane_id": lease.lane_id, "epoch": lease.epoch, "wake_seq": lease.wake_seq, "offset": clock.offset}
    return await _changed(session, _RELEASE, values)


async def wake(session: AsyncSession, lane_ids: Sequence[UUID], *, clock: Clock) -> None:
    """Make lanes due; a lease is not shortened and a block is not lifted by it."""
    await session.execute(_WAKE, {"lane_ids": list(lane_ids), "offset": clock.offset})


async def block(session: AsyncSession, lease: Lease, *, until: datetime | None, reason: Reason, clock: Clock) -> None:
    """Hold up everything in this lane until a moment, or for a growing pause with jitter where that is None."""
    values = {"lane_id": lease.lane_id, "epoch": lease.epoch, "until": until, "reason": reason.as_json()}
    await session.execute(_BLOCK, {**values, "offset": clock.offset})


async def unblock(session: AsyncSession, lease: Lease) -> None:
    """Forget what held this lane up, after something went through."""
    await session.execute(_UNBLOCK, {"lane_id": lease.lane_id, "epoch": lease.epoch})


async def block_all(session: AsyncSession, installation_id: InstallationId, *, reason: Reason) -> None:
    """Hold up every lane of an installation until `unblock_all`."""
    await session.execute(_BLOCK_ALL, {"installation_id": installation_id, "reason": reason.as_json()})


async def unblock_all(session: AsyncSession, installation_id: InstallationId, *, clock: Clock) -> None:
    """Let every lane of an installation go on, at once."""
    await session.execute(_UNBLOCK_ALL, {"installation_id": installation_id, "offset": clock.offset})


async def spend(session: AsyncSession, lease: Lease, *, clock: Clock) -> Budget:
    """Count one call to Exact against the minute and the day; gives the counts with it.

    Raises `TryLater` for the whole lane when either is used up, and `LeaseLost`.
    """
    values = {
        "lane_id": lease.lane_id,
        "epoch": lease.epoch,
        "minute_cap": MINUTE_CAP,
        "day_cap": DAY_CAP,
        "offset": clock.offset,
    }
    spent = (await session.execute(_SPEND, values)).one_or_none()
    if spent is not None:
        return Budget(spent.minute_calls, spent.minute_ends, spent.day_calls)
    left = (await session.execute(_BUDGET, values)).one_or_none()
    if left is None:
        raise LeaseLost
    if left.day_used_up:
        reason = RATE_LIMIT.because("Exact's calls for this company are used up for today.")
        raise TryLater(reason, until=left.day_ends, lane=True)
    reason = RATE_LIMIT.because("Exact's calls for this company are used up for this minute.")
    raise TryLater(reason, until=left.minute_ends, lane=True)


async def correct_budget(session: AsyncSession, lease: Lease, seen: Limits, *, clock: Clock) -> None:
    """Take over what Exact counted: calls used and the end of the window, of the minute and of the day."""
    values = {
        "lane_id": lease.lane_id,
        "epoch": lease.epoch,
        "minute_calls": seen.minute.used if seen.minute else 0,
        "minute_ends": seen.minute.ends if seen.minute else None,
        "day_calls": seen.day.used if seen.day else 0,
        "day_ends": seen.day.ends if seen.day else None,
        "offset": clock.offset,
    }
    await session.execute(_CORRECT, values)


async def _changed(session: AsyncSession, statement: object, values: dict[str, object]) -> bool:
    result = await session.execute(statement, values)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)
    return result.rowcount == 1
