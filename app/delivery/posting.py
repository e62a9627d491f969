"""Posts one converted document to Exact: every step is written ahead, and looked up if its outcome is unclear.

The intent is committed before a POST, the result after it. An intent without a result means that Exact may have it:
it is looked up at once and again after a pause, because the search lags, before it is posted again.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import log
from app.clock import Clock
from app.delivery.parcel import Parcel
from app.delivery.searching import Searchable, Searcher
from app.errors import Outcome, Rejected, StepAside, TryLater
from app.exact.client import OutcomeUnknown, Pace
from app.exact.details import Detail, losses_of, named_in
from app.exact.route import CreatedDocument, Draft
from app.queue import exports, lanes, write_ahead
from app.queue.lanes import Lease, LeaseLost
from app.reasons import CHECKING_EXACT, EXACT_FAILS
from app.storage.db import Sessions
from app.storage.models import Export
from app.storage.models.intent import Intent, PostDocument, PostFile

LOOKUP_AGAIN_AFTER = timedelta(seconds=20)
# Until the search has caught up with a post, "not found" means nothing.
SEARCH_LAG = timedelta(seconds=30)
# At the tenth, the backoff has waited four hours in all: the document itself is the cause.
MOST_UNCLEAR_POSTS = 10

_log = log.get(__name__)


class Route(Searchable, Protocol):
    """Creates a document in Exact, attaches files, and finds both after an unclear response."""

    @property
    def refused(self) -> frozenset[Detail]:
        """The details that Exact has refused before the document."""

    def details(self, draft: Draft) -> frozenset[Detail]:
        """Return the details of the document that it can do without."""

    async def create(self, draft: Draft, *, without: Collection[Detail] = ()) -> CreatedDocument:
        """Create the document; raise `OutcomeUnknown` if it may exist without us knowing its key."""

    async def attach(self, key: UUID, *, filename: str, content: bytes) -> None:
        """Attach a file. Raises `OutcomeUnknown`."""

    async def find(self, draft: Draft) -> CreatedDocument | None:
        """Return the document created from this draft, unless a person renamed it."""

    async def exists(self, key: UUID) -> bool:
        """Return whether Exact still has the document."""

    async def attached(self, key: UUID) -> Sequence[str]:
        """Return the names of the document's files."""


