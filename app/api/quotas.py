"""How often a caller may call: quotas that all API processes share through Postgres.

A quota is kept as one moment, until which the calls so far, spread evenly over the window, have spent it. A call moves
it on by its share; the call that would move it beyond the window is refused (docs/decisions/0024).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Interval, delete, func, select, type_coerce
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app import log
from app.clock import Clock
from app.storage import db
from app.storage.db import Sessions
from app.storage.models import SpentQuota

WINDOW = timedelta(minutes=1)
_MOST_REMEMBERED = 10_000  # callers whose refusal a process remembers

_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """So many calls a minute, all at once or spread."""

    name: str
    calls: int

    @property
    def share(self) -> timedelta:
        """Return the part of the window that one call spends."""
        return WINDOW / self.calls


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a quota, and the seconds until all of it is back."""

    policy: Policy
    remaining: int
    seconds: int


class Exhausted(Exception):
    """A caller has spent a quota; the next call is possible after so many seconds."""

    def __init__(self, policy: Policy, *, retry_after: int, seconds: int) -> None:
        super().__init__(policy.name)
        self.retry_after = retry_after
        self.standing = Standing(policy, 0, seconds)


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """Spends the quotas of callers; a process answers for one that is exhausted without asking the database again."""

    sessions: Sessions
    clock: Clock
    _refused: dict[tuple[str, str], datetime] = field(default_factory=dict, init=False)

    async def spend(self, caller: str, policies: Sequence[Policy]) -> list[Standing]:
        """Spend one call of each quota and return what is left; raise `Exhausted`, which spends nothing.

        Limits nobody while the database is away: the call fails anyway if it needs it.
        """
        for policy in policies:
            self._expect_not_refused(caller, policy)
        try:
            async with self.sessions.begin() as session:
                return [await self._spend(session, caller, policy) for policy in policies]
        except Exception as error:
            if not db.is_away(error):
                raise
            _log.warning("quotas_unknown", caller=caller)
            return []

    def _expect_not_refused(self, caller: str, policy: Policy) -> None:
        until = self._refused.get((caller, policy.name))
        if until is None:
            return
        left = until - self.clock.now()
        if left > timedelta():
            raise _exhausted(policy, spent=WINDOW - policy.share + left)
        del self._refused[caller, policy.name]

    async def _spend(self, session: AsyncSession, caller: str, policy: Policy) -> Standing:
        now = self.clock.sql()
        spent = func.greatest(SpentQuota.spent_until, now) + policy.share
        statement = insert(SpentQuota).values(caller=caller, policy=policy.name, spent_until=now + policy.share)
        left = await session.scalar(
            statement.on_conflict_do_update(
                index_elements=[SpentQuota.caller, SpentQuota.policy],
                set_={"spent_until": spent},
                where=spent <= now + WINDOW,
            ).returning(type_coerce(SpentQuota.spent_until - now, Interval()))
        )
        if left is None:
            raise await self._refusal(session, caller, policy)
        return Standing(policy, int((WINDOW - left) / policy.share), ceil(left.total_seconds()))

    async def _refusal(self, session: AsyncSession, caller: str, policy: Policy) -> Exhausted:
        mine = (SpentQuota.caller == caller, SpentQuota.policy == policy.name)
        left = type_coerce(SpentQuota.spent_until - self.clock.sql(), Interval())
        spent = await session.scalar(select(left).where(*mine)) or WINDOW
        refusal = _exhausted(policy, spent=spent)
        if len(self._refused) >= _MOST_REMEMBERED:
            self._refused.clear()
        self._refused[caller, policy.name] = self.clock.now() + spent + policy.share - WINDOW
        return refusal


def _exhausted(policy: Policy, *, spent: timedelta) -> Exhausted:
    wait = spent + policy.share - WINDOW
    return Exhausted(policy, retry_after=max(1, ceil(wait.total_seconds())), seconds=ceil(spent.total_seconds()))


async def forget_old(session: AsyncSession, *, clock: Clock) -> None:
    """Delete the quotas of callers who have all of them back."""
    await session.execute(delete(SpentQuota).where(SpentQuota.spent_until < clock.sql()))
