"""Searches Exact for a document in shares of a minute's calls, so that a company's other documents go on.

The place of the search is kept in the export's row: the next minute continues there. A search that has used up its
calls becomes a question to a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.clock import Clock
from app.errors import Rejected, StepAside
from app.exact.client import Minute, Pace
from app.exact.route import CreatedDocument, Draft
from app.exact.search import Look, Window
from app.queue import lanes, write_ahead
from app.queue.lanes import Lease
from app.reasons import CHECKING_EXACT, UNCERTAIN, Reason
from app.storage.db import Sessions
from app.storage.models import Export

# The calls of one search: 200,000 documents at 1,000 a page, 12,000 at 60.
MOST_CALLS = 200
# The shares of a minute's calls: for one document at a time, and for all searches of a company together.
_FOR_ONE, _FOR_ALL = 4, 2


class Searchable(Protocol):
    """What a route offers to a search."""

    async def look_through(self, draft: Draft, *, window: Window, place: str | None) -> Look:
        """Search one page of what Exact created in the window."""


@dataclass(frozen=True, kw_only=True)
class Searcher:
    """Searches one company."""

    sessions: Sessions
    route: Searchable
    pace: Pace
    clock: Clock
    lease: Lease

    async def search(self, export: Export, draft: Draft) -> tuple[Export, CreatedDocument | None]:
        """Look through all that Exact created while we posted; return the document, or None if Exact lacks it.

        Raises `StepAside` until the next minute, and `Rejected` if the search has used up its calls.
        """
        window = _window(export, now=self.clock.now())
        calls = 2  # those by the subject that precede
        while self._may_go_on(calls):
            if export.search_calls >= MOST_CALLS:
                raise Rejected(_question(export))
            look = await self.route.look_through(draft, window=window, place=export.search_next)
            if look.found:
                return export, look.found
            export = await self._keep_place(export, look.place)
            if look.place is None:
                return export, None
            calls += 1
        raise StepAside(
            CHECKING_EXACT.because("We look through Exact's documents, a part of them each minute."),
            until=self._next_minute(),
        )

    def _may_go_on(self, calls: int) -> bool:
        minute = self.pace.minute
        if minute is None:
            return True
        return calls < max(2, minute.limit // _FOR_ONE) and minute.used < minute.limit // _FOR_ALL

    def _next_minute(self) -> datetime:
        minute: Minute | None = self.pace.minute
        return minute.ends if minute else self.clock.now() + timedelta(minutes=1)

    async def _keep_place(self, export: Export, place: str | None) -> Export:
        async with self.sessions.begin() as session:
            await lanes.expect_held(session, self.lease)
            return await write_ahead.record_search(session, export, place)


def _window(export: Export, *, now: datetime) -> Window:
    return Window(first=export.posted_since or export.created_at, last=export.intent_at or now)


def _question(export: Export) -> Reason:
    return UNCERTAIN.because(
        f"Exact did not confirm the document, and has too many to look through. Search Exact for “{export.subject}”.",
        subject=export.subject,
    )
