"""The audit log: every change records a line in its own transaction, with the actor bound at the door.

A change calls `record`; the API, the sign-in callback and the command line bind the actor with `acting_as`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.storage.models import AuditLine, InstallationId
from app.vocabulary import ActorKind, AuditAction

_LONGEST = 200  # characters of an actor's name


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who makes a change: a token's subject, a browser, a user of the operator's machine, or the service."""

    kind: ActorKind
    name: str
    client: str | None = None


_SERVICE = Actor(kind="service", name="banqup-exact")
_actor: ContextVar[Actor] = ContextVar("actor", default=_SERVICE)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Attribute the changes of this block to the actor."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


async def record(
    session: AsyncSession,
    installation_id: InstallationId | None,
    action: AuditAction,
    *,
    subject: object = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    clock: Clock,
) -> None:
    """Append a line in the transaction of the change. `before` and `after` hold no secret and no payload.

    Without an installation, the change concerns the whole service, and no partner sees its line.
    """
    actor = _actor.get()
    await session.execute(
        insert(AuditLine).values(
            installation_id=installation_id,
            at=clock.sql(),
            action=action,
            actor_kind=actor.kind,
            actor=actor.name[:_LONGEST],
            actor_client=actor.client and actor.client[:_LONGEST],
            subject=None if subject is None else str(subject),
            before=before,
            after=after,
        )
    )


async def delete_expired(session: AsyncSession, *, kept_for: timedelta, clock: Clock) -> None:
    """Delete the lines whose retention period has expired; the database refuses to delete those of the last year."""
    await session.execute(delete(AuditLine).where(AuditLine.at < clock.sql() - kept_for))
