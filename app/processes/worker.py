"""A worker process: claims lanes that are due, carries many at once, keeps their leases, and ends gracefully."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from app import log
from app.clock import Clock
from app.exporting import Exporter, opened
from app.notifications import outbox
from app.partners import installations
from app.queue import inbox, kept_ubl, lanes
from app.queue.lanes import Claim
from app.settings import Settings
from app.storage import db
from app.storage.db import Sessions

# How often an idle worker looks for lanes that are due, in seconds.
POLL = 0.1
HOUSEKEEPING = 60.0
TELL_EVERY = 1.0

_Result = TypeVar("_Result")
_log = log.get(__name__)


@dataclass
class Worker:
    """Carries up to `most` lanes at once. It holds no state that another worker could not do without."""

    sessions: Sessions
    exporter: Exporter
    clock: Clock
    most: int
    _carried: dict[asyncio.Task[None], Claim] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Work until `stop`; then finish the calls under way and give every lane back."""
        async with asyncio.TaskGroup() as group:
            keepers = [
                group.create_task(self._every(lanes.HEARTBEAT.total_seconds(), self._keep_leases)),
                group.create_task(self._every(HOUSEKEEPING, self._keep_house)),
                group.create_task(self._every(TELL_EVERY, self._tell)),
            ]
            await self._claim_until_stopped()
            while self._carried:
                await asyncio.wait(self._carried)
            for keeper in keepers:
                keeper.cancel()
        await self.exporter.tokens.finish()

    def stop(self) -> None:
        """Claim no more; what is being posted is finished."""
        self._stopping.set()

    async def _claim_until_stopped(self) -> None:
        while not self._stopping.is_set():
            claimed = await self._guarded(self._claim) if len(self._carried) < self.most else False
            if not claimed:
                await self._pause()

    async def _claim(self) -> bool:
        async with self.sessions.begin() as session:
            claims = await lanes.claim(session, most=self.most - len(self._carried), clock=self.clock)
        for held in claims:
            task = asyncio.create_task(self._carry(held))
            self._carried[task] = held
            task.add_done_callback(self._carried.pop)
        return bool(claims)

    async def _carry(self, held: Claim) -> None:
        await self._guarded(lambda: self.exporter.carry(held, stopping=self._stopping.is_set))

    async def _pause(self) -> None:
        """Until the next look, a lane that is done, or the stop."""
        stopped = asyncio.create_task(self._stopping.wait())
        waited_for = {stopped, *self._carried} if len(self._carried) >= self.most else {stopped}
        await asyncio.wait(waited_for, timeout=POLL, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()

    async def _keep_leases(self) -> None:
        claims = list(self._carried.values())
        if not claims:
            return
        async with self.sessions.begin() as session:
            still_held = await lanes.renew(session, claims, clock=self.clock)
        for held in claims:
            if held.lane_id not in still_held:
                _log.warning("lease_lost", lane=str(held.lane_id), epoch=held.epoch)

    async def _keep_house(self) -> None:
        async with self.sessions.begin() as session:
            await kept_ubl.forget_old(session, clock=self.clock)
            await inbox.forget_old_messages(session, clock=self.clock)
            await outbox.forget_old(session, clock=self.clock)
            await installations.forget_old_sign_ins(session, clock=self.clock)
            await self.exporter.tokens.forget_old_attempts(session)
        await self.exporter.keep_connections_alive()

    async def _tell(self) -> None:
        while await self.exporter.notifier.send_due() and not self._stopping.is_set():
            pass

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._guarded(work)
            await asyncio.sleep(seconds)

    async def _guarded(self, work: Callable[[], Awaitable[_Result]]) -> _Result | None:
        """Whatever fails ends one round, never the worker: leases and rows bring the work back."""
        try:
            return await work()
        except Exception as error:
            if db.is_away(error):
                _log.warning("database_away")
                await asyncio.sleep(1.0)  # nothing can be kept while it is away
            else:
                _log.exception("worker_round_failed")
            return None


async def run(settings: Settings, *, stop: asyncio.Event) -> None:
    """Work until `stop` is set."""
    clock = Clock()
    async with opened(settings, clock=clock) as exporter:
        worker = Worker(exporter.sessions, exporter, clock, settings.worker_lanes)
        stopper = asyncio.create_task(_stop_when(stop, worker))
        await worker.run()
        stopper.cancel()


async def _stop_when(stop: asyncio.Event, worker: Worker) -> None:
    await stop.wait()
    worker.stop()
