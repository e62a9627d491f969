"""The calls that a company has left at Exact in the present minute and day, counted in its lane."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.errors import TryLater
from app.exact.limits import Limits
from app.queue.lanes import Lease, LeaseLost
from app.reasons import RATE_LIMIT

# Ends of a minute that differ by less are the same minute.
_SAME_MINUTE = timedelta(seconds=3)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Calls counted here in the present minute and day, this one included."""

    minute_calls: int
    minute_ends: datetime
    minute_limit: int
    day_calls: int
    day_limit: int

    def differs(self, seen: Limits) -> bool:
        """Whether Exact counted more, counts another minute, or announces other limits."""
        if seen.day and (seen.day.used > self.day_calls or seen.day.limit != self.day_limit):
            return True
        if seen.minute is None:
            return False
        if seen.minute.limit != self.minute_limit:
            return True
        return seen.minute.used > self.minute_calls or abs(seen.minute.ends - self.minute_ends) > _SAME_MINUTE


# Exact blocks an app that exceeds its limits, so we stay a little below those it announces: 58 of 60 calls a clock
# minute, 4,900 of 5,000 a UTC day.
_SPEND = text("""
update lane set
    minute_calls = case when minute_ends > now() + :offset then minute_calls else 0 end + 1,
    minute_ends = case when minute_ends > now() + :offset then minute_ends
                       else date_trunc('minute', now() + :offset) + interval '1 minute' end,
    day_calls = case when day_ends > now() + :offset then day_calls else 0 end + 1,
    day_ends = case when day_ends > now() + :offset then day_ends
                    else date_trunc('day', now() + :offset, 'UTC') + interval '1 day' end
where id = :lane_id and epoch = :epoch and leased
    and (minute_ends <= now() + :offset or minute_calls < greatest(1, minute_limit - greatest(2, minute_limit / 33)))
    and (day_ends <= now() + :offset or day_calls < greatest(1, day_limit - day_limit / 50))
returning minute_calls, minute_ends, minute_limit, day_calls, day_limit
""")

_LEFT = text("""
select minute_ends, day_ends,
    day_ends > now() + :offset and day_calls >= greatest(1, day_limit - day_limit / 50) as day_used_up
from lane where id = :lane_id and epoch = :epoch and leased
""")

# Exact's count is the truth: other apps and people may spend the same company's calls.
_CORRECT = text("""
update lane set
    minute_calls = greatest(:minute_calls, case when minute_ends > now() + :offset then minute_calls else 0 end),
    minute_ends = coalesce(:minute_ends, minute_ends),
    day_calls = greatest(:day_calls, case when day_ends > now() + :offset then day_calls else 0 end),
    day_ends = coalesce(:day_ends, day_ends),
    minute_limit = coalesce(:minute_limit, minute_limit),
    day_limit = coalesce(:day_limit, day_limit)
where id = :lane_id and epoch = :epoch and leased
""").bindparams(
    bindparam("minute_ends", type_=DateTime(timezone=True)),
    bindparam("day_ends", type_=DateTime(timezone=True)),
    bindparam("minute_limit", type_=BigInteger()),
    bindparam("day_limit", type_=BigInteger()),
)


async def spend(session: AsyncSession, lease: Lease, *, clock: Clock) -> Budget:
    """Count one call to Exact against the minute and the day; return the new counts.

    Raises `TryLater` for the whole lane if either is used up, and `LeaseLost`.
    """
    values = {
        "lane_id": lease.lane_id,
        "epoch": lease.epoch,
        "offset": clock.offset,
    }
    spent = (await session.execute(_SPEND, values)).one_or_none()
    if spent is not None:
        return Budget(**spent._mapping)
    left = (await session.execute(_LEFT, values)).one_or_none()
    if left is None:
        raise LeaseLost
    period, until = ("today", left.day_ends) if left.day_used_up else ("this minute", left.minute_ends)
    reason = RATE_LIMIT.because(f"Exact's calls for this company are used up for {period}.")
    raise TryLater(reason, until=until, lane=True)


async def correct(session: AsyncSession, lease: Lease, seen: Limits, *, clock: Clock) -> None:
    """Adopt Exact's own limits, its counts of used calls and its ends of the minute and the day."""
    values = {
        "lane_id": lease.lane_id,
        "epoch": lease.epoch,
        "minute_calls": seen.minute.used if seen.minute else 0,
        "minute_ends": seen.minute.ends if seen.minute else None,
        "day_calls": seen.day.used if seen.day else 0,
        "day_ends": seen.day.ends if seen.day else None,
        "minute_limit": seen.minute.limit if seen.minute else None,
        "day_limit": seen.day.limit if seen.day else None,
        "offset": clock.offset,
    }
    await session.execute(_CORRECT, values)
