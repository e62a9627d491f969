"""Lanes: which company is served next, by which worker, and what blocks it.

A worker claims a lane, not an export. `due_at` is the schedule of a free lane and the end of the lease of a claimed
one, so that another worker claims it after a crash. Each claim raises `epoch`: every write carries the epoch of its
lease, and fails once another worker has claimed the lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CursorResult, DateTime, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from app import backoff
from app.clock import Clock
from app.queue import deadline
from app.queue.deadline import Deadline
from app.reasons import EXACT_USER_BLOCKED, EXACT_USER_INACTIVE, Reason
from app.storage.models import ExportId, InstallationId, LaneId

LEASE_TIME = timedelta(seconds=15)
HEARTBEAT = timedelta(seconds=5)
# A worker stops sending this long before others may claim its lane.
MARGIN = timedelta(seconds=1)


# Reasons that block every lane of a connection at once.
_OF_THE_CONNECTION = frozenset(kind.code for kind in (EXACT_USER_BLOCKED, EXACT_USER_INACTIVE))


class LeaseLost(Exception):
    """Another worker has claimed the lane: stop here without writing."""


@dataclass(frozen=True, kw_only=True)
class Lease:
    """A claimed lane, held by this worker as long as its epoch is the lane's."""

    lane_id: LaneId
    installation_id: InstallationId
    division: int
    epoch: int
    wake_seq: int
    next_export: ExportId | None
    lost_leases: int
    deadline: Deadline = field(default_factory=Deadline, compare=False)

    def expect_held(self) -> None:
        """Raise `LeaseLost` if the lease may have ended: call it right before each send."""
        if self.deadline.is_past:
            raise LeaseLost


# A due lane that is still leased was lost by its worker. `lost_leases` counts how often in a row that happened with the
# same export first in line: a document that ends or blocks every worker shows here, and nowhere else.
_CLAIM = text("""
with due as (
    select id from lane where due_at <= now() + :offset order by due_at limit :limit for no key update skip locked
), line as (
    select due.id, coalesce(
        (select id from export where lane_id = due.id and status = 'queued' and blocks_lane
         order by sequence limit 1),
        (select id from export where lane_id = due.id and status = 'queued' and not blocks_lane
         order by due_at limit 1)) as next_export
    from due
)
update lane set due_at = now() + :offset + :lease_time, leased = true, epoch = epoch + 1,
    lost_leases = case when not leased then 0
                       when lane.next_export is not distinct from line.next_export then lost_leases + 1 else 1 end,
    next_export = line.next_export
from line where lane.id = line.id
returning lane.id, lane.installation_id, lane.division, lane.epoch, lane.wake_seq, lane.next_export, lane.lost_leases
""")

_RENEW = text("""
update lane set due_at = now() + :offset + :lease_time
from unnest(cast(:ids as uuid[]), cast(:epochs as bigint[])) held (id, epoch)
where lane.id = held.id and lane.epoch = held.epoch and lane.leased
returning lane.id
""")

# Due again: now if the lane was woken meanwhile, else at the earliest of the first in line, those that stepped aside
# and the next check of a postbox state. `greatest(null, now())` is now(): an empty lane without `coalesce` would spin.
_IS_HELD = text("select 1 from lane where id = :lane_id and epoch = :epoch and leased")

