"""The search for a document whose creation Exact did not confirm: by its subject, else through those of that time.

A person may have renamed the document, so a miss by the subject proves nothing. Looking through a large company takes
more than a minute's calls: each page returns the place at which the next call goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from app.errors import Rejected, TryLater
from app.exact.client import Exact, Page
from app.exact.route import CreatedDocument, Draft, created_document, text
from app.reasons import EXACT_EDGE_REFUSES, EXACT_UNAVAILABLE, RATE_LIMIT

# Exact labels wall-clock times as UTC, and clocks differ (seen: an hour).
_EARLY, _LATE = timedelta(hours=2), timedelta(hours=4)


@dataclass(frozen=True, kw_only=True)
class Window:
    """When Exact may have created the document: between our first post and our last."""

    first: datetime
    last: datetime

    def as_filter(self) -> str:
        """Return the filter of everything created then."""
        return f"Created ge {_moment(self.first - _EARLY)} and Created le {_moment(self.last + _LATE)}"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One page of a search: the document if it is there, and the place of the next page unless this was the last."""

    found: CreatedDocument | None
    place: str | None


@dataclass(frozen=True, kw_only=True)
class Search:
    """A search in one company; the endpoints are tried in their order, since a company may lack the first."""

    exact: Exact
    division: int
    endpoints: tuple[str, ...]
    fields: str

    async def by_subject(self, draft: Draft) -> CreatedDocument | None:
        """Return the document with this subject; None if the last endpoint lacks it too, since a bulk list may lag."""
        which = f"Subject eq {text(draft.subject)}"
        for endpoint in self.endpoints:
            page = await self._try(endpoint, which)
            found = _match(page.rows, draft) if page else None
            if found is not None:
                return found
        return None

    async def look_through(self, draft: Draft, *, document_type: int, window: Window, place: str | None) -> Look:
        """Search one page for the reference, in a document of any subject; begin without a place."""
        page = await self._follow(place) if place else None
        if page is None:
            page = await self._first(f"{window.as_filter()} and Type eq {document_type}")
        return Look(found=_match(page.rows, draft), place=page.following)

    async def _first(self, which: str) -> Page:
        for endpoint in self.endpoints:
            page = await self._try(endpoint, which)
            if page is not None:
                return page
        raise AssertionError("the last endpoint returns a page or raises")

    async def _try(self, endpoint: str, which: str) -> Page | None:
        """Return the first page of a query; None if Exact does not offer this endpoint, and another is left."""
        try:
            return await self.exact.page(self.division, endpoint, filter=which, select=self.fields)
        except (Rejected, TryLater) as outcome:
            if endpoint == self.endpoints[-1] or outcome.reason.kind is RATE_LIMIT:
                raise
            return None

    async def _follow(self, place: str) -> Page | None:
        """Return the page at this place; None if Exact refuses the address, so that the search begins again."""
        endpoint = urlsplit(place).path.partition("/")[2]
        try:
            return await self.exact.follow(place, endpoint)
        except Rejected:
            return None
        except TryLater as outcome:
            if endpoint == self.endpoints[-1] or outcome.reason.kind in (
                RATE_LIMIT,
                EXACT_UNAVAILABLE,
                EXACT_EDGE_REFUSES,
            ):
                raise
            return None


def _match(rows: Iterable[dict[str, Any]], draft: Draft) -> CreatedDocument | None:
    """Return the document with the draft's reference. Raises `TryLater` if Exact does not name its key."""
    for row in rows:
        if draft.reference in f"{row.get('Subject')} {row.get('Body')}":
            found = created_document(row)
            if found is None:
                raise TryLater(EXACT_UNAVAILABLE.because("Exact did not return the key of a document it lists."))
            return found
    return None


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("datetime'%Y-%m-%dT%H:%M:%S'")
