"""The path of a document: message → activation → document → UBL → Exact → record.

The inbox has enqueued the export and woken its lane. A worker that has claimed the lane processes its exports in turn:
`process_lane` takes the next, `_export` takes it through the steps, and an `Outcome` raised on the way says what to do.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic

import httpx

from app import log
from app.banqup.client import Banqup, connected_to
from app.banqup.schemas import Document
from app.clock import Clock
from app.convert.banqup import is_self_billed
from app.convert.conversion import Conversion, Readable
from app.crypto import Sealer
from app.delivery.conversion import Converter
from app.delivery.eligibility import expect_exportable, expect_right_folder
from app.delivery.holds import Holds
from app.delivery.in_flight import InFlight
from app.delivery.outcome import OutcomeRecorder
from app.delivery.parcel import (
    Parcel,
    counterparty_of,
    description_of,
    description_of_readable,
    header_of,
    pack,
    pack_readable,
    reference_of,
    within_limits,
)
from app.delivery.postbox_status import check_due
from app.delivery.posting import Dispatcher
from app.delivery.route_choice import Router
from app.errors import NeedsSignIn, NotExported, Outcome, Rejected, TryLater
from app.exact.apps import app_of
from app.exact.client import TIMEOUT, Exact
from app.exact.connected import connected
from app.exact.details import Detail, losses_of
from app.exact.tokens import Tokens
from app.isolation import pool as isolation
from app.notifications.sender import Notifier
from app.partners import connections, installations
from app.queue import exports, kept_ubl, lanes
from app.queue.export_rows import ExportCancelled
from app.queue.exports import DueExport
from app.queue.lanes import Lease, LeaseLost
from app.queue.pace import Pace
from app.reasons import (
    CONNECTION_SUPERSEDED,
    DOCUMENT_STOPS_WORKER,
    FAILED_HERE,
    WAITS_FOR_CONNECTION,
    Reason,
)
from app.settings import Settings
from app.storage import db
from app.storage.db import Sessions
from app.storage.models import Connection, Export

# How long a lane is processed before the others have their turn, in seconds.
SLICE = 1.0
# The bytes of documents that one worker holds at a time.
BYTES_IN_FLIGHT = 100_000_000

_log = log.get(__name__)


@dataclass(frozen=True, kw_only=True)
class Exporter:
    """Processes lanes, with everything that a document needs on its way."""

    sessions: Sessions
    settings: Settings
    clock: Clock
    banqup: Banqup
    converter: Converter
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
            except Exception as error:
                if db.is_away(error):
                    raise
                _log.exception("lane_failed")
                await self._block_failed_lane(lease)

    async def _block_failed_lane(self, lease: Lease) -> None:
        """Release a lane whose failure no step has recorded, and say so in its reason."""
        reason = FAILED_HERE.because("Processing this company's documents failed through an error of this service.")
        async with self.sessions.begin() as session:
            await lanes.block(session, lease, until=None, reason=reason, clock=self.clock)
            await lanes.release(session, lease, clock=self.clock)

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
            if self._stops_workers(lease, due):
                await self._outcomes.record(lease, due.export, Rejected(stops_worker(lease)))
            elif not await self._attempt(lease, due, exact):
                return None
        return None

    def _stops_workers(self, lease: Lease, due: DueExport) -> bool:
        """Return whether worker after worker lost its lease at this export."""
        return due.export.id == lease.next_export and lease.lost_leases >= self.settings.lost_leases_per_document

    async def _attempt(self, lease: Lease, due: DueExport, exact: Exact) -> bool:
        """Export one document and record the outcome; return False if the whole lane must wait."""
        with log.bound(export=str(due.export.id)):
            try:
                export = await self._export(lease, due, exact)
                check_status = due.activation.route == "postbox" and export.readable is None
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

    async def _export(self, lease: Lease, due: DueExport, exact: Exact) -> Export:
        """Take one document to Exact. Raises the `Outcome` that stops it."""
        export = due.export
        body = await self.banqup.document(export.business_space_id, export.document_id)
        document = await self.converter.read(body)
        try:
            expect_exportable(document, due)
            found = await self._read(due, document, body)
            export, parcel = await self._prepare(lease, export, document, found)
        except (NotExported, Rejected):
            async with self.sessions.begin() as session:
                await lanes.expect_held(session, lease)
                await exports.describe(session, export, header_of(document))
            raise
        holds = Holds(sessions=self.sessions, clock=self.clock)
        await holds.expect_free(replace(due, export=export), found)
        ubl_type = self.settings.exact_postbox_ubl_type
        router = Router(sessions=self.sessions, clock=self.clock, ubl_type=ubl_type)
        counterparty, is_readable = counterparty_of(document, found.summary), export.readable is not None
        route = await router.route_for(exact, due.activation, counterparty, readable=is_readable)
        dispatcher = Dispatcher(sessions=self.sessions, route=route, pace=exact.pace, clock=self.clock, lease=lease)
        return await dispatcher.dispatch(export, parcel)

    async def _read(self, due: DueExport, document: Document, body: bytes) -> Conversion | Readable:
        """Return the document as UBL, or for people to read if one of them has said so."""
        read = self.converter.convert if due.export.readable is None else self.converter.readable
        try:
            found = await read(document, body)
        except Rejected:
            expect_right_folder(document, due, self_billed=is_self_billed(document))
            raise
        expect_right_folder(document, due, self_billed=found.summary.is_self_billed)
        return found

    async def _prepare(
        self, lease: Lease, export: Export, document: Document, found: Conversion | Readable
    ) -> tuple[Export, Parcel]:
        """Store the UBL and describe the document."""
        if isinstance(found, Conversion):
            return await self._prepare_ubl(lease, export, document, found)
        parcel = pack_readable(document, found, export.readable or {}, reference=reference_of(export))
        async with self.sessions.begin() as session:
            await lanes.expect_held(session, lease)
            return await exports.describe(session, export, description_of_readable(document, found, parcel)), parcel

    async def _prepare_ubl(
        self, lease: Lease, export: Export, document: Document, conversion: Conversion
    ) -> tuple[Export, Parcel]:
        """Store the UBL and describe the document; a post that has begun continues with the UBL it began with."""
        kept_for = self.settings.ubl_kept_for
        async with self.sessions.begin() as session:
            await lanes.expect_held(session, lease)
            ubl = await kept_ubl.store(session, export, conversion.ubl, kept_for=kept_for, clock=self.clock)
            conversion = within_limits(replace(conversion, ubl=ubl))
            parcel = pack(document, conversion, reference=reference_of(export))
            description = description_of(document, conversion, parcel)
            left_out = losses_of(map(Detail, export.left_out), parcel.draft.currency)
            description = replace(description, losses=[*description.losses, *left_out])
            return await exports.describe(session, export, description), parcel

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
                superseded = connection is not None and connection.state == "superseded"
                kind = CONNECTION_SUPERSEDED if superseded else WAITS_FOR_CONNECTION
                reason = kind.because("Exact Online is not connected.")
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


def stops_worker(lease: Lease) -> Reason:
    """Say how often processing ended at this document."""
    return DOCUMENT_STOPS_WORKER.because(
        f"Processing stopped {lease.lost_leases} times in a row at this document, so later documents go first."
    )


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock) -> AsyncIterator[Exporter]:
    """Open an exporter with its connections to Postgres, Banqup and Exact, for as long as the block runs."""
    url, most = settings.expect_database_url(), settings.worker_lanes * 2
    limits = httpx.Limits(max_connections=most, max_keepalive_connections=most)
    async with (
        db.opened(url) as sessions,
        httpx.AsyncClient(timeout=TIMEOUT, limits=limits) as http,
        isolation.opened(conversion_limits(settings)) as pool,
    ):
        banqup = connected_to(settings, http=http, clock=clock)
        sealer = Sealer(settings.sealing_keys)
        notifier = Notifier(
            sessions=sessions, http=http, sealer=sealer, clock=clock, allow_private=settings.notifications_to_private
        )
        yield Exporter(
            sessions=sessions,
            settings=settings,
            clock=clock,
            banqup=banqup,
            converter=Converter(banqup=banqup, pool=pool, in_flight=InFlight(BYTES_IN_FLIGHT), clock=clock),
            tokens=Tokens(sessions, http=http, sealer=sealer, clock=clock),
            http=http,
            notifier=notifier,
        )


def conversion_limits(settings: Settings) -> isolation.Limits:
    """Return what the settings allow one document."""
    return isolation.Limits(
        processes=settings.conversion_processes,
        cpu_seconds=settings.conversion_cpu_seconds,
        wall_seconds=settings.conversion_wall_seconds,
        memory=settings.conversion_memory_mb * 1_000_000,
    )
