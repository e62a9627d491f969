"""The calls that a company has left at Exact in the present minute and day, counted in its lane."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.errors import TryLater
from app.exact.limits import Limits
from app.queue.lanes import Lease, LeaseLost
from app.reasons import RATE_LIMIT

# Exact allows 60 a clock minute and 5,000 a UTC day, and blocks an app that exceeds them: stay a little below.
MINUTE_CAP = 58
DAY_CAP = 4900
# Ends of a minute that differ by less are the same minute.
_SAME_MINUTE = timedelta(seconds=3)


@dataclass(frozen=True, kw_only=True)
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
        return seen.minute.used > self.minute_calls or abs(seen.minute.ends - self.minute_ends) > _SAME_MINUTE


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

_LEFT = text("""
select minute_ends, day_ends, day_ends > now() + :offset and day_calls >= :day_cap as day_used_up
from lane where id = :lane_id and epoch = :epoch and leased
""")

# Exact's count is the truth: other apps and people may spend the same company's calls.
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


async def spend(session: AsyncSession, lease: Lease, *, clock: Clock) -> Budget:
    """Count one call to Exact against the minute and the day; return the new counts.

    Raises `TryLater` for the whole lane if either is used up, and `LeaseLost`.
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
        return Budget(minute_calls=spent.minute_calls, minute_ends=spent.minute_ends, day_calls=spent.day_calls)
    left = (await session.execute(_LEFT, values)).one_or_none()
    if left is None:
        raise LeaseLost
    period, until = ("today", left.day_ends) if left.day_used_up else ("this minute", left.minute_ends)
    reason = RATE_LIMIT.because(f"Exact's calls for this company are used up for {period}.")
    raise TryLater(reason, until=until, lane=True)


async def correct(session: AsyncSession, lease: Lease, seen: Limits, *, clock: Clock) -> None:
    """Adopt Exact's own counts of used calls and its ends of the minute and the day."""
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
