"""Checks the state of messages in the digital postbox, in batches, until it is final."""

from app.clock import Clock
from app.errors import Rejected
from app.exact import postbox
from app.exact.client import Exact
from app.queue import lanes, status_checks
from app.queue.lanes import Lease
from app.reasons import REJECTED_IN_EXACT
from app.storage.db import Sessions
from app.storage.models import Export
from app.vocabulary import PostboxState


async def check_due(lease: Lease, exact: Exact, *, sessions: Sessions, clock: Clock) -> None:
    """Ask for the states of a lane that are due, sixty per call, and record them. Raises `LeaseLost`."""
    async with sessions() as session:
        due = await status_checks.due(session, lease.lane_id, limit=postbox.MOST_AT_ONCE, clock=clock)
    if not due:
        return
    try:
        states = await postbox.states(exact, lease.division, [export.exact_id for export in due if export.exact_id])
    except Rejected:  # says nothing of the messages, and must not block the lane
        states = {export.exact_id: export.exact_state or "open" for export in due if export.exact_id}
    for export in due:
        known = states.get(export.exact_id) if export.exact_id else None
        await _record(lease, export, known or _state_if_unlisted(export), sessions, clock)


def _state_if_unlisted(export: Export) -> PostboxState:
    """Return `removed` for a message that Exact does not list twice in a row: the search may lag."""
    return postbox.REMOVED if export.exact_state == postbox.NOT_FOUND else postbox.NOT_FOUND


async def _record(lease: Lease, export: Export, state: PostboxState, sessions: Sessions, clock: Clock) -> None:
    failed = None
    if state in postbox.FAILED:
        failed = REJECTED_IN_EXACT.because(f"In Exact the document is {state}.", state=state)
    async with sessions.begin() as session:
        await lanes.expect_held(session, lease)
        final = state in postbox.FINAL
        await status_checks.record(session, export, state, failed=failed, final=final, clock=clock)
