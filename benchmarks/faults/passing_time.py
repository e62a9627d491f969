"""Time that passes only when nobody works: the pauses of days become moments, and no lease is ever outrun."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.storage import db
from app.storage.db import Sessions
from benchmarks.faults.leases import Lease
from benchmarks.faults.shared_clock import SharedClock
from sandbox.running import Sandbox

LOOK_EVERY = 0.1  # seconds
# A lease lasts 15 s and is prolonged every 5 s: one that is this close to its end has lost its worker.
ORPHANED = timedelta(seconds=9)
# The share of the waiting lanes that are let go at once.
SHARE = 0.7

_LANES = text("""
select id, epoch, leased, due_at, now() as now from lane where due_at < 'infinity' order by due_at
""")


@dataclass
class PassingTime:
    """Moves the clock of the service and those of both stand-ins, together."""

    sessions: Sessions
    clock: SharedClock
    sandbox: Sandbox
    orphans: set[Lease] = field(default_factory=set)
    passed: timedelta = timedelta()
    jumps: int = field(default=0)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._look()
            except Exception as error:
                if not db.is_away(error):
                    raise

    async def _look(self) -> None:
        """While the lanes are looked at, nobody can claim one."""
        async with self.sessions.begin() as session:
            await session.execute(text("lock table lane in share row exclusive mode"))
            await self._jump(self._until_next((await session.execute(_LANES)).all()))

    def _until_next(self, lanes: Sequence[Any]) -> timedelta:
        """How far time may pass: not at all while somebody works, over the lease of a dead worker at once."""
        if not lanes:
            return timedelta()
        now: datetime = lanes[0].now + self.clock.offset
        leased = [lane for lane in lanes if lane.leased]
        leases: list[timedelta] = [lane.due_at - now for lane in leased]
        held = [lane.due_at - now for lane in leased if (str(lane.id), lane.epoch) not in self.orphans]
        waiting: list[timedelta] = [lane.due_at - now for lane in lanes if not lane.leased]
        if any(left > ORPHANED for left in held) or any(left <= timedelta() for left in (*waiting, *leases)):
            return timedelta()
        if leases:
            return min(leases) + timedelta(seconds=0.1)
        return waiting[int(len(waiting) * SHARE)] + timedelta(seconds=0.1)

    async def _jump(self, distance: timedelta) -> None:
        if distance <= timedelta(seconds=0.5):
            return
        self.clock.offset += distance
        self.passed += distance
        self.jumps += 1
        for server in (self.sandbox.exact, self.sandbox.banqup):
            await server.advance(distance.total_seconds())
