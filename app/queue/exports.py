"""Exports: the documents on their way, what may happen to them, and their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, cast, func, insert, literal, null, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from app.backoff import delay
from app.clock import Clock
from app.exact.route import CreatedDocument
from app.notifications import outbox
from app.reasons import GAVE_UP, UNCERTAIN, Reason, Who
from app.storage.models import (
    Activation,
    ActivationId,
    Export,
    ExportEvent,
    Installation,
    InstallationId,
    LaneId,
)

RETRIED_FOR = timedelta(days=30)
# A document that failed this often in a row steps aside and lets the later ones of its company go first.
STEPS_ASIDE_AFTER = 6
# How long a credit note lets others go first at a time.
ASIDE_FOR = timedelta(seconds=5)
# When the state of a message in the digital postbox is asked again.
STATUS_CHECK_INTERVALS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)


class ExportCancelled(Exception):
    """The export was ended from outside (deactivated, uninstalled) while it was being carried: stop here."""


@dataclass(frozen=True)
class DueExport:
    """An export that is due, with the activation it came under."""

    export: Export
    activation: Activation
    cutoff: str
    active: bool


async def next_due(session: AsyncSession, lane_id: LaneId, *, clock: Clock) -> DueExport | None:
    """The first in line where it is due, else one that stepped aside and is due again; None where nothing is due."""
    queued = _queued(lane_id, clock)
    first_in_line = queued.where(Export.blocks_lane).order_by(Export.sequence)
    stepped_aside = queued.where(~Export.blocks_lane).order_by(Export.due_at)
    for query in (first_in_line, stepped_aside):
        row = (await session.execute(query)).one_or_none()
        if row is not None and row.due:
            return DueExport(row.Export, row.Activation, row.cutoff, row.active and _goes_on(row.Activation))
    return None


def _goes_on(activation: Activation) -> bool:
    return activation.ended_at is None or activation.drains


def _queued(lane_id: LaneId, clock: Clock) -> Select[Export, Activation, str, bool, bool]:
    due = (Export.due_at <= clock.sql()).label("due")
    return (
        select(Export, Activation, Installation.cutoff, Installation.active, due)
        .join(Activation, Activation.id == Export.activation_id)
        .join(Installation, Installation.id == Export.installation_id)
        .where(Export.lane_id == lane_id, Export.status == "queued")
        .limit(1)
    )


async def _now(session: AsyncSession, clock: Clock) -> datetime:
    moment = await session.scalar(select(clock.sql()))
    assert isinstance(moment, datetime)
    return moment


async def describe(session: AsyncSession, export: Export, values: dict[str, Any]) -> Export:
    """Note what the document is (folder, number, parties, amount, hash), as read and converted in this attempt."""
    return await _update_queued(session, export, values)


async def record_intent(session: AsyncSession, export: Export, step: str, *, clock: Clock) -> Export:
    """Note that a step is about to be posted. Commit before posting. Raises `ExportCancelled`."""
    return await _update_queued(session, export, {"intent": step, "intent_at": clock.sql(), "lookup_count": 0})


async def clear_intent(session: AsyncSession, export: Export) -> Export:
    """Exact answered clearly that it stored nothing: the next attempt need not look first."""
    return await _update(session, export, {"intent": None, "lookup_count": 0})


async def record_lookup_miss(session: AsyncSession, export: Export) -> Export:
    """Exact was asked once more whether it has the document, and did not find it."""
    return await _update_queued(session, export, {"lookup_count": export.lookup_count + 1})


async def record_document(session: AsyncSession, export: Export, created: CreatedDocument) -> Export:
    """Exact has the document: a fact, whoever may have ended the export meanwhile."""
    no_file_pending = func.coalesce(Export.intent, "document") == "document"
    values = {
        "exact_id": created.id,
        "exact_number": created.number,
        "exact_url": created.url,
        "intent": case((no_file_pending, null()), else_=Export.intent),
        "lookup_count": case((no_file_pending, 0), else_=Export.lookup_count),
    }
    return await _update(session, export, values)


async def record_files(session: AsyncSession, export: Export, filenames: Sequence[str]) -> Export:
    """Exact has these files of the document."""
    return await _update(session, export, {"attached": list(filenames), "intent": None})


async def require_lookup(session: AsyncSession, export: Export) -> Export:
    """Exact does not seem to have the document any more: the next attempt looks for it."""
    return await _update_queued(session, export, {"look_first": True})


async def forget_document(session: AsyncSession, export: Export) -> Export:
    """Exact no longer has what was made before: begin anew."""
    nothing: dict[str, Any] = {
        "exact_id": None,
        "exact_number": None,
        "exact_url": None,
        "attached": [],
        "intent": None,
    }
    return await _update_queued(session, export, {**nothing, "lookup_count": 0, "look_first": False})


async def mark_ready(session: AsyncSession, export: Export, *, track_status: bool = False, clock: Clock) -> Export:
    """Everything is in Exact; `track_status` where what becomes of it there can be asked."""
    values = {
        "exact_state": "open" if track_status else None,
        "follow_at": clock.sql() + STATUS_CHECK_INTERVALS[0] if track_status else None,
        "status_checks": 0,
        "status": "ready_to_process",
        "reason": None,
        "ended_at": clock.sql(),
        "failures": 0,
        "failing_since": None,
        "look_first": False,
    }
    export = await _update(session, export, values)
    await add_event(session, export, "ready_to_process", {"exact_number": export.exact_number}, clock=clock)
    await _notify(session, export, clock)
    return export


async def due_for_status_check(session: AsyncSession, lane_id: LaneId, *, limit: int, clock: Clock) -> list[Export]:
    """Exports in the digital postbox whose state is due to be asked."""
    rows = await session.scalars(
        select(Export)
        .where(Export.lane_id == lane_id, Export.follow_at <= clock.sql())
        .order_by(Export.follow_at)
        .limit(limit)
    )
    return list(rows)


async def record_postbox_status(
    session: AsyncSession, export: Export, state: str, *, failed: Reason | None, final: bool, clock: Clock
) -> Export:
    """Note what became of a message at its recipient; ask again after a growing pause until that is final."""
    checks = export.status_checks + 1
    next_check = clock.sql() + STATUS_CHECK_INTERVALS[min(checks, len(STATUS_CHECK_INTERVALS) - 1)]
    values: dict[str, Any] = {
        "exact_state": state,
        "follow_at": None if final else next_check,
        "status_checks": checks,
    }
    if failed is not None:
        values |= {"status": "error", "reason": failed.as_json()}
    changed = state != export.exact_state
    export = await _update(session, export, values)
    if changed:
        await add_event(session, export, "in_exact", {"state": state}, clock=clock)
    if failed is not None:
        await _notify(session, export, clock)
    return export


async def step_aside(session: AsyncSession, export: Export, *, reason: Reason, clock: Clock) -> Export:
    """Let later ones go first, without counting a failure."""
    values = {"blocks_lane": False, "due_at": clock.sql() + ASIDE_FOR, "reason": reason.as_json()}
    return await _update_queued(session, export, values)


async def end(
    session: AsyncSession, export: Export, status: str, *, reason: Reason, generation: int, clock: Clock
) -> Export:
    """Let the export rest as `error` or `not_exported`.

    It stays queued where a newer message came since the attempt began with `generation`.
    """
    newer = Export.generation != generation
    values: dict[str, Any] = {
        "status": case((newer, "queued"), else_=status),
        "reason": case((newer, null()), else_=cast(reason.as_json(), JSONB)),
        "ended_at": case((newer, null()), else_=clock.sql()),
        "due_at": clock.sql(),
        "failures": 0,
        "failing_since": None,
    }
    export = await _update_queued(session, export, values)
    await add_event(session, export, status, reason.as_json(), clock=clock)
    if export.status == "error":
        await _notify(session, export, clock)
    return export


async def schedule_retry(
    session: AsyncSession, export: Export, *, until: datetime | None, reason: Reason, clock: Clock
) -> Export:
    """Try again at `until`, or after a growing pause with jitter; after 30 days of failing it rests in error."""
    now = await _now(session, clock)
    since = export.failing_since or now
    if now - since > RETRIED_FOR:
        gave_up = UNCERTAIN.because(f"Whether Exact has “{export.subject}” could not be found out for 30 days.")
        if export.intent is None:
            gave_up = GAVE_UP.because(reason.sentence)
        return await end(session, export, "error", reason=gave_up, generation=export.generation, clock=clock)
    failures = export.failures + 1
    values = {
        "due_at": until or now + delay(failures, first=15, cap=6 * 3600),
        "failures": failures,
        "failing_since": since,
        "blocks_lane": failures < STEPS_ASIDE_AFTER,
        "reason": reason.as_json(),
    }
    export = await _update_queued(session, export, values)
    await add_event(session, export, "postponed", reason.as_json(), clock=clock)
    return export


async def record_leftover(session: AsyncSession, begun: Export, *, clock: Clock) -> None:
    """An export that was ended between two posts has left a document without its file in Exact: say so."""
    export = await session.get_one(Export, begun.id, with_for_update=True)
    if export.status != "not_exported" or export.exact_id is None or export.attached:
        return
    left = f" Exact has document {export.exact_number} without its file; delete it there."
    reason = dict(export.reason or {})
    export.reason = reason | {"sentence": f"{reason.get('sentence', '')}{left}", "who": Who.PARTNER.value}
    await add_event(session, export, "left_in_exact", {"exact_number": export.exact_number}, clock=clock)


async def cancel_queued(
    session: AsyncSession,
    installation_id: InstallationId,
    *,
    activation_id: ActivationId | None = None,
    reason: Reason,
    clock: Clock,
) -> None:
    """Let everything that waits under an activation, or in the whole installation, rest as *not exported*."""
    which = [Export.installation_id == installation_id, Export.status == "queued"]
    if activation_id is not None:
        which.append(Export.activation_id == activation_id)
    stopped = (
        update(Export)
        .where(*which)
        .values(status="not_exported", reason=reason.as_json(), ended_at=clock.sql())
        .returning(Export.id, Export.installation_id)
        .cte("stopped")
    )
    event, detail = literal("not_exported"), cast(reason.as_json(), JSONB)
    lines = select(stopped.c.id, stopped.c.installation_id, clock.sql(), event, detail)
    columns = ["export_id", "installation_id", "at", "event", "detail"]
    await session.execute(insert(ExportEvent).from_select(columns, lines))


async def count_queued(
    session: AsyncSession, installation_id: InstallationId, *, activation_id: ActivationId | None = None
) -> int:
    """Documents that have not gone out yet, of an installation or of one activation."""
    query = select(func.count()).where(Export.installation_id == installation_id, Export.status == "queued")
    if activation_id is not None:
        query = query.where(Export.activation_id == activation_id)
    return await session.scalar(query) or 0


async def allow_duplicate(session: AsyncSession, export: Export) -> None:
    """A person has seen that it is no duplicate; the caller queues it again."""
    await _update(session, export, {"released": True})


async def requeue(session: AsyncSession, which: Sequence[ColumnElement[bool]], *, clock: Clock) -> dict[LaneId, int]:
    """Send ended exports again, each under its client's activation in force; Exact is looked at first.

    Gives how many there are, by lane: the caller wakes those.
    """
    in_force = (
        select(Activation.id)
        .where(
            Activation.installation_id == Export.installation_id,
            Activation.business_space_id == Export.business_space_id,
            Activation.division == Export.division,
            Activation.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    queued = (
        update(Export)
        .where(Export.status != "queued", in_force.is_not(None), *which)
        .values(
            status="queued",
            activation_id=in_force,
            generation=Export.generation + 1,
            look_first=Export.subject.is_not(None),
            blocks_lane=True,
            reason=None,
            ended_at=None,
            due_at=clock.sql(),
        )
        .returning(Export.id, Export.installation_id, Export.lane_id)
        .cte("queued")
    )
    lines = select(queued.c.id, queued.c.installation_id, clock.sql(), literal("sent_again"))
    noted = insert(ExportEvent).from_select(["export_id", "installation_id", "at", "event"], lines).cte("noted")
    rows = await session.execute(select(queued.c.lane_id, func.count()).group_by(queued.c.lane_id).add_cte(noted))
    return dict(rows.all())


async def add_event(
    session: AsyncSession, export: Export, event: str, detail: dict[str, Any] | None = None, *, clock: Clock
) -> None:
    """Add a line to the history."""
    line = {"export_id": export.id, "installation_id": export.installation_id, "event": event, "detail": detail}
    await session.execute(insert(ExportEvent).values(at=clock.sql(), **line))


async def _notify(session: AsyncSession, export: Export, clock: Clock) -> None:
    data = {
        "export": str(export.id),
        "client": str(export.business_space_id),
        "document": str(export.document_id),
        "status": export.status,
        "number": export.number,
        "exact_number": export.exact_number,
        "exact_state": export.exact_state,
        "reason": export.reason,
    }
    await outbox.enqueue(session, export.installation_id, f"export.{export.status}", data, clock=clock)


async def _update_queued(session: AsyncSession, export: Export, values: dict[str, Any]) -> Export:
    """Write to an export that is still queued; raises `ExportCancelled` where somebody ended it."""
    updated = (await session.scalars(_statement(export, values).where(Export.status == "queued"))).one_or_none()
    if updated is None:
        raise ExportCancelled
    return updated


async def _update(session: AsyncSession, export: Export, values: dict[str, Any]) -> Export:
    """Write a fact about Exact, true in whatever state the export is by now."""
    return (await session.scalars(_statement(export, values))).one()


def _statement(export: Export, values: dict[str, Any]) -> ReturningUpdate[Export]:
    """An update that gives the row back as it is then."""
    statement = update(Export).where(Export.id == export.id).values(**values).returning(Export)
    return statement.execution_options(populate_existing=True, synchronize_session=False)
