"""What became of messages in the digital postbox: asked in batches until it is final."""

from app.clock import Clock
from app.errors import Rejected
from app.exact import postbox
from app.exact.client import Exact
from app.queue import exports
from app.queue.lanes import Lease
from app.reasons import REJECTED_IN_EXACT
from app.storage.db import Sessions
from app.storage.models import Export


async def check_due(lease: Lease, exact: Exact, *, sessions: Sessions, clock: Clock) -> None:
    """Ask for the states of a lane that are due, sixty by one call, and note them."""
    async with sessions() as session:
        due = await exports.due_for_status_check(session, lease.lane_id, limit=postbox.MOST_AT_ONCE, clock=clock)
    if not due:
        return
    try:
        states = await postbox.states(exact, lease.division, [export.exact_id for export in due if export.exact_id])
    except Rejected:  # a question that Exact refuses says nothing of the messages, and must not hold up the lane
        states = {export.exact_id: export.exact_state or "open" for export in due if export.exact_id}
    for export in due:
        known = states.get(export.exact_id) if export.exact_id else None
        await _note(export, known or _missing(export), sessions, clock)


def _missing(export: Export) -> str:
    """Exact does not list the message: the search may lag, so it is removed only when that is so twice."""
    return postbox.REMOVED if export.exact_state == postbox.NOT_FOUND else postbox.NOT_FOUND


async def _note(export: Export, state: str, sessions: Sessions, clock: Clock) -> None:
    failed = None
    if state in postbox.FAILED:
        failed = REJECTED_IN_EXACT.because(f"In Exact the document is {state}.", state=state)
    async with sessions.begin() as session:
        final = state in postbox.FINAL
        await exports.record_postbox_status(session, export, state, failed=failed, final=final, clock=clock)
