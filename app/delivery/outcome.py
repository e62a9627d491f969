"""What becomes of an export after an attempt: recorded, resting, waiting, or stopped with its connection."""

from dataclasses import dataclass

from app import log
from app.clock import Clock
from app.errors import NeedsSignIn, NotExported, Outcome, Rejected, StepAside, TryLater
from app.metrics import EXPORTS, TIME_TO_EXACT
from app.partners import installations
from app.queue import exports, lanes
from app.queue.exports import ExportCancelled
from app.queue.lanes import Lease
from app.reasons import RATE_LIMIT, Reason
from app.storage.db import Sessions
from app.storage.models import Export, InstallationId

_log = log.get(__name__)


@dataclass(frozen=True)
class OutcomeRecorder:
    """Writes the outcome of an attempt, each in one transaction."""

    sessions: Sessions
    clock: Clock

    async def succeeded(self, lease: Lease, export: Export, *, track_status: bool) -> None:
        """Everything is in Exact; whatever held the lane up is over."""
        async with self.sessions.begin() as session:
            await exports.mark_ready(session, export, track_status=track_status, clock=self.clock)
            await lanes.unblock(session, lease)
        EXPORTS.labels("ready_to_process").inc()
        TIME_TO_EXACT.observe(max(0.0, (self.clock.now() - export.event_at).total_seconds()))
        _log.info("exported", exact_document=export.exact_number)

    async def failed(self, lease: Lease, export: Export, outcome: Outcome) -> bool:
        """Record why an attempt that began with this row did not arrive; False where the whole lane has to wait."""
        try:
            return await self._record(lease, export, outcome)
        except ExportCancelled:
            await self.cancelled(export)
            return True

    async def cancelled(self, export: Export) -> None:
        """Somebody ended the export meanwhile; what is left of it in Exact is told."""
        async with self.sessions.begin() as session:
            await exports.record_leftover(session, export, clock=self.clock)
        _log.info("export_cancelled")

    async def _record(self, lease: Lease, export: Export, outcome: Outcome) -> bool:
        match outcome:
            case NotExported():
                await self._end(export, "not_exported", outcome.reason)
            case Rejected():
                await self._end(export, "error", outcome.reason)
            case StepAside():
                async with self.sessions.begin() as session:
                    await exports.step_aside(session, export, reason=outcome.reason, clock=self.clock)
            case NeedsSignIn():
                await self.lose_connection(lease.installation_id, outcome.reason)
                return False
            case TryLater():
                await self._retry_later(lease, export, outcome)
                return not outcome.lane
        return True

    async def _end(self, export: Export, status: str, reason: Reason) -> None:
        async with self.sessions.begin() as session:
            await exports.end(session, export, status, reason=reason, generation=export.generation, clock=self.clock)
        EXPORTS.labels(status).inc()
        _log.info("export_ended", status=status, code=reason.kind.code)

    async def _retry_later(self, lease: Lease, export: Export, outcome: TryLater) -> None:
        """Let the document wait, or with it everything that goes to the same company."""
        if outcome.lane:
            await self.block_lane(lease, outcome)
        if outcome.reason.kind is not RATE_LIMIT:
            async with self.sessions.begin() as session:
                await exports.schedule_retry(
                    session, export, until=outcome.until, reason=outcome.reason, clock=self.clock
                )
        _log.info("export_postponed", code=outcome.reason.kind.code, whole_lane=outcome.lane)

    async def block_lane(self, lease: Lease, outcome: TryLater) -> None:
        """Let everything that goes to the same company wait."""
        async with self.sessions.begin() as session:
            await lanes.block(session, lease, until=outcome.until, reason=outcome.reason, clock=self.clock)

    async def lose_connection(self, installation_id: InstallationId, reason: Reason) -> None:
        """The connection needs a new sign-in: every lane of the installation waits for it."""
        async with self.sessions.begin() as session:
            await installations.lock(session, installation_id)
            if await installations.lose_connection(session, installation_id, reason=reason, clock=self.clock):
                _log.warning("connection_lost", installation=str(installation_id))
