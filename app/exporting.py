"""How a document travels: message → activation → document → UBL → Exact → recorded.

The inbox has made the export and woken its lane. A worker that holds the lane carries its exports one after another:
`carry` takes the next, `_export` walks it through the steps, and what stops it on the way says what becomes of it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic

import httpx

from app import convert, log
from app.banqup.client import Banqup
from app.banqup.schemas import Document
from app.clock import Clock
from app.convert.conversion import Conversion, File, Unconvertible
from app.crypto import Sealer
from app.delivery.outcome import Settling
from app.delivery.parcel import Parcel, counterparty_of, described, glimpsed, pack, reference_of, within_limits
from app.delivery.postbox_status import follow
from app.delivery.posting import Delivery
from app.delivery.route_choice import Routing
from app.errors import NeedsSignIn, NotExported, Outcome, Rejected, StepAside, TryLater
from app.exact.apps import app_of
from app.exact.client import TIMEOUT, Exact
from app.exact.tokens import ChainToken, Tokens
from app.notifications.sender import Notifier
from app.partners import installations
from app.queue import exports, kept_ubl, lanes, precedence
from app.queue.exports import Overtaken, Waiting
from app.queue.lanes import Claim, LeaseLost
from app.queue.pace import Pace
from app.reasons import (
    AFTER_ITS_INVOICE,
    ARRIVED_BEFORE,
    COMPANY_CHANGED,
    DEACTIVATED,
    DOCUMENT_INVALID,
    FAILED_HERE,
    NOT_AN_INVOICE,
    NOT_APPROVED,
    PROBABLE_DUPLICATE,
    WAITS_FOR_CONNECTION,
    Reason,
)
from app.settings import Settings
from app.storage import db
from app.storage.db import Sessions
from app.storage.models import Connection, Export

# How long a lane is carried before the others have their turn, in seconds.
SLICE = 1.0

_FOLDERS = {"approved": "PURCHASES", "sent": "SALES"}
_NOT_YET = frozenset({"DRAFT", "AWAITING_VALIDATION", "REFUSED", "REJECTED", "DISPUTED"})

_log = log.get(__name__)


@dataclass(frozen=True)
class Exporter:
    """Carries lanes: everything that a document needs on its way."""

    sessions: Sessions
    settings: Settings
    clock: Clock
    banqup: Banqup
    tokens: Tokens
    http: httpx.AsyncClient
    notifier: Notifier

    @property
    def _settling(self) -> Settling:
        return Settling(self.sessions, self.clock)

    async def carry(self, held: Claim, *, stopping: Callable[[], bool]) -> None:
        """Export what is due in a held lane, one document after another, and give the lane back."""
        with log.bound(lane=str(held.lane_id), installation=str(held.installation_id)):
            try:
                await self._carry_for_a_while(held, stopping)
                async with self.sessions.begin() as session:
                    await lanes.settle(session, held, clock=self.clock)
            except LeaseLost:
                _log.warning("lease_lost", epoch=held.epoch)

    async def _carry_for_a_while(self, held: Claim, stopping: Callable[[], bool]) -> None:
        connection = await self._connection(held)
        if connection is None:
            return None
        exact = await self._exact(held, connection)
        until = monotonic() + SLICE
        while monotonic() < until and not stopping():
            async with self.sessions() as session:
                waiting = await exports.next_in(session, held.lane_id, clock=self.clock)
            if waiting is None:
                return await self._follow(held, exact)
            if not await self._carried_one(held, waiting, exact):
                return None
        return None

    async def _carried_one(self, held: Claim, waiting: Waiting, exact: Exact) -> bool:
        """Export one document and record what became of it; False where the whole lane has to wait."""
        with log.bound(export=str(waiting.export.id)):
            try:
                export = await self._export(waiting, exact)
                await self._settling.arrived(held, export, followed=waiting.activation.route == "postbox")
            except Outcome as outcome:
                return await self._settling.stopped(held, waiting.export, outcome)
            except Overtaken:
                await self._settling.overtaken(waiting.export)
            except LeaseLost:
                raise
            except Exception as error:
                if db.is_away(error):
                    raise
                _log.exception("export_failed")
                reason = FAILED_HERE.because("The export failed for a reason that is ours.")
                return await self._settling.stopped(held, waiting.export, TryLater(reason))
            return True

    async def _export(self, waiting: Waiting, exact: Exact) -> Export:
        """The way of one document. Raises what becomes of it where it does not arrive."""
        export = waiting.export
        document = await self.banqup.document(export.business_space_id, export.document_id)
        try:
            expect_exportable(document, waiting)
            conversion = await self._convert(document)
            export, parcel = await self._prepare(export, document, conversion)
        except (NotExported, Rejected):
            async with self.sessions.begin() as session:
                await exports.describe(session, export, glimpsed(document))
            raise
        await self._expect_its_turn(export, conversion)
        routing = Routing(self.sessions, self.clock, self.settings.exact_postbox_ubl_type)
        route = await routing.route(exact, waiting.activation, counterparty_of(document, conversion.summary))
        return await Delivery(self.sessions, route, self.clock).bring(export, parcel)

    async def _convert(self, document: Document) -> Conversion:
        files = [
            File(
                id=str(file.id),
                role=file.role or "ATTACHMENT",
                filename=file.filename or str(file.id),
                content_type=file.content_type or "application/octet-stream",
                content=await self.banqup.file(document.space_id, file),
            )
            for file in document.files
        ]
        try:  # in a thread: leases are prolonged while ten thousand lines are written
            return await asyncio.to_thread(convert.convert, document, files, on=self.clock.now().date())
        except Unconvertible as error:
            raise invalid(error) from None

    async def _prepare(self, export: Export, document: Document, conversion: Conversion) -> tuple[Export, Parcel]:
        """Keep the UBL and note what the document is; what was begun goes on with the bytes it was begun with."""
        kept_for = self.settings.ubl_kept_for
        async with self.sessions.begin() as session:
            ubl = await kept_ubl.keep(session, export, conversion.ubl, kept_for=kept_for, clock=self.clock)
            conversion = within_limits(replace(conversion, ubl=ubl))
            parcel = pack(document, conversion, reference=reference_of(export))
            return await exports.describe(session, export, described(document, conversion, parcel)), parcel

    async def _expect_its_turn(self, export: Export, conversion: Conversion) -> None:
        """Before the first post: not the same invoice a second time, and no credit note before its invoice."""
        if export.exact_id is not None or export.intent is not None:
            return
        async with self.sessions() as session:
            same = None if export.released else await precedence.same_invoice(session, export)
            corrected = conversion.summary.preceding_invoices if conversion.summary.is_credit_note else ()
            waits = corrected and await precedence.invoice_waits(session, export, corrected, clock=self.clock)
        if same is not None:
            raise Rejected(duplicate(export, same))
        if waits:
            raise StepAside(
                AFTER_ITS_INVOICE.because(f"It corrects {', '.join(corrected)}, which is still on its way.")
            )

    async def _follow(self, held: Claim, exact: Exact) -> None:
        """Nothing is due to go out: ask what became of what lies in the digital postbox."""
        try:
            await follow(held, exact, sessions=self.sessions, clock=self.clock)
        except NeedsSignIn as outcome:
            await self._settling.lose_connection(held.installation_id, outcome.reason)
        except TryLater as outcome:
            await self._settling.wait_lane(held, outcome)

    async def _exact(self, held: Claim, connection: Connection) -> Exact:
        app = app_of(self.settings, host=connection.host, client_id=connection.client_id)
        token = ChainToken(self.tokens, app, installations.account_of(connection))
        pace = await Pace.of(held, sessions=self.sessions, clock=self.clock)
        return Exact(self.http, connection.host, token=token, pace=pace, clock=self.clock)

    async def _connection(self, held: Claim) -> Connection | None:
        """The connection in force; without one the lanes are held until a sign-in releases them."""
        async with self.sessions() as session:
            connection = await installations.connection_of(session, held.installation_id)
        if connection is not None and connection.state == "connected":
            return connection
        async with self.sessions.begin() as session:
            await installations.lock(session, held.installation_id)
            connection = await installations.connection_of(session, held.installation_id)
            if connection is None or connection.state != "connected":
                reason = WAITS_FOR_CONNECTION.because("Exact Online is not connected.")
                await lanes.hold_all(session, held.installation_id, reason=reason)
        return None

    async def keep_connections_alive(self) -> None:
        """Refresh what nothing has used for a week, well before Exact lets it die."""
        for account, installation_id in await self.tokens.idle():
            app = app_of(self.settings, host=account.host, client_id=account.client_id)
            try:
                await self.tokens.rotate(app, account)
            except NeedsSignIn as outcome:
                await self._settling.lose_connection(installation_id, outcome.reason)
            except TryLater as outcome:
                code = outcome.reason.kind.code
                _log.warning("keep_alive_postponed", code=code, installation=str(installation_id))


def expect_exportable(document: Document, waiting: Waiting) -> None:
    """Raise `NotExported` where the document is not one that this activation exports."""
    export, activation = waiting.export, waiting.activation
    if not waiting.active:
        changed = activation.ended_because == "company_changed"
        raise NotExported((COMPANY_CHANGED if changed else DEACTIVATED).because("The activation has ended."))
    if document.kind is None:
        raise NotExported(NOT_AN_INVOICE.because(f"The document is of category {document.category}."))
    status = (document.status.document or "").upper()
    if document.folder != _FOLDERS[export.trigger] or status in _NOT_YET:
        raise NotExported(NOT_APPROVED.because(f"In Banqup the document lies in {document.folder} and is {status}."))
    arrived = document.timestamps.created_at
    if waiting.cutoff == "event" or arrived is None:
        arrived = export.event_at
    if arrived < export.eligible_from:
        moment = f"{arrived:%Y-%m-%d %H:%M} UTC"
        raise NotExported(ARRIVED_BEFORE.because(f"It arrived on {moment}, before the client was activated."))


def invalid(error: Unconvertible) -> Rejected:
    """Every finding, the first three as a sentence."""
    found = [{"rule": one.rule, "message": one.message, "location": one.location} for one in error.findings]
    more = f" And {len(found) - 3} more." if len(found) > 3 else ""
    sentence = " ".join(one["message"] for one in found[:3]) + more
    return Rejected(DOCUMENT_INVALID.because(sentence, findings=found))


def duplicate(export: Export, same: Export) -> Reason:
    """Both documents, as far as this partner may see them."""
    earlier: dict[str, str | None] = {"exact_number": same.exact_number}
    if same.installation_id == export.installation_id:
        earlier |= {"export": str(same.id), "document": str(same.document_id)}
    sentence = f"{export.number} of {export.seller} went to this company before, as another document of Banqup."
    this = {"export": str(export.id), "document": str(export.document_id)}
    return PROBABLE_DUPLICATE.because(sentence, this=this, earlier=earlier)


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock) -> AsyncIterator[Exporter]:
    """An exporter with its connections to Postgres, Banqup and Exact, for as long as the block runs."""
    url, most = settings.expect_database_url(), settings.worker_lanes * 2
    limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
    async with db.opened(url) as sessions, httpx.AsyncClient(timeout=TIMEOUT, limits=limits) as http:
        banqup = Banqup(
            http,
            settings.banqup_api_url,
            client_id=settings.banqup_client_id,
            client_secret=settings.banqup_client_secret,
            clock=clock,
        )
        sealer = Sealer(settings.sealing_keys)
        tokens = Tokens(sessions, http=http, sealer=sealer, clock=clock)
        notifier = Notifier(sessions, http, sealer, clock, settings.notifications_to_private)
        yield Exporter(sessions, settings, clock, banqup, tokens, http, notifier)