@dataclass(frozen=True, kw_only=True)
class Dispatcher:
    """Dispatches parcels to one company by one route."""

    sessions: Sessions
    route: Route
    pace: Pace
    clock: Clock
    lease: Lease

    async def dispatch(self, export: Export, parcel: Parcel) -> Export:
        """Post whatever Exact lacks: the document, then its files. Raises an `Outcome` if that is not possible now."""
        begun = export.exact_id is not None or export.intent is not None
        if export.look_first or export.intent == PostDocument():
            export = await self._look_up_document(export, parcel)
        if export.exact_id is None:
            export = await self._post_document(export, parcel)
        if begun:
            export = await self._look_up_files(export, parcel)
        for name in [name for name in parcel.files if name not in export.attached]:
            export = await self._post_file(export, name, parcel.files[name])
        return export

    async def _look_up_document(self, export: Export, parcel: Parcel) -> Export:
        if export.exact_id is not None and await self.route.exists(export.exact_id):
            return export
        export, found = await self._find(export, parcel.draft)
        if found is not None:
            return await self._record_document(export, found)
        if export.intent == PostDocument():
            return await self._record_miss(export)
        self._expect_search_is_up_to_date(export)
        async with self._noting() as session:
            return await write_ahead.forget_document(session, export)

    async def _find(self, export: Export, draft: Draft) -> tuple[Export, CreatedDocument | None]:
        """Look for the document by its subject; before it is posted again, also for one that a person renamed."""
        if export.search_next is None:
            found = await self.route.find(draft)
            if found is not None:
                return export, found
        if not _is_open(export) or (export.intent is not None and export.lookup_count == 0):
            return export, None
        self._expect_search_is_up_to_date(export)
        searcher = Searcher(
            sessions=self.sessions, route=self.route, pace=self.pace, clock=self.clock, lease=self.lease
        )
        return await searcher.search(export, draft)

    async def _post_document(self, export: Export, parcel: Parcel) -> Export:
        _expect_posts_left(export)
        before, export = export, await self._record_intent(export, PostDocument())
        try:
            export, created = await self._create(export, parcel.draft)
        except OutcomeUnknown as unknown:
            return await self._find_at_once(export, parcel.draft, unknown)
        except Outcome:
            await self._clear_intent(before)
            raise
        return await self._record_created(export, created)

    async def _create(self, export: Export, draft: Draft) -> tuple[Export, CreatedDocument]:
        """Create the document, without the details that Exact refuses."""
        export = await self._leave_out(export, self.route.refused - set(export.left_out), draft)
        while True:
            left_out = {Detail(name) for name in export.left_out}
            try:
                return export, await self.route.create(draft, without=left_out)
            except Rejected as refusal:
                more = named_in(refusal.reason.sentence, self.route.details(draft) - left_out)
                if not more:
                    raise
            export = await self._leave_out(export, more, draft)

    async def _leave_out(self, export: Export, more: Collection[Detail], draft: Draft) -> Export:
        if not more:
            return export
        async with self._noting() as session:
            return await write_ahead.leave_out(session, export, sorted(more), losses_of(more, draft.currency))

    async def _find_at_once(self, export: Export, draft: Draft, unknown: OutcomeUnknown) -> Export:
        """Return the export if Exact shows the document although its answer was unclear; else raise `unknown`."""
        try:
            found = await self.route.find(draft)
        except Outcome:
            raise unknown from None
        if found is not None:
            return await self._record_created(export, found)
        await self._count_unclear(export, unknown)
        raise unknown

    async def _count_unclear(self, export: Export, unknown: OutcomeUnknown) -> None:
        if unknown.limited:
            async with self._noting() as session:
                await write_ahead.record_unclear_post(session, export)

    async def _look_up_files(self, export: Export, parcel: Parcel) -> Export:
        listed = await self.route.attached(_known(export.exact_id))
        recorded = () if export.look_first else export.attached
        there = [name for name in parcel.files if name in listed or name in recorded]
        if export.intent is not None and not (isinstance(export.intent, PostFile) and export.intent.name in there):
            export = await self._record_miss(export)
        elif set(export.attached) - set(there):
            self._expect_search_is_up_to_date(export)
        async with self._noting() as session:
            return await write_ahead.record_files(session, export, there)

    async def _post_file(self, export: Export, name: str, content: bytes) -> Export:
        _expect_posts_left(export)
        key = _known(export.exact_id)
        before, export = export, await self._record_intent(export, PostFile(name))
        try:
            await self.route.attach(key, filename=name, content=content)
        except OutcomeUnknown as unknown:
            await self._count_unclear(export, unknown)
            raise
        except Outcome as outcome:
            export = await self._clear_intent(before)
            if isinstance(outcome, Rejected) and not await self.route.exists(key):
                await self._require_lookup(export)
            raise
        async with self._noting() as session:
            return await write_ahead.record_files(session, export, [*export.attached, name])

    async def _require_lookup(self, export: Export) -> NoReturn:
        """Look again next time: a person deleted the document after our first call, or the search lags."""
        async with self._noting() as session:
            await write_ahead.require_lookup(session, export)
        raise TryLater(CHECKING_EXACT.because("Exact refused a file, and does not list its document. We look again."))

    async def _record_miss(self, export: Export) -> Export:
        """Count a lookup that found nothing. Raises `StepAside` after the first; after the second, Exact lacks it."""
        first = export.lookup_count == 0
        async with self._noting() as session:
            export = await write_ahead.record_lookup_miss(session, export)
        if first:
            reason = CHECKING_EXACT.because("Exact's last answer was lost. We check whether Exact has the document.")
            raise StepAside(reason, until=self.clock.now() + LOOKUP_AGAIN_AFTER)
        self._expect_search_is_up_to_date(export)
        return export

    def _expect_search_is_up_to_date(self, export: Export) -> None:
        """Raise `StepAside` if Exact's search may not show our last post yet."""
        until = export.intent_at + SEARCH_LAG if export.intent_at else self.clock.now()
        if until > self.clock.now():
            raise StepAside(CHECKING_EXACT.because("Exact's search may not show the last post yet."), until=until)

    async def _record_intent(self, export: Export, intent: Intent) -> Export:
        async with self._noting() as session:
            return await write_ahead.record_intent(session, export, intent, clock=self.clock)

    async def _record_document(self, export: Export, created: CreatedDocument) -> Export:
        async with self._noting() as session:
            return await write_ahead.record_document(session, export, created)

    async def _record_created(self, export: Export, created: CreatedDocument) -> Export:
        """Record a document that Exact has just created; raise `LeaseLost` if that took longer than our lease."""
        async with self.sessions.begin() as session:
            try:
                await lanes.expect_held(session, self.lease)
            except LeaseLost:
                await write_ahead.record_late(session, export, created, clock=self.clock)
                await exports.record_leftover(session, export, clock=self.clock)
            else:
                return await write_ahead.record_created(session, export, created, clock=self.clock)
        _log.warning("document_created_late", exact_document=created.number)
        raise LeaseLost

    @asynccontextmanager
    async def _noting(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction of the lane's present worker. Raises `LeaseLost`."""
        async with self.sessions.begin() as session:
            await lanes.expect_held(session, self.lease)
            yield session

    async def _clear_intent(self, before: Export) -> Export:
        """Return to the row before a post that Exact clearly refused: the next attempt needs no lookup for it."""
        async with self._noting() as session:
            return await write_ahead.clear_intent(session, before)


def _is_open(export: Export) -> bool:
    """Return whether the outcome of a post of the document is unknown."""
    return export.intent == PostDocument() or (export.exact_id is None and export.posted_since is not None)


def _expect_posts_left(export: Export) -> None:
    """Raise `Rejected` for a document at which Exact itself failed time after time."""
    if export.unclear_posts >= MOST_UNCLEAR_POSTS:
        raise Rejected(
            EXACT_FAILS.because(f"Exact Online failed {export.unclear_posts} times at this document, without a reason.")
        )


def _known(exact_id: UUID | None) -> UUID:
    assert exact_id is not None, "the document is posted before its files"
    return exact_id
