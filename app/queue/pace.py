"""The pace of one claimed lane: each call is counted before it is made, and each answer corrects the count.

Exact blocks an app that makes more than ten errors an hour at one endpoint of one company. Our limit is five: the
endpoint's circuit then stays open until the first of them is an hour old, which lets one probe through at a time.
"""

from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.clock import Clock
from app.errors import TryLater
from app.exact.client import Minute
from app.exact.limits import Limits
from app.metrics import EXACT_CALLS, EXACT_ERRORS
from app.queue import budget
from app.queue.lanes import Lease
from app.reasons import CIRCUIT_OPEN
from app.storage.db import Sessions
from app.storage.models import Circuit

ERRORS_AN_HOUR = 5
_HOUR = timedelta(hours=1)


class Pace:
    """The budget and the circuits of a leased lane."""

    def __init__(self, sessions: Sessions, lease: Lease, *, clock: Clock, errors: dict[str, list[datetime]]) -> None:
        self._sessions = sessions
        self._lease = lease
        self._clock = clock
        self._errors = errors
        self._budget: budget.Budget | None = None

    @classmethod
    async def of(cls, lease: Lease, *, sessions: Sessions, clock: Clock) -> Self:
        """Return the pace of a lane as its earlier workers left it."""
        async with sessions() as session:
            circuits = await session.scalars(select(Circuit).where(Circuit.lane_id == lease.lane_id))
            errors = {circuit.endpoint: circuit.errors for circuit in circuits}
        return cls(sessions, lease, clock=clock, errors=errors)

    @property
    def minute(self) -> Minute | None:
        """The present minute as of the last call; None before the first."""
        if self._budget is None:
            return None
        spent = self._budget
        return Minute(limit=spent.minute_limit, used=spent.minute_calls, ends=spent.minute_ends)

    async def before(self, endpoint: str) -> None:
        """Count one call. Raises `TryLater` for the lane if none is allowed now, and `LeaseLost`."""
        recent = self._recent(endpoint)
        if len(recent) >= ERRORS_AN_HOUR:
            reason = CIRCUIT_OPEN.because(f"Exact refused {endpoint} {len(recent)} times within an hour.")
            raise TryLater(reason, until=recent[-ERRORS_AN_HOUR] + _HOUR, lane=True)
        async with self._sessions.begin() as session:
            self._budget = await budget.spend(session, self._lease, clock=self._clock)
        EXACT_CALLS.labels(endpoint).inc()

    def while_sending(self) -> None:
        """Raise `LeaseLost` if this worker may no longer act, having been frozen for instance."""
        self._lease.expect_held()

    async def after(self, endpoint: str, seen: Limits, *, counted_error: bool) -> None:
        """Adopt Exact's counts if they differ, and record an error that Exact counts."""
        if self._budget is not None and self._budget.differs(seen):
            async with self._sessions.begin() as session:
                await budget.correct(session, self._lease, seen, clock=self._clock)
        if counted_error:
            EXACT_ERRORS.labels(endpoint).inc()
            await self._record_error(endpoint)

    def _recent(self, endpoint: str) -> list[datetime]:
        since = self._clock.now() - _HOUR
        return [moment for moment in self._errors.get(endpoint, []) if moment > since]

    async def _record_error(self, endpoint: str) -> None:
        errors = self._errors[endpoint] = [*self._recent(endpoint), self._clock.now()]
        async with self._sessions.begin() as session:
            await session.execute(
                insert(Circuit)
                .values(
                    lane_id=self._lease.lane_id,
                    endpoint=endpoint,
                    installation_id=self._lease.installation_id,
                    errors=errors,
                )
                .on_conflict_do_update(index_elements=["lane_id", "endpoint"], set_={"errors": errors})
            )
