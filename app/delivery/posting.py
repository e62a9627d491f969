"""Getting one converted document into Exact: each step written ahead, and looked for when its outcome is unclear.

Before a POST the intent is committed, after it the result. An intent without a result means that Exact may or may not
have it: it is looked for, twice with a pause since the search lags, before it is posted again.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app.clock import Clock
from app.delivery.parcel import Parcel
from app.errors import Outcome, Rejected, TryLater
from app.exact.client import OutcomeUnknown
from app.exact.route import CreatedDocument, Route
from app.queue import exports
from app.reasons import CHECKING_EXACT
from app.storage.db import Sessions
from app.storage.models import Export

LOOK_AGAIN_AFTER = timedelta(seconds=20)
# Searches lag behind what was posted: until then "not found" means nothing.
SEARCH_LAG = timedelta(seconds=30)


@dataclass(frozen=True)
class Dispatcher:
    """Brings parcels to one company by one route."""

    sessions: Sessions
    route: Route
    clock: Clock

    async def dispatch(self, export: Export, parcel: Parcel) -> Export:
        """Make whatever is missing in Exact: the document, then its files. Raises what to do instead."""
        begun = export.exact_id is not None or export.intent is not None
        if export.look_first or export.intent == "document":
            export = await self._find_document(export, parcel)
        if export.exact_id is None:
            export = await self._post_document(export, parcel)
        if begun:
            export = await self._find_files(export, parcel)
        for name in [name for name in parcel.files if name not in export.attached]:
            export = await self._post_file(export, name, parcel.files[name])
        return export

    async def _find_document(self, export: Export, parcel: Parcel) -> Export:
        found = await self.route.find(parcel.draft, since=export.created_at)
        if found is not None:
            return await self._record_document(export, found)
        if export.intent == "document":
            return await self._record_miss(export)
        self._expect_search_is_up_to_date(export)
        async with self.sessions.begin() as session:
            return await exports.forget_document(session, export)

    async def _post_document(self, export: Export, parcel: Parcel) -> Export:
        export = await self._record_intent(export, "document")
        try:
            created = await self.route.create(parcel.draft)
        except Outcome as outcome:
            await self._clear_intent(export, outcome)
            raise
        return await self._record_document(export, created)

    async def _find_files(self, export: Export, parcel: Parcel) -> Export:
        names = await self.route.attached(_known(export.exact_id))
        known = () if export.look_first else export.attached
        there = [name for name in parcel.files if name in names or name in known]
        missing = export.intent is not None and export.intent.removeprefix("file:") not in there
        if missing:
            export = await self._record_miss(export)
        elif set(export.attached) - set(there):
            self._expect_search_is_up_to_date(export)
        async with self.sessions.begin() as session:
            return await exports.record_files(session, export, there)

    async def _post_file(self, export: Export, name: str, content: bytes) -> Export:
        export, key = await self._record_intent(export, f"file:{name}"), _known(export.exact_id)
        try:
            await self.route.attach(key, filename=name, content=content)
        except Outcome as outcome:
            await self._clear_intent(export, outcome)
            if isinstance(outcome, Rejected) and not await self.route.exists(key):
                await self._require_lookup(export)
            raise
        async with self.sessions.begin() as session:
            return await exports.record_files(session, export, [*export.attached, name])

    async def _require_lookup(self, export: Export) -> None:
        """A person deleted the document between our two calls, or the search does not show it yet: look again."""
        async with self.sessions.begin() as session:
            export = await exports.require_lookup(session, export)
        self._expect_search_is_up_to_date(export)

    async def _record_miss(self, export: Export) -> Export:
        """Not found: the first time it is looked for again later, the second time it is taken as not there."""
        first = export.lookup_count == 0
        async with self.sessions.begin() as session:
            export = await exports.record_lookup_miss(session, export)
        if first:
            reason = CHECKING_EXACT.because("The last answer of Exact was lost; it is looked up again.")
            raise TryLater(reason, until=self.clock.now() + LOOK_AGAIN_AFTER)
        self._expect_search_is_up_to_date(export)
        return export

    def _expect_search_is_up_to_date(self, export: Export) -> None:
        """Raise `TryLater` where the last post is so fresh that Exact's search may not show it yet."""
        until = export.intent_at + SEARCH_LAG if export.intent_at else self.clock.now()
        if until > self.clock.now():
            raise TryLater(CHECKING_EXACT.because("Exact may not show yet what it was just given."), until=until)

    async def _record_intent(self, export: Export, step: str) -> Export:
        async with self.sessions.begin() as session:
            return await exports.record_intent(session, export, step, clock=self.clock)

    async def _record_document(self, export: Export, created: CreatedDocument) -> Export:
        async with self.sessions.begin() as session:
            return await exports.record_document(session, export, created)

    async def _clear_intent(self, export: Export, outcome: Outcome) -> None:
        """A clear answer means that nothing was stored: the next attempt need not look."""
        if isinstance(outcome, OutcomeUnknown):
            return
        async with self.sessions.begin() as session:
            await exports.clear_intent(session, export)


def _known(exact_id: UUID | None) -> UUID:
    assert exact_id is not None, "the document is posted before its files"
    return exact_id