_RELEASE = text("""
update lane set leased = false, lost_leases = 0, due_at = greatest(blocked_until, case
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

_FAILURES = text("select failures from lane where id = :lane_id and epoch = :epoch and leased for no key update")

_BLOCK = text("""
update lane set blocked_reason = :reason, failures = failures + 1,
    blocked_until = coalesce(:until, now() + :offset + :delay)
where id = :lane_id and epoch = :epoch and leased
""").bindparams(bindparam("reason", type_=JSONB), bindparam("until", type_=DateTime(timezone=True)))

_UNBLOCK = text("""
update lane set blocked_until = '-infinity', blocked_reason = null, failures = 0
from (select id, blocked_reason ->> 'code' as code from lane where id = :lane_id for no key update) before
where lane.id = before.id and epoch = :epoch and leased and (blocked_reason is not null or failures > 0)
returning before.code
""")

# The other lanes of a connection, unless something blocks them for longer.
_BLOCK_OTHERS = text("""
update lane set blocked_until = :until, blocked_reason = :reason,
    due_at = case when leased then due_at else greatest(due_at, :until) end
where installation_id = :installation_id and id <> :lane_id and blocked_until < :until
""").bindparams(bindparam("reason", type_=JSONB), bindparam("until", type_=DateTime(timezone=True)))

# What blocked every company of the connection has ended for all of them.
_UNBLOCK_OTHERS = text("""
update lane set blocked_until = '-infinity', blocked_reason = null, failures = 0, wake_seq = wake_seq + 1,
    due_at = case when leased then due_at else now() + :offset end
where installation_id = :installation_id and id <> :lane_id and blocked_reason ->> 'code' = :code
""")

# A claimed lane keeps its lease; its worker meets the block when it releases the lane.
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


async def claim(session: AsyncSession, *, limit: int, clock: Clock) -> list[Lease]:
    """Claim up to `limit` due lanes, the longest due first; skip those that others have locked."""
    ends = end_of_lease()  # taken before the statement: never later than the database's
    rows = await session.execute(_CLAIM, {"limit": limit, "lease_time": LEASE_TIME, "offset": clock.offset})
    return [
        Lease(
            lane_id=row.id,
            installation_id=row.installation_id,
            division=row.division,
            epoch=row.epoch,
            wake_seq=row.wake_seq,
            next_export=row.next_export,
            lost_leases=row.lost_leases,
            deadline=Deadline(ends),
        )
        for row in rows
    ]


async def renew(session: AsyncSession, leases: Sequence[Lease], *, clock: Clock) -> set[LaneId]:
    """Renew the leases; return the lanes that are still held. The caller moves their deadlines after the commit."""
    rows = await session.execute(
        _RENEW,
        {
            "ids": [lease.lane_id for lease in leases],
            "epochs": [lease.epoch for lease in leases],
            "lease_time": LEASE_TIME,
            "offset": clock.offset,
        },
    )
    return {LaneId(lane_id) for lane_id in rows.scalars()}


def end_of_lease() -> float:
    """Return until when a lease that is claimed or renewed now may be used, for its `Deadline`."""
    return deadline.now() + (LEASE_TIME - MARGIN).total_seconds()


async def expect_held(session: AsyncSession, lease: Lease) -> None:
    """Raise `LeaseLost` if another worker has claimed the lane, so that its notes stay as they are."""
    key = {"lane_id": lease.lane_id, "epoch": lease.epoch}
    if await session.scalar(_IS_HELD, key) is None:
        raise LeaseLost


async def release(session: AsyncSession, lease: Lease, *, clock: Clock) -> bool:
    """Release the lane until it is due again; return False if the lease was lost."""
    values = {"lane_id": lease.lane_id, "epoch": lease.epoch, "wake_seq": lease.wake_seq, "offset": clock.offset}
    result = await session.execute(_RELEASE, values)
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


async def wake(session: AsyncSession, lane_ids: Sequence[UUID], *, clock: Clock) -> None:
    """Make lanes due now; leases and blocks stay."""
    await session.execute(_WAKE, {"lane_ids": list(lane_ids), "offset": clock.offset})


async def block(session: AsyncSession, lease: Lease, *, until: datetime | None, reason: Reason, clock: Clock) -> None:
    """Block the lane until a moment, or for a backoff of 15 s to 15 min if that is None."""
    key = {"lane_id": lease.lane_id, "epoch": lease.epoch}
    failures = await session.scalar(_FAILURES, key) or 0
    delay = backoff.delay(failures + 1, first=15, cap=15 * 60)
    values = {"until": until, "delay": delay, "reason": reason.as_json(), "offset": clock.offset}
    await session.execute(_BLOCK, {**key, **values})


async def block_others(session: AsyncSession, lease: Lease, *, until: datetime | None, reason: Reason) -> None:
    """Block the other lanes of the connection until a moment; the caller has locked the installation."""
    values = {"lane_id": lease.lane_id, "installation_id": lease.installation_id, "reason": reason.as_json()}
    await session.execute(_BLOCK_OTHERS, {**values, "until": until})


async def unblock(session: AsyncSession, lease: Lease) -> str | None:
    """Lift the block of a lane and reset its failures, after a success.

    Return the code of the block if it was one of the whole connection, for `unblock_others`.
    """
    code = await session.scalar(_UNBLOCK, {"lane_id": lease.lane_id, "epoch": lease.epoch})
    return code if code in _OF_THE_CONNECTION else None


async def unblock_others(session: AsyncSession, lease: Lease, *, code: str, clock: Clock) -> None:
    """Lift the same block of the connection's other lanes; the caller has locked the installation."""
    values = {"lane_id": lease.lane_id, "installation_id": lease.installation_id, "code": code}
    await session.execute(_UNBLOCK_OTHERS, {**values, "offset": clock.offset})


async def block_all(session: AsyncSession, installation_id: InstallationId, *, reason: Reason) -> None:
    """Block every lane of an installation until `unblock_all`."""
    await session.execute(_BLOCK_ALL, {"installation_id": installation_id, "reason": reason.as_json()})


async def unblock_all(session: AsyncSession, installation_id: InstallationId, *, clock: Clock) -> None:
    """Lift the block of every lane of an installation and make the lanes due now."""
    await session.execute(_UNBLOCK_ALL, {"installation_id": installation_id, "offset": clock.offset})
