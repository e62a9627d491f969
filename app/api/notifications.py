"""The notification target: one URL per installation, called with Standard Webhooks."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, Field, StringConstraints

from app import audit
from app.api.callers import AuthenticatedRoute, ManagedSpace, ReadSpace
from app.api.fields import Body, Moment
from app.api.problems import documented
from app.api.services import ServicesDep
from app.errors import Problem
from app.notifications import outbox
from app.partners.installations import expect_installation
from app.reasons import DESTINATION_REFUSED, FORBIDDEN, INVALID_REQUEST, NOT_FOUND, UNAUTHENTICATED
from app.vocabulary import TargetState

router = APIRouter(
    prefix="/v1/installations/{partner_space_id}/notifications", tags=["Notifications"], route_class=AuthenticatedRoute
)

Destination = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]


class NotificationTargetRequest(Body):
    """Where to send notifications."""

    url: Destination = Field(
        description="Public https URL. Redirects are not followed.", examples=["https://partner.example/exact"]
    )


class NotificationTarget(BaseModel):
    """The installation's notification target."""

    url: str
    since: Moment = Field(description="Earlier events are not sent.")
    waiting: int = Field(description="Notifications not yet accepted; we retry each for three days.")
    state: TargetState = Field(
        description="`ok`; `failing` while we retry; `paused` after six failures in a row: we retry every few hours."
    )
    last_failure: str | None = Field(default=None, description="Why the last attempt failed.", examples=["status_500"])
    next_attempt_at: Moment | None = Field(default=None, description="When we retry.")


class NewNotificationTarget(NotificationTarget):
    """The installation's notification target, with its signing secret."""

    secret: str = Field(
        description="Verifies `webhook-signature` (Standard Webhooks). Shown only once; PUT creates a new one.",
        examples=["whsec_bm90IGEgc2VjcmV0LCBidXQgMzIgYnl0ZXMgbG9uZyE="],
    )


@router.put(
    "",
    summary="Set the notification target",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, DESTINATION_REFUSED),
)
async def set_notification_target(
    space: ManagedSpace, body: NotificationTargetRequest, services: ServicesDep
) -> NewNotificationTarget:
    """Set or replace the URL and return a new secret.

    We send `export.ready_to_process`, `export.error`, `connection.lost`, `connection.restored`, `client.activated` and
    `client.deactivated`, in order and at least once: use `webhook-id` to detect duplicates. Accept with any 2xx status.
    """
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
    target, secret = await services.notifier.set_target(installation.id, body.url)
    async with services.sessions() as session:
        health = await outbox.health_of(session, installation.id)
    return NewNotificationTarget(url=target.url, since=target.since, secret=secret, **asdict(health))


@router.get(
    "",
    summary="Read the notification target",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_notification_target(space: ReadSpace, services: ServicesDep) -> NotificationTarget:
    """Return the URL, how it answers, and the number of waiting notifications."""
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
        found = await outbox.target_of(session, installation.id)
        if found is None:
            raise Problem(NOT_FOUND.because("No notification target is set."))
        health = await outbox.health_of(session, installation.id)
    return NotificationTarget(url=found.url, since=found.since, **asdict(health))


@router.delete(
    "",
    summary="Remove the notification target",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def delete_notification_target(space: ManagedSpace, services: ServicesDep) -> None:
    """Stop sending notifications and discard the waiting ones."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        before = outbox.shown(await outbox.remove_target(session, installation.id))
        await audit.record(session, installation.id, "notification_target_removed", before=before, clock=services.clock)
