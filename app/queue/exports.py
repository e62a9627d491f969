"""The exports of a lane: which is next, how an attempt ends, and what a person or a partner may do to them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.ext.asyncio import AsyncSession

from app import backoff
from app.clock import Clock
from app.queue import status_checks
from app.queue.description import Header
from app.queue.export_rows import add_event, notify, update_always, update_queued
from app.reasons import GAVE_UP, HELD, PROBABLE_DUPLICATE, UNCERTAIN, Reason, Who
from app.storage.models import (
    Activation,
    ActivationId,
    Export,
    ExportEvent,
    Installation,
    InstallationId,
    LaneId,
)
from app.vocabulary import Cutoff, En16931Policy

RETRIED_FOR = timedelta(days=30)
# A document that failed this often in a row steps aside: later ones of its company go first.
STEPS_ASIDE_AFTER = 6
# How long a credit note lets others go first at a time.
ASIDE_FOR = timedelta(seconds=5)
_WAS_POSTED = or_(Export.intent_at.is_not(None), Export.exact_id.is_not(None))
_OF_A_POST = (
    "exact_id",
    "exact_number",
    "exact_url",
    "exact_state",
    "intent",
    "intent_at",
    "posted_since",
    "search_next",
)


@dataclass(frozen=True, kw_only=True)
class DueExport:
    """An export that is due, with the activation it belongs to."""

    export: Export
    activation: Activation
    cutoff: Cutoff
    en16931: En16931Policy
    active: bool


async def next_due(session: AsyncSession, lane_id: LaneId, *, clock: Clock) -> DueExport | None:
    """Return the first in line if it is due, else the earliest due of those that stepped aside."""
    queued = _queued(lane_id, clock)
    first_in_line = queued.where(Export.blocks_lane).order_by(Export.sequence)
    stepped_aside = queued.where(~Export.blocks_lane).order_by(Export.due_at)
    for query in (first_in_line, stepped_aside):
        row = (await session.execute(query)).one_or_none()
        if row is not None and row.due:
            active = row.active and _is_exported(row.Activation)
            return DueExport(
                export=row.Export, activation=row.Activation, cutoff=row.cutoff, en16931=row.en16931, active=active
            )
    return None


def _is_exported(activation: Activation) -> bool:
    return activation.ended_at is None or activation.drains


def _queued(lane_id: LaneId, clock: Clock) -> Select[Export, Activation, Cutoff, En16931Policy, bool, bool]:
    due = (Export.due_at <= clock.sql()).label("due")
    return (
        select(Export, Activation, Installation.cutoff, Installation.en16931, Installation.active, due)
        .join(Activation, Activation.id == Export.activation_id)
        .join(Installation, Installation.id == Export.installation_id)
        .where(Export.lane_id == lane_id, Export.status == "queued")
        .limit(1)
    )


async def _now(session: AsyncSession, clock: Clock) -> datetime:
    moment = await session.scalar(select(clock.sql()))
    assert isinstance(moment, datetime)
    return moment


async def describe(session: AsyncSession, export: Export, description: Header) -> Export:
    """Record what the document is, as read and converted in this attempt. Raises `ExportCancelled`."""
    return await update_queued(session, export, asdict(description))


async def mark_ready(session: AsyncSession, export: Export, *, check_status: bool = False, clock: Clock) -> Export:
    """Record that Exact has everything; with `check_status`, schedule the first check of its postbox state."""
    values = {
        "exact_state": "open" if check_status else None,
        "follow_at": clock.sql() + status_checks.INTERVALS[0] if check_status else None,
        "status_checks": 0,
        "status": "ready_to_process",
        "reason": None,
        "ended_at": clock.sql(),
        "failures": 0,
        "failing_since": None,
        "look_first": False,
        "unclear_posts": 0,
    }
    export = await update_always(session, export, values)
    await add_event(session, export, "ready_to_process", {"exact_number": export.exact_number}, clock=clock)
    await notify(session, export, clock=clock)
    return export


async def step_aside(
    session: AsyncSession, export: Export, *, until: datetime | None = None, reason: Reason, clock: Clock
) -> Export:
    """Let later exports go first, without counting a failure. Raises `ExportCancelled`."""
    values = {"blocks_lane": False, "due_at": until or clock.sql() + ASIDE_FOR, "reason": reason.as_json()}
    return await update_queued(session, export, values)


async def end(
    session: AsyncSession,
    export: Export,
    status: Literal["error", "not_exported"],
    *,
    reason: Reason,
    generation: int,
    clock: Clock,
) -> Export:
    """End the export, or leave it queued if a newer message than `generation` came during the attempt.

    Raises `ExportCancelled`.
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
    export = await update_queued(session, export, values)
    await add_event(session, export, status, reason.as_json(), clock=clock)
    if export.status == "error":
        await notify(session, export, clock=clock)
    return export


