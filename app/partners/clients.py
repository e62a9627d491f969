"""Whose client a Business Space is, as Banqup says."""

from uuid import UUID

from app.banqup.client import Banqup
from app.clock import Clock
from app.errors import Problem, TryLater
from app.reasons import NOT_FOUND


async def expect_linked(banqup: Banqup, partner_space_id: UUID, business_space_id: UUID, *, clock: Clock) -> None:
    """Raise `Problem`: 404 if Banqup does not link the client to the Partner Space, 503 if it does not answer."""
    try:
        linked = await banqup.has_client(partner_space_id, business_space_id)
    except TryLater as outcome:
        retry_after = str(outcome.seconds_left(clock.now()))
        raise Problem(outcome.reason, headers={"Retry-After": retry_after}) from outcome
    if not linked:
        raise Problem(NOT_FOUND.because("In Banqup, this client is not linked to your Partner Space."))
