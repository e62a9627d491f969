"""Send ended exports again: one or many, as they are, released from what holds them, or as a readable document."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from app import audit
from app.clock import Clock
from app.errors import Problem
from app.queries.records import Record, expect_one
from app.queue import exports, lanes
from app.reasons import HELD, NOT_HELD, NOTHING_TO_RESEND, PROBABLE_DUPLICATE, STILL_QUEUED, UNCERTAIN
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


async def release(
    session: AsyncSession, installation: Installation, export_id: UUID, *, reason: str | None = None, clock: Clock
) -> Record:
    """Lift the hold of an export and send it. Raises `Problem` if nothing holds it, and as `resend` does."""
    export = (await expect_one(session, installation, export_id)).export
    code = (export.reason or {}).get("code")
    if export.status == "error" and code in HELD:
        await exports.lift_hold(session, export, code)
    elif export.status != "queued":
        raise Problem(NOT_HELD.because("Nothing holds this export for a person's decision."))
    action: AuditAction = "duplicate_released" if code == PROBABLE_DUPLICATE.code else "export_released"
    said = {"reason": reason} if reason else {}
    return await _resend(session, installation, export_id, action=action, said=said, clock=clock)


async def release_as_readable(
    session: AsyncSession, installation: Installation, export_id: UUID, *, because: str, clock: Clock
) -> Record:
    """Send an export in error as a readable document. Raises `Problem` if it is not in error, and as `resend` does."""
    export = (await expect_one(session, installation, export_id)).export
    if export.status not in ("error", "queued"):
        raise Problem(NOT_HELD.because("This export is not in error."))
    if _state_of(export)["code"] == UNCERTAIN.code:
        await exports.trust_absence(session, export)
    values, said = exports.as_readable(because), {"as": "readable", "reason": because}
    return await _resend(
        session, installation, export_id, action="export_released", values=values, said=said, clock=clock
    )


async def _resend(
    session: AsyncSession,
    installation: Installation,
    export_id: UUID,
    *,
    action: AuditAction,
    values: dict[str, Any] | None = None,
    said: dict[str, str] | None = None,
    clock: Clock,
) -> Record:
    record = await expect_one(session, installation, export_id)
    before = _state_of(record.export)
    _expect_active(installation)
    queued = await exports.requeue(session, [Export.id == record.export.id], values=values, clock=clock)
    if not queued and record.export.status == "queued":
        raise Problem(STILL_QUEUED.because("The document has not gone out yet."))
    if not queued:
        raise Problem(NOTHING_TO_RESEND.because(f"The client is not active for company {record.company_code}."))
    await lanes.wake(session, list(queued), clock=clock)
    after = {"status": "queued"} | (said or {})
    await audit.record(session, installation.id, action, subject=export_id, before=before, after=after, clock=clock)
    return await expect_one(session, installation, export_id)


def _state_of(export: Export) -> dict[str, str | None]:
    return {"status": export.status, "code": (export.reason or {}).get("code")}


async def resend_errors(session: AsyncSession, installation: Installation, *, client: UUID | None, clock: Clock) -> int:
    """Send again everything that ended in error, of one client or of all; return the number of documents."""
    return await _resend_errors(session, installation, client=client, action="errors_resent", clock=clock)


async def release_errors(
    session: AsyncSession,
    installation: Installation,
    *,
    because: str,
    client: UUID | None,
    code: str | None,
    clock: Clock,
) -> int:
    """Send everything in error as readable documents, of one client and one code if named; return their number.

    What is held for a person's decision stays, unless its code is named.
    """
    found = Export.reason["code"].astext
    return await _resend_errors(
        session,
        installation,
        client=client,
        which=[found == code if code else found.not_in(HELD)],
        values=exports.as_readable(because),
        action="errors_released",
        said={"as": "readable", "reason": because, "code": code},
        clock=clock,
    )


async def _resend_errors(
    session: AsyncSession,
    installation: Installation,
    *,
    client: UUID | None,
    which: list[ColumnElement[bool]] | None = None,
    values: dict[str, Any] | None = None,
    action: AuditAction,
    said: dict[str, Any] | None = None,
    clock: Clock,
) -> int:
    _expect_active(installation)
    which = [Export.installation_id == installation.id, Export.status == "error", *(which or [])]
    if client is not None:
        which.append(Export.business_space_id == client)
    queued = await exports.requeue(session, which, values=values, clock=clock)
    await lanes.wake(session, list(queued), clock=clock)
    count = sum(queued.values())
    after = {"count": count} | (said or {})
    await audit.record(session, installation.id, action, subject=client, after=after, clock=clock)
    return count


def _expect_active(installation: Installation) -> None:
    if not installation.active:
        raise Problem(NOTHING_TO_RESEND.because("The export is switched off for all clients."))
