"""Where a partner is told what happens: one address for an installation, posted to as Standard Webhooks."""

from typing import Annotated

from fastapi import APIRouter, status
from pydantic import BaseModel, Field, StringConstraints

from app.api.callers import AuthenticatedRoute, ManagedSpace, ReadSpace
from app.api.fields import Body, Moment
from app.api.problems import documented
from app.api.services import ServicesDep
from app.errors import Problem
from app.notifications import outbox
from app.partners.installations import expect_installation
from app.reasons import DESTINATION_REFUSED, FORBIDDEN, INVALID_REQUEST, NOT_FOUND, UNAUTHENTICATED

router = APIRouter(
    prefix="/v1/installations/{partner_space_id}/notifications", tags=["Notifications"], route_class=AuthenticatedRoute
)

Destination = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]


class NotificationTargetRequest(Body):
    """Where to be told."""

    url: Destination = Field(
        description="Public https address; redirects are not followed.", examples=["https://partner.example/exact"]
    )


class NotificationTarget(BaseModel):
    """Where the installation is told."""

    url: str
    since: Moment = Field(description="What happened before is not told.")
    waiting: int = Field(description="Notifications that were not taken yet; they are sent again for three days.")


class NewNotificationTarget(NotificationTarget):
    """Where the installation is told, with the secret that signs."""

    secret: str = Field(
        description="Verifies `webhook-signature` (Standard Webhooks). Shown this once; PUT makes a new one.",
        examples=["whsec_bm90IGEgc2VjcmV0LCBidXQgMzIgYnl0ZXMgbG9uZyE="],
    )


@router.put(
    "",
    summary="Be told what happens",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST, DESTINATION_REFUSED),
)
async def set_notification_target(
    space: ManagedSpace, wanted: NotificationTargetRequest, services: ServicesDep
) -> NewNotificationTarget:
    """Set or change the address; gives a new secret.

    Told are `export.ready_to_process`, `export.error`, `connection.lost`, `connection.restored`, `client.activated`
    and `client.deactivated`, in their order, each at least once: `webhook-id` is the key of repeats. Any 2xx takes one.
    """
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
    target, secret = await services.notifier.set_target(installation.id, wanted.url)
    async with services.sessions() as session:
        waiting = await outbox.count_waiting(session, installation.id)
    return NewNotificationTarget(url=target.url, since=target.since, waiting=waiting, secret=secret)


@router.get(
    "", summary="Where it is told", responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST)
)
async def get_notification_target(space: ReadSpace, services: ServicesDep) -> NotificationTarget:
    """The address, and how many notifications wait for it."""
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
        found = await outbox.target_of(session, installation.id)
        if found is None:
            raise Problem(NOT_FOUND.because("No address for notifications is set."))
        waiting = await outbox.count_waiting(session, installation.id)
    return NotificationTarget(url=found.url, since=found.since, waiting=waiting)


@router.delete(
    "",
    summary="Be told nothing more",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def delete_notification_target(space: ManagedSpace, services: ServicesDep) -> None:
    """Forget the address and what was not told yet."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        await outbox.remove_target(session, installation.id)
