"""The path of a document: message → activation → document → UBL → Exact → record.

The inbox has enqueued the export and woken its lane. A worker that has claimed the lane processes its exports in turn:
`process_lane` takes the next, `_export` takes it through the steps, and an `Outcome` raised on the way says what to do.
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
from app.convert.conversion import Cause, Conversion, File, Unconvertible
from app.crypto import Sealer
from app.delivery.eligibility import expect_exportable
from app.delivery.outcome import OutcomeRecorder
from app.delivery.parcel import Parcel, counterparty_of, description_of, header_of, pack, reference_of, within_limits
from app.delivery.postbox_status import check_due
from app.delivery.posting import Dispatcher
from app.delivery.route_choice import Router
from app.errors import NeedsSignIn, NotExported, Outcome, Rejected, StepAside, TryLater
from app.exact.apps import app_of
from app.exact.client import TIMEOUT, Exact
from app.exact.connected import connected
from app.exact.tokens import Tokens
from app.notifications.sender import Notifier
from app.partners import connections, installations
from app.queue import exports, kept_ubl, lanes, precedence
from app.queue.export_rows import ExportCancelled
from app.queue.exports import DueExport
from app.queue.lanes import Lease, LeaseLost
from app.queue.pace import Pace
from app.reasons import (
    AFTER_ITS_INVOICE,
    DOCUMENT_INCOMPLETE,
    DOCUMENT_INVALID,
    FAILED_HERE,
    FILE_UNREADABLE,
    INVOICE_UNSUPPORTED,
    NO_INVOICE_DATA,
    NOT_AN_INVOICE,
    PROBABLE_DUPLICATE,
    WAITS_FOR_CONNECTION,
    Kind,
    Reason,
)
from app.settings import Settings
from app.storage import db
from app.storage.db import Sessions
from app.storage.models import Connection, Export

# How long a lane is processed before the others have their turn, in seconds.
SLICE = 1.0

_log = log.get(__name__)


@dataclass(frozen=True, kw_only=True)
class Exporter:
    """Processes lanes, with everything that a document needs on its way."""

    sessions: Sessions
    settings: Settings
    clock: Clock
    banqup: Banqup
    tokens: Tokens
    http: httpx.AsyncClient
    notifier: Notifier

    @property
    def _outcomes(self) -> OutcomeRecorder:
        return OutcomeRecorder(self.sessions, self.clock)

    async def process_lane(self, lease: Lease, *, stopping: Callable[[], bool]) -> None:
        """Export the due documents of a claimed lane, one after another, and release the lane."""
        with log.bound(lane=str(lease.lane_id), installation=str(lease.installation_id)):
            try:
                await self._process_for_a_slice(lease, stopping)
                async with self.sessions.begin() as session:
                    await lanes.release(session, lease, clock=self.clock)
            except LeaseLost:
                _log.warning("lease_lost", epoch=lease.epoch)

    async def _process_for_a_slice(self, lease: Lease, stopping: Callable[[], bool]) -> None:
        connection = await self._connection(lease)
        if connection is None:
            return None
        exact = await self._exact(lease, connection)
        until = monotonic() + SLICE
        while monotonic() < until and not stopping():
            async with self.sessions() as session:
                due = await exports.next_due(session, lease.lane_id, clock=self.clock)
            if due is None:
                return await self._check_postbox(lease, exact)
            if not await self._attempt(lease, due, exact):
                return None
        return None

    async def _attempt(self, lease: Lease, due: DueExport, exact: Exact) -> bool:
        """Export one document and record the outcome; return False if the whole lane must wait."""
        with log.bound(export=str(due.export.id)):
            try:
                export = await self._export(due, exact)
                check_status = due.activation.route == "postbox"
                await self._outcomes.record_success(lease, export, check_status=check_status)
            except Outcome as outcome:
                return await self._outcomes.record(lease, due.export, outcome)
            except ExportCancelled:
                await self._outcomes.record_cancellation(due.export)
            except LeaseLost:
                raise
            except Exception as error:
                if db.is_away(error):
                    raise
                _log.exception("export_failed")
                reason = FAILED_HERE.because("The export failed through an error of this service.")
                return await self._outcomes.record(lease, due.export, TryLater(reason))
            return True

    async def _export(self, due: DueExport, exact: Exact) -> Export:
        """Take one document to Exact. Raises the `Outcome` that stops it."""
        export = due.export
        document = await self.banqup.document(export.business_space_id, export.document_id)
        try:
            expect_exportable(document, due)
            conversion = await self._convert(document)
            export, parcel = await self._prepare(export, document, conversion)
        except (NotExported, Rejected):
            async with self.sessions.begin() as session:
                await exports.describe(session, export, header_of(document))
            raise
        await self._expect_its_turn(export, conversion)
        ubl_type = self.settings.exact_postbox_ubl_type
        router = Router(sessions=self.sessions, clock=self.clock, ubl_type=ubl_type)
        route = await router.route_for(exact, due.activation, counterparty_of(document, conversion.summary))
        return await Dispatcher(sessions=self.sessions, route=route, clock=self.clock).dispatch(export, parcel)

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
        try:  # in a thread: leases are renewed while ten thousand lines are written
            return await asyncio.to_thread(convert.convert, document, files, on=self.clock.now().date())
        except Unconvertible as error:
            raise unconvertible(error, document) from None

    async def _prepare(self, export: Export, document: Document, conversion: Conversion) -> tuple[Export, Parcel]:
        """Store the UBL and describe the document; a post that has begun continues with the UBL it began with."""
        kept_for = self.settings.ubl_kept_for
        async with self.sessions.begin() as session:
            ubl = await kept_ubl.store(session, export, conversion.ubl, kept_for=kept_for, clock=self.clock)
            conversion = within_limits(replace(conversion, ubl=ubl))
            parcel = pack(document, conversion, reference=reference_of(export))
            return await exports.describe(session, export, description_of(document, conversion, parcel)), parcel

    async def _expect_its_turn(self, export: Export, conversion: Conversion) -> None:
        """Before the first post, raise `Rejected` for a duplicate and `StepAside` for a credit note too early."""
        if export.exact_id is not None or export.intent is not None:
            return
        async with self.sessions() as session:
            same = None if export.released else await precedence.same_invoice(session, export)
            corrected = conversion.summary.preceding_invoices if conversion.summary.is_credit_note else ()
            waits = corrected and await precedence.is_invoice_queued(session, export, corrected, clock=self.clock)
        if same is not None:
            raise Rejected(duplicate(export, same))
        if waits:
            raise StepAside(
                AFTER_ITS_INVOICE.because(f"It corrects {', '.join(corrected)}, which is not exported yet.")
            )

    async def _check_postbox(self, lease: Lease, exact: Exact) -> None:
        try:
            await check_due(lease, exact, sessions=self.sessions, clock=self.clock)
        except NeedsSignIn as outcome:
            await self._outcomes.lose_connection(lease.installation_id, outcome.reason)
        except TryLater as outcome:
            await self._outcomes.block_lane(lease, outcome)

    async def _exact(self, lease: Lease, connection: Connection) -> Exact:
        pace = await Pace.of(lease, sessions=self.sessions, clock=self.clock)
        return connected(
            connection, settings=self.settings, tokens=self.tokens, http=self.http, pace=pace, clock=self.clock
        )

    async def _connection(self, lease: Lease) -> Connection | None:
        """Return the connection in force; without one, block the lanes until the next sign-in."""
        async with self.sessions() as session:
            connection = await connections.connection_of(session, lease.installation_id)
        if connection is not None and connection.state == "connected":
            return connection
        async with self.sessions.begin() as session:
            await installations.lock(session, lease.installation_id)
            connection = await connections.connection_of(session, lease.installation_id)
            if connection is None or connection.state != "connected":
                reason = WAITS_FOR_CONNECTION.because("Exact Online is not connected.")
                await lanes.block_all(session, lease.installation_id, reason=reason)
        return None

    async def keep_connections_alive(self) -> None:
        """Refresh the tokens that were idle for a week, well before Exact expires them."""
        for account, installation_id in await self.tokens.idle():
            app = app_of(self.settings, host=account.host, client_id=account.client_id)
            try:
                await self.tokens.rotate(app, account)
            except NeedsSignIn as outcome:
                await self._outcomes.lose_connection(installation_id, outcome.reason)
            except TryLater as outcome:
                code = outcome.reason.kind.code
                _log.warning("keep_alive_postponed", code=code, installation=str(installation_id))


def unconvertible(error: Unconvertible, document: Document) -> NotExported | Rejected:
    """Return what becomes of a document that cannot be converted: every finding, the first three as a sentence."""
    found = [{"rule": one.rule, "message": one.message, "location": one.location} for one in error.findings]
    more = f" And {len(found) - 3} more." if len(found) > 3 else ""
    sentence = " ".join(one["message"] for one in found[:3]) + more
    if error.cause is Cause.NOT_AN_INVOICE:
        return NotExported(NOT_AN_INVOICE.because(sentence, findings=found))
    kind = _kind_of(error.cause, client_issued_it=document.folder == "SALES")
    return Rejected(kind.because(sentence, findings=found))


def _kind_of(cause: Cause, *, client_issued_it: bool) -> Kind:
    """The kind that names who acts; the invoice that a client issued is the client's to correct."""
    match cause:
        case Cause.FAULTY if not client_issued_it:
            return DOCUMENT_INVALID
        case Cause.FAULTY | Cause.INCOMPLETE:
            return DOCUMENT_INCOMPLETE
        case Cause.UNSUPPORTED:
            return INVOICE_UNSUPPORTED
        case Cause.UNREADABLE:
            return FILE_UNREADABLE
        case _:
            return NO_INVOICE_DATA


def duplicate(export: Export, same: Export) -> Reason:
    """Name both documents, as far as this partner may see them."""
    earlier: dict[str, str | None] = {"exact_number": same.exact_number}
    if same.installation_id == export.installation_id:
        earlier |= {"export": str(same.id), "document": str(same.document_id)}
    sentence = f"Another Banqup document with number {export.number} of {export.seller} is already in this company."
    this = {"export": str(export.id), "document": str(export.document_id)}
    return PROBABLE_DUPLICATE.because(sentence, this=this, earlier=earlier)


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock) -> AsyncIterator[Exporter]:
    """Open an exporter with its connections to Postgres, Banqup and Exact, for as long as the block runs."""
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
        notifier = Notifier(
            sessions=sessions, http=http, sealer=sealer, clock=clock, allow_private=settings.notifications_to_private
        )
        yield Exporter(
            sessions=sessions,
            settings=settings,
            clock=clock,
            banqup=banqup,
            tokens=Tokens(sessions, http=http, sealer=sealer, clock=clock),
            http=http,
            notifier=notifier,
        )
