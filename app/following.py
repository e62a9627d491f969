"""What became of messages in the digital postbox: asked in batches until it is final."""

from app import exports
from app.clock import Clock
from app.db import Sessions
from app.exact import postbox
from app.exact.client import Exact
from app.lanes import Claim
from app.models import Export
from app.reasons import REJECTED_IN_EXACT


async def follow(held: Claim, exact: Exact, *, sessions: Sessions, clock: Clock) -> None:
    """Ask for the states of a lane that are due, sixty by one call, and note them."""
    async with sessions() as session:
        due = await exports.to_follow(session, held.lane_id, most=postbox.MOST_AT_ONCE, clock=clock)
    if not due:
        return
    states = await postbox.states(exact, held.division, [export.exact_id for export in due if export.exact_id])
    for export in due:
        # A message that Exact no longer lists was removed by a person, who has dealt with it.
        await _note(
            export, states.get(export.exact_id, "processed") if export.exact_id else "processed", sessions, clock
        )


async def _note(export: Export, state: str, sessions: Sessions, clock: Clock) -> None:
    failed = None
    if state in postbox.FAILED:
        failed = REJECTED_IN_EXACT.because(f"In Exact the document is {state}.", state=state)
    async with sessions.begin() as session:
        final = state in postbox.FINAL
        await exports.followed(session, export, state, failed=failed, final=final, clock=clock)
