"""Send ended exports again: one, one rejected as a probable duplicate, or all that ended in error."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import audit
from app.clock import Clock
from app.errors import Problem
from app.queries.records import Record, expect_one
from app.queue import exports, lanes
from app.reasons import NOTHING_TO_RESEND, STILL_QUEUED, UNCERTAIN
from app.storage.models import Export, Installation
from app.vocabulary import AuditAction


async def resend(session: AsyncSession, installation: Installation, export_id: UUID, *, clock: Clock) -> Record:
    """Send an ended export again. Raises `Problem` if it has not ended or its client is not active.

    If we asked whether Exact has the document, sending it again is the answer that it does not.
    """
    record = await expect_one(session, installation, export_id)
    if record.export.status == "error" and _state_of(record.export)["code"] == UNCERTAIN.code:
        await exports.trust_absence(session, record.export)
    return await _resend(session, installation, export_id, action="export_resent", clock=clock)


async def release(session: AsyncSession, installation: Installation, export_id: UUID, *, clock: Clock) -> Record:
    """Send an export that was rejected as a probable duplicate. Raises `Problem` as `resend` does."""
    record = await expect_one(session, installation, export_id)
    await exports.allow_duplicate(session, record.export)
    return await _resend(session, installation, export_id, action="duplicate_released", clock=clock)


async def _resend(
    session: AsyncSession, installation: Installation, export_id: UUID, *, action: AuditAction, clock: Clock
) -> Record:
    record = await expect_one(session, installation, export_id)
    before = _state_of(record.export)
    _expect_active(installation)
    queued = await exports.requeue(session, [Export.id == record.export.id], clock=clock)
    if not queued and record.export.status == "queued":
        raise Problem(STILL_QUEUED.because("The document has not gone out yet."))
    if not queued:
        raise Problem(NOTHING_TO_RESEND.because(f"The client is not active for company {record.company_code}."))
    await lanes.wake(session, list(queued), clock=clock)
    after = {"status": "queued"}
    await audit.record(session, installation.id, action, subject=export_id, before=before, after=after, clock=clock)
    return await expect_one(session, installation, export_id)


def _state_of(export: Export) -> dict[str, str | None]:
    return {"status": export.status, "code": (export.reason or {}).get("code")}


async def resend_errors(session: AsyncSession, installation: Installation, *, client: UUID | None, clock: Clock) -> int:
    """Send again everything that ended in error, of one client or of all; return the number of documents."""
    _expect_active(installation)
    which = [Export.installation_id == installation.id, Export.status == "error"]
    if client is not None:
        which.append(Export.business_space_id == client)
    queued = await exports.requeue(session, which, clock=clock)
    await lanes.wake(session, list(queued), clock=clock)
    count = sum(queued.values())
    await audit.record(session, installation.id, "errors_resent", subject=client, after={"count": count}, clock=clock)
    return count


def _expect_active(installation: Installation) -> None:
    if not installation.active:
        raise Problem(NOTHING_TO_RESEND.because("The export is switched off for all clients."))
