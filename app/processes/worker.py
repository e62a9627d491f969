"""A worker process: claims due lanes, processes many at once, renews their leases and stops gracefully."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from app import audit, log
from app.api import quotas
from app.clock import Clock
from app.exact import refresh_attempts
from app.exporting import Exporter, opened
from app.notifications import outbox
from app.partners import sign_ins
from app.processes.outage import Outage
from app.queue import inbox, kept_ubl, lanes
from app.queue.lanes import Lease
from app.settings import Settings
from app.storage import db, reach
from app.storage.db import Sessions

# How often an idle worker polls for due lanes, in seconds.
POLL = 0.1
HOUSEKEEPING = 60.0
NOTIFY_EVERY = 1.0

_Result = TypeVar("_Result")
_log = log.get(__name__)


@dataclass(kw_only=True)
class Worker:
    """Processes up to `max_lanes` lanes at once, and keeps no state that another worker would need."""

    sessions: Sessions
    exporter: Exporter
    clock: Clock
    max_lanes: int
    _leases: dict[asyncio.Task[None], Lease] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _outage: Outage = field(default_factory=Outage)

    async def run(self) -> None:
        """Work until `stop`; then finish the calls in flight and release every lane."""
        async with asyncio.TaskGroup() as group:
            keepers = [
                group.create_task(self._every(lanes.HEARTBEAT.total_seconds(), self._renew_leases)),
                group.create_task(self._every(HOUSEKEEPING, self._clean_up)),
                group.create_task(self._every(NOTIFY_EVERY, self._send_notifications)),
            ]
            await self._claim_until_stopped()
            while self._leases:
                await asyncio.wait(self._leases)
            for keeper in keepers:
                keeper.cancel()
        await self.exporter.notifier.finish()
        await self.exporter.tokens.finish()

    def stop(self) -> None:
        """Stop claiming; posts in flight are finished."""
        self._stopping.set()

    async def _claim_until_stopped(self) -> None:
        while not self._stopping.is_set():
            claimed = await self._guarded(self._claim) if len(self._leases) < self.max_lanes else False
            if not claimed:
                await self._wait()

    async def _claim(self) -> bool:
        async with self.sessions.begin() as session:
            leases = await lanes.claim(session, limit=self.max_lanes - len(self._leases), clock=self.clock)
        self._outage.end()
        for lease in leases:
            task = asyncio.create_task(self._process(lease))
            self._leases[task] = lease
            task.add_done_callback(self._leases.pop)
        return bool(leases)

    async def _process(self, lease: Lease) -> None:
        await self._guarded(lambda: self.exporter.process_lane(lease, stopping=self._stopping.is_set))

    async def _wait(self) -> None:
        """Wait for the next poll, for a free place, or for the stop."""
        stopped = asyncio.create_task(self._stopping.wait())
        waited_for = {stopped, *self._leases} if len(self._leases) >= self.max_lanes else {stopped}
        await asyncio.wait(waited_for, timeout=POLL, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()

    async def _renew_leases(self) -> None:
        leases = list(self._leases.values())
        if not leases:
            return
        ends = lanes.end_of_lease()  # taken before the statement: never later than the database's
        async with self.sessions.begin() as session:
            still_held = await lanes.renew(session, leases, clock=self.clock)
        for lease in leases:
            if lease.lane_id in still_held:
                lease.deadline.at = ends
            else:
                _log.warning("lease_lost", lane=str(lease.lane_id), epoch=lease.epoch)

    async def _clean_up(self) -> None:
        async with self.sessions.begin() as session:
            await kept_ubl.delete_expired(session, clock=self.clock)
            await inbox.delete_old_messages(session, clock=self.clock)
            await outbox.forget_old(session, clock=self.clock)
            await sign_ins.delete_expired(session, clock=self.clock)
            await refresh_attempts.forget_old(session, clock=self.clock)
            await quotas.forget_old(session, clock=self.clock)
            await audit.delete_expired(session, kept_for=self.exporter.settings.audit_kept_for, clock=self.clock)
        await self.exporter.keep_connections_alive()

    async def _send_notifications(self) -> None:
        while await self.exporter.notifier.start_due() and not self._stopping.is_set():
            pass

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._guarded(work)
            await asyncio.sleep(seconds)

    async def _guarded(self, work: Callable[[], Awaitable[_Result]]) -> _Result | None:
        """Let a failure end one round, never the worker: leases and rows keep the work."""
        try:
            return await work()
        except Exception as error:
            if db.is_away(error):
                self._outage.note(reach.said(error))
                await asyncio.sleep(1.0)  # nothing can be recorded meanwhile
            else:
                _log.exception("worker_round_failed")
            return None


async def run(settings: Settings, *, stop: asyncio.Event) -> None:
    """Work until `stop` is set."""
    clock = Clock()
    async with opened(settings, clock=clock) as exporter:
        worker = Worker(sessions=exporter.sessions, exporter=exporter, clock=clock, max_lanes=settings.worker_lanes)
        stopper = asyncio.create_task(_stop_when(stop, worker))
        await worker.run()
        stopper.cancel()


async def _stop_when(stop: asyncio.Event, worker: Worker) -> None:
    await stop.wait()
    worker.stop()
