"""Records how an attempt ended: delivered, ended, to be retried, or stopped with its connection."""

from dataclasses import dataclass
from typing import Literal

from app import log
from app.clock import Clock
from app.errors import NeedsSignIn, NotExported, Outcome, Rejected, StepAside, TryLater
from app.metrics import DELIVERED, EXPORTS, TIME_TO_EXACT
from app.partners import connections, installations
from app.queue import exports, lanes
from app.queue.export_rows import ExportCancelled
from app.queue.lanes import Lease
from app.reasons import RATE_LIMIT, Reason
from app.storage.db import Sessions
from app.storage.models import Export, InstallationId

_log = log.get(__name__)


@dataclass(frozen=True)
class OutcomeRecorder:
    """Records the outcome of an attempt, each in one transaction."""

    sessions: Sessions
    clock: Clock

    async def record_success(self, lease: Lease, export: Export, *, check_status: bool) -> None:
        """Record that Exact has everything, and lift the lane's block."""
        async with self.sessions.begin() as session:
            await lanes.expect_held(session, lease)
            await exports.mark_ready(session, export, check_status=check_status, clock=self.clock)
            lifted = await lanes.unblock(session, lease)
        if lifted is not None:
            await self._unblock_others(lease, lifted)
        EXPORTS.labels("ready_to_process").inc()
        DELIVERED.labels(export.grade or "peppol").inc()
        TIME_TO_EXACT.observe(max(0.0, (self.clock.now() - export.event_at).total_seconds()))
        _log.info("exported", exact_document=export.exact_number)

    async def _unblock_others(self, lease: Lease, code: str) -> None:
        async with self.sessions.begin() as session:
            await installations.lock(session, lease.installation_id)
            await lanes.unblock_others(session, lease, code=code, clock=self.clock)

    async def record(self, lease: Lease, begun: Export, outcome: Outcome) -> bool:
        """Record why an attempt that began with this row failed; return False if the whole lane must wait."""
        try:
            return await self._record(lease, begun, outcome)
        except ExportCancelled:
            await self.record_cancellation(begun)
            return True

    async def record_cancellation(self, begun: Export) -> None:
        """Record what an export that was cancelled during its attempt has left in Exact."""
        async with self.sessions.begin() as session:
            await exports.record_leftover(session, begun, clock=self.clock)
        _log.info("export_cancelled")

    async def _record(self, lease: Lease, begun: Export, outcome: Outcome) -> bool:
        match outcome:
            case NotExported():
                await self._end(lease, begun, "not_exported", outcome.reason)
            case Rejected():
                await self._end(lease, begun, "error", outcome.reason)
            case StepAside():
                async with self.sessions.begin() as session:
                    await lanes.expect_held(session, lease)
                    await exports.step_aside(
                        session, begun, until=outcome.until, reason=outcome.reason, clock=self.clock
                    )
            case NeedsSignIn():
                await self.lose_connection(lease.installation_id, outcome.reason)
                return False
            case TryLater():
                await self._retry_later(lease, begun, outcome)
                return not outcome.lane
        return True

    async def _end(self, lease: Lease, begun: Export, status: Literal["error", "not_exported"], reason: Reason) -> None:
        async with self.sessions.begin() as session:
            await lanes.expect_held(session, lease)
            await exports.end(session, begun, status, reason=reason, generation=begun.generation, clock=self.clock)
        EXPORTS.labels(status).inc()
        _log.info("export_ended", status=status, code=reason.kind.code)

    async def _retry_later(self, lease: Lease, begun: Export, outcome: TryLater) -> None:
        if outcome.lane:
            await self.block_lane(lease, outcome)
        until, reason = outcome.until, outcome.reason
        if reason.kind is not RATE_LIMIT:
            async with self.sessions.begin() as session:
                await lanes.expect_held(session, lease)
                await exports.schedule_retry(
                    session, begun, until=until, aside=outcome.aside, reason=reason, clock=self.clock
                )
        _log.info("export_postponed", code=reason.kind.code, whole_lane=outcome.lane)

    async def block_lane(self, lease: Lease, outcome: TryLater) -> None:
        """Let everything for the same company wait, or for every company of the connection."""
        async with self.sessions.begin() as session:
            if outcome.everywhere:
                await installations.lock(session, lease.installation_id)
                await lanes.block_others(session, lease, until=outcome.until, reason=outcome.reason)
            await lanes.block(session, lease, until=outcome.until, reason=outcome.reason, clock=self.clock)

    async def lose_connection(self, installation_id: InstallationId, reason: Reason) -> None:
        """Let every lane of the installation wait for a new sign-in."""
        async with self.sessions.begin() as session:
            await installations.lock(session, installation_id)
            if await connections.lose_connection(session, installation_id, reason=reason, clock=self.clock):
                _log.warning("connection_lost", installation=str(installation_id))
