"""The outbox: notifications as rows, retried until delivered or three days old."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.backoff import delay
from app.clock import Clock
from app.notifications.events import Event
from app.storage.models import InstallationId, Notification, NotificationTarget
from app.vocabulary import TargetState

RETRIED_FOR = timedelta(days=3)
PAUSED_AFTER = 6  # failures in a row; retries are minutes to hours apart then
# Longer than one attempt can take; if a sender dies, another takes over afterwards.
_LEASE = timedelta(seconds=60)
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Due:
    """A claimed notification, and where to send it."""

    notification: Notification
    url: str
    secret: bytes


async def set_target(
    session: AsyncSession, installation_id: InstallationId, *, url: str, secret: bytes, clock: Clock
) -> None:
    """Send future events to a URL, signed with a secret (sealed for this installation)."""
    values = {"url": url, "secret": secret, "since": clock.sql()}
    await session.execute(
        upsert(NotificationTarget)
        .values(installation_id=installation_id, **values)
        .on_conflict_do_update(index_elements=["installation_id"], set_=values)
    )


async def target_of(session: AsyncSession, installation_id: InstallationId) -> NotificationTarget | None:
    """Return the installation's notification target."""
    return await session.get(NotificationTarget, installation_id)


def shown(url: str | None) -> dict[str, str] | None:
    """Return a target as the audit log shows it: a path or query may be a secret, so only its hash stands there."""
    if url is None:
        return None
    return {"host": urlsplit(url).hostname or "", "url_sha256": hashlib.sha256(url.encode()).hexdigest()}


async def remove_target(session: AsyncSession, installation_id: InstallationId) -> str | None:
    """Delete the target and its undelivered notifications; return its URL."""
    url = await session.scalar(
        delete(NotificationTarget)
        .where(NotificationTarget.installation_id == installation_id)
        .returning(NotificationTarget.url)
    )
    waiting = (Notification.installation_id == installation_id, Notification.ended_at.is_(None))
    await session.execute(delete(Notification).where(*waiting))
    return url


async def enqueue(session: AsyncSession, installation_id: InstallationId, event: Event, *, clock: Clock) -> None:
    """Enqueue an event if the installation has a target; the caller commits it together with its cause."""
    wanted = exists().where(NotificationTarget.installation_id == installation_id)
    event_type, data = literal(event.type), literal(event.data, JSONB)
    row = select(literal(installation_id), event_type, data, clock.sql(), clock.sql()).where(wanted)
    columns = ["installation_id", "type", "data", "at", "due_at"]
    await session.execute(insert(Notification).from_select(columns, row))


async def claim(session: AsyncSession, *, most: int, clock: Clock) -> list[Due]:
    """Claim the first undelivered notification of each installation, if due, under a lease of a minute."""
    earlier = aliased(Notification)
    behind = exists().where(
        earlier.installation_id == Notification.installation_id,
        earlier.ended_at.is_(None),
        earlier.sequence < Notification.sequence,
    )
    rows = await session.execute(
        select(Notification, NotificationTarget)
        .join(NotificationTarget, NotificationTarget.installation_id == Notification.installation_id)
        .where(Notification.ended_at.is_(None), Notification.due_at <= clock.sql(), ~behind)
        .order_by(Notification.due_at)
        .limit(most)
        .with_for_update(of=Notification, skip_locked=True, key_share=True)
    )
    due = [Due(notification=notification, url=target.url, secret=target.secret) for notification, target in rows]
    claimed = [one.notification.id for one in due]
    values = {"due_at": clock.sql() + _LEASE, "attempts": Notification.attempts + 1}
    await session.execute(
        update(Notification).where(Notification.id.in_(claimed)).values(values),
        execution_options={"synchronize_session": False},
    )
    return due


async def mark_delivered(session: AsyncSession, notification_id: UUID, *, clock: Clock) -> None:
    """Record that the target accepted the notification."""
    await _end(session, notification_id, "delivered", clock)


async def mark_failed(session: AsyncSession, notification: Notification, outcome: str, *, clock: Clock) -> None:
    """Schedule a retry with backoff, or give up after three days."""
    if clock.now() - notification.at > RETRIED_FOR:
        return await _end(session, notification.id, "given_up", clock)
    again = clock.sql() + delay(notification.attempts + 1, first=5, cap=6 * 3600)
    await session.execute(
        update(Notification).where(Notification.id == notification.id).values(due_at=again, outcome=outcome)
    )
    return None


async def _end(session: AsyncSession, notification_id: UUID, outcome: str, clock: Clock) -> None:
    ended = {"ended_at": clock.sql(), "outcome": outcome}
    await session.execute(update(Notification).where(Notification.id == notification_id).values(ended))


async def forget_old(session: AsyncSession, *, clock: Clock) -> None:
    """Delete notifications that ended long ago."""
    await session.execute(delete(Notification).where(Notification.ended_at < clock.sql() - _KEPT_FOR))


@dataclass(frozen=True, kw_only=True)
class TargetHealth:
    """How a target answers; `last_failure` and `next_attempt_at` while notifications wait for it."""

    state: TargetState
    waiting: int
    last_failure: str | None
    next_attempt_at: datetime | None


async def health_of(session: AsyncSession, installation_id: InstallationId) -> TargetHealth:
    """Return how the target answers, by the first notification that waits for it."""
    waiting = await count_waiting(session, installation_id)
    first = await session.scalar(
        select(Notification)
        .where(Notification.installation_id == installation_id, Notification.ended_at.is_(None))
        .order_by(Notification.sequence)
        .limit(1)
    )
    if first is None or first.outcome is None:
        return TargetHealth(state="ok", waiting=waiting, last_failure=None, next_attempt_at=None)
    state: TargetState = "paused" if first.attempts >= PAUSED_AFTER else "failing"
    return TargetHealth(state=state, waiting=waiting, last_failure=first.outcome, next_attempt_at=first.due_at)


async def count_waiting(session: AsyncSession, installation_id: InstallationId) -> int:
    """Return the number of undelivered notifications."""
    waiting = (Notification.installation_id == installation_id, Notification.ended_at.is_(None))
    return await session.scalar(select(func.count()).where(*waiting)) or 0