async def schedule_retry(
    session: AsyncSession, export: Export, *, until: datetime | None, aside: bool = False, reason: Reason, clock: Clock
) -> Export:
    """Retry at `until`, or after a backoff; after 30 days of failures, end in `error`.

    With `aside`, or after six failures, later exports go first. Raises `ExportCancelled`.
    """
    now = await _now(session, clock)
    since = export.failing_since or now
    if now - since > RETRIED_FOR:
        gave_up = _gave_up(export, reason)
        return await end(session, export, "error", reason=gave_up, generation=export.generation, clock=clock)
    failures = export.failures + 1
    values = {
        "due_at": until or now + backoff.delay(failures, first=15, cap=6 * 3600),
        "failures": failures,
        "failing_since": since,
        "blocks_lane": failures < STEPS_ASIDE_AFTER and not aside,
        "reason": reason.as_json(),
    }
    export = await update_queued(session, export, values)
    await add_event(session, export, "postponed", reason.as_json(), clock=clock)
    return export


def _gave_up(export: Export, reason: Reason) -> Reason:
    if export.intent is None:
        return GAVE_UP.because(reason.sentence)
    return UNCERTAIN.because(f"We could not find out for 30 days whether Exact has “{export.subject}”.")


async def record_leftover(session: AsyncSession, begun: Export, *, clock: Clock) -> None:
    """Name a document that a cancelled export has left in Exact without its file, once."""
    export = await session.get_one(Export, begun.id, with_for_update=True)
    if export.status != "not_exported" or export.exact_id is None or export.attached:
        return
    left = f" Exact has document {export.exact_number} without its file; delete it there."
    reason = dict(export.reason or {})
    if left in reason.get("sentence", ""):
        return
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
    """End every queued export of an activation, or of the whole installation, as `not_exported`."""
    which = [Export.installation_id == installation_id, Export.status == "queued"]
    if activation_id is not None:
        which.append(Export.activation_id == activation_id)
    cancelled = (
        update(Export)
        .where(*which)
        .values(status="not_exported", reason=reason.as_json(), ended_at=clock.sql())
        .returning(Export.id, Export.installation_id)
        .cte("cancelled")
    )
    event, detail = literal("not_exported"), cast(reason.as_json(), JSONB)
    lines = select(cancelled.c.id, cancelled.c.installation_id, clock.sql(), event, detail)
    columns = ["export_id", "installation_id", "at", "event", "detail"]
    await session.execute(insert(ExportEvent).from_select(columns, lines))


async def count_queued(
    session: AsyncSession, installation_id: InstallationId, *, activation_id: ActivationId | None = None
) -> int:
    """Count the queued exports of an installation or of one activation."""
    query = select(func.count()).where(Export.installation_id == installation_id, Export.status == "queued")
    if activation_id is not None:
        query = query.where(Export.activation_id == activation_id)
    return await session.scalar(query) or 0


async def lift_hold(session: AsyncSession, export: Export, code: str) -> None:
    """Record that a person has lifted the hold with this code; the caller requeues the export."""
    lifted = sorted({*export.released_from, code})
    # `released` is read by the previous version
    duplicate = export.released or code == PROBABLE_DUPLICATE.code
    await update_always(session, export, {"released_from": lifted, "released": duplicate})


async def trust_absence(session: AsyncSession, export: Export) -> None:
    """Record a person's answer that Exact lacks the document: a lookup by its subject suffices before it is posted."""
    await update_always(session, export, {"intent": None, "posted_since": None, "search_next": None})


def as_readable(because: str) -> dict[str, Any]:
    """Return the values that release an export as readable, for the reason that a person states.

    They keep the error for the document's body, lift the hold, and forget a message in the digital postbox: a readable
    document goes to Exact's documents.
    """
    code = Export.reason["code"].astext
    lifted = func.array_append(Export.released_from, code)
    by_postbox = exists().where(Activation.id == Export.activation_id, Activation.route == "postbox").correlate(Export)
    return {
        "readable": func.jsonb_build_object("because", because, "error", Export.reason),
        "released_from": case((code.in_(HELD), lifted), else_=Export.released_from),
        "attached": case((by_postbox, array([], type_=Text)), else_=Export.attached),
        "look_first": and_(_WAS_POSTED, ~by_postbox),
        **{name: case((by_postbox, null()), else_=getattr(Export, name)) for name in _OF_A_POST},
    }


async def requeue(
    session: AsyncSession,
    which: Sequence[ColumnElement[bool]],
    *,
    values: Mapping[str, Any] | None = None,
    clock: Clock,
) -> dict[LaneId, int]:
    """Queue ended exports again, each under its client's activation in force; the attempt starts with a lookup.

    Return their number by lane, for the caller to wake.
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
            {
                "status": "queued",
                "activation_id": in_force,
                "generation": Export.generation + 1,
                "look_first": _WAS_POSTED,
                "unclear_posts": 0,
                "search_calls": 0,
                "left_out": [],
                "blocks_lane": True,
                "reason": None,
                "ended_at": None,
                "due_at": clock.sql(),
                **(values or {}),
            }
        )
        .returning(Export.id, Export.installation_id, Export.lane_id)
        .cte("queued")
    )
    lines = select(queued.c.id, queued.c.installation_id, clock.sql(), literal("sent_again"))
    noted = insert(ExportEvent).from_select(["export_id", "installation_id", "at", "event"], lines).cte("noted")
    rows = await session.execute(select(queued.c.lane_id, func.count()).group_by(queued.c.lane_id).add_cte(noted))
    return dict(rows.all())
