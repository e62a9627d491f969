"""Getting one converted document into Exact by route `documents`: each step written ahead, looked for when unclear.

Before a POST the intent is committed, after it the result. An intent without a result means that Exact may or may not
have it: it is looked for, twice with a pause since the search lags, before it is posted again.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from app import exports
from app.clock import Clock
from app.db import Sessions
from app.errors import Outcome, TryLater
from app.exact import documents
from app.exact.client import Exact, OutcomeUnknown
from app.exact.documents import Draft
from app.models import Export
from app.reasons import CHECKING_EXACT

LOOK_AGAIN_AFTER = timedelta(seconds=20)


@dataclass(frozen=True)
class Parcel:
    """What is to lie in Exact: the document and its files, by name."""

    reference: str
    draft: Draft
    files: dict[str, bytes]


@dataclass(frozen=True)
class Delivery:
    """Brings parcels to one company."""

    sessions: Sessions
    exact: Exact
    clock: Clock
    division: int

    async def bring(self, export: Export, parcel: Parcel) -> Export:
        """Make whatever is missing in Exact: the document, then its files. Raises what to do instead."""
        was_there = export.exact_id is not None or export.intent is not None
        if export.look_first or export.intent == "document":
            export = await self._look_for_document(export, parcel)
        if export.exact_id is None:
            export = await self._post_document(export, parcel)
        if was_there or export.look_first:
            export = await self._look_for_files(export, parcel)
        for name in [name for name in parcel.files if name not in export.attached]:
            export = await self._post_file(export, name, parcel.files[name])
        return export

    async def _look_for_document(self, export: Export, parcel: Parcel) -> Export:
        found = await documents.find(
            self.exact, self.division, draft=parcel.draft, reference=parcel.reference, since=export.created_at
        )
        if found is None:
            if export.intent == "document":
                return await self._missed(export)
            async with self.sessions.begin() as session:
                return await exports.forget_document(session, export)
        async with self.sessions.begin() as session:
            return await exports.posted_document(session, export, exact_id=found.id, number=found.number, url=found.url)

    async def _post_document(self, export: Export, parcel: Parcel) -> Export:
        export = await self._intend(export, "document")
        try:
            made = await documents.create(self.exact, self.division, parcel.draft)
        except OutcomeUnknown:
            raise
        except Outcome:
            await self._not_posted(export)
            raise
        async with self.sessions.begin() as session:
            return await exports.posted_document(session, export, exact_id=made.id, number=made.number, url=made.url)

    async def _look_for_files(self, export: Export, parcel: Parcel) -> Export:
        names = await documents.attached(self.exact, self.division, _known(export.exact_id))
        there = [name for name in parcel.files if name in names]
        missing_intent = export.intent is not None and export.intent.removeprefix("file:") not in there
        if missing_intent and export.looks == 0:
            return await self._missed(export)
        async with self.sessions.begin() as session:
            return await exports.posted_files(session, export, there)

    async def _post_file(self, export: Export, name: str, content: bytes) -> Export:
        export = await self._intend(export, f"file:{name}")
        try:
            await documents.attach(self.exact, self.division, _known(export.exact_id), filename=name, content=content)
        except OutcomeUnknown:
            raise
        except Outcome:
            await self._not_posted(export)
            raise
        async with self.sessions.begin() as session:
            return await exports.posted_files(session, export, [*export.attached, name])

    async def _missed(self, export: Export) -> Export:
        """Not found: the first time it is looked for again later, the second time it is taken as not there."""
        first = export.looks == 0
        async with self.sessions.begin() as session:
            export = await exports.looked(session, export)
        if first:
            reason = CHECKING_EXACT.because("The last answer of Exact was lost; it is looked up again.")
            raise TryLater(reason, until=self.clock.now() + LOOK_AGAIN_AFTER)
        return export

    async def _intend(self, export: Export, step: str) -> Export:
        async with self.sessions.begin() as session:
            return await exports.intend(session, export, step, clock=self.clock)

    async def _not_posted(self, export: Export) -> None:
        async with self.sessions.begin() as session:
            await exports.not_posted(session, export)


def _known(exact_id: UUID | None) -> UUID:
    assert exact_id is not None, "the document is posted before its files"
    return exact_id
