"""How a document travels: message → activation → document → UBL → Exact → recorded.

The inbox has made the export and woken its lane. A worker that holds the lane carries its exports one after another:
`carry` takes the next, `_export` walks it through the steps, and what stops it on the way says what becomes of it.
"""

import asyncio
import hashlib
from base64 import b32encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import httpx

from app import convert, db, exports, installations, lanes, log
from app.banqup.client import Banqup
from app.banqup.schemas import Document
from app.clock import Clock
from app.convert.conversion import Conversion, File, Unconvertible
from app.crypto import Sealer
from app.db import Sessions
from app.delivery import Delivery, Parcel
from app.errors import NeedsSignIn, NotExported, Rejected, TryLater
from app.exact import documents
from app.exact.apps import app_of
from app.exact.client import TIMEOUT, Exact
from app.exact.documents import Draft
from app.exact.tokens import ChainToken, Tokens
from app.exports import Overtaken, Waiting
from app.lanes import Claim, LeaseLost
from app.metrics import EXPORTS, TIME_TO_EXACT
from app.models import Connection, Export, InstallationId
from app.pacing import Pace
from app.reasons import (
    ARRIVED_BEFORE,
    COMPANY_CHANGED,
    DEACTIVATED,
    DOCUMENT_INVALID,
    DOCUMENT_TOO_LARGE,
    FAILED_HERE,
    NOT_AN_INVOICE,
    NOT_APPROVED,
    RATE_LIMIT,
    WAITS_FOR_CONNECTION,
    Reason,
)
from app.settings import Settings

# How long a lane is carried before the others have their turn.
SLICE = 1.0

_FOLDERS = {"approved": "PURCHASES", "sent": "SALES"}
_TYPES = {"PURCHASES": documents.PURCHASE_INVOICE, "SALES": documents.SALES_INVOICE}
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
            return
        exact = await self._exact(held, connection)
        until = monotonic() + SLICE
        while monotonic() < until and not stopping():
            async with self.sessions() as session:
                waiting = await exports.next_in(session, held.lane_id, clock=self.clock)
            if waiting is None or not await self._settled_one(held, waiting, exact):
                return

    async def _settled_one(self, held: Claim, waiting: Waiting, exact: Exact) -> bool:
        """Export one document and record what became of it; False where the whole lane has to wait."""
        with log.bound(export=str(waiting.export.id)):
            try:
                export = await self._export(waiting, exact)
            except Overtaken:
                _log.info("export_overtaken")
            except NotExported as outcome:
                await self._end(waiting, "not_exported", outcome.reason)
            except Rejected as outcome:
                await self._end(waiting, "error", outcome.reason)
            except NeedsSignIn as outcome:
                await self._lose_connection(held.installation_id, outcome.reason)
                return False
            except TryLater as outcome:
                return await self._wait(held, waiting, outcome)
            except LeaseLost:
                raise
            except Exception as error:
                if db.is_away(error):
                    raise
                _log.exception("export_failed")
                failed = FAILED_HERE.because("The export failed for a reason that is ours.")
                return await self._wait(held, waiting, TryLater(failed))
            else:
                await self._recorded(held, export)
            return True

    async def _export(self, waiting: Waiting, exact: Exact) -> Export:
        """The way of one document. Raises what becomes of it where it does not arrive."""
        export = waiting.export
        document = await self.banqup.document(export.business_space_id, export.document_id)
        expect_exportable(document, waiting)
        conversion = await self._convert(document)
        parcel = pack(document, conversion, reference=reference_of(export))
        async with self.sessions.begin() as session:
            export = await exports.describe(session, export, described(document, conversion, parcel))
            kept_for = self.settings.ubl_kept_for
            await exports.keep_ubl(session, export, conversion.ubl, kept_for=kept_for, clock=self.clock)
        delivery = Delivery(self.sessions, exact, self.clock, export.division)
        return await delivery.bring(export, parcel)

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
            findings = [
                {"rule": finding.rule, "message": finding.message, "location": finding.location}
                for finding in error.findings
            ]
            sentences = " ".join(finding["message"] for finding in findings[:3])
            more = f" And {len(findings) - 3} more." if len(findings) > 3 else ""
            raise Rejected(DOCUMENT_INVALID.because(f"{sentences}{more}", findings=findings)) from None

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
                await self._lose_connection(installation_id, outcome.reason)
            except TryLater as outcome:
                code = outcome.reason.kind.code
                _log.warning("keep_alive_postponed", code=code, installation=str(installation_id))

    async def _lose_connection(self, installation_id: InstallationId, reason: Reason) -> None:
        async with self.sessions.begin() as session:
            await installations.lock(session, installation_id)
            if await installations.lose_connection(session, installation_id, reason=reason, clock=self.clock):
                await lanes.hold_all(session, installation_id, reason=reason)
                _log.warning("connection_lost", installation=str(installation_id))

    async def _wait(self, held: Claim, waiting: Waiting, outcome: TryLater) -> bool:
        """Let the document wait, or with it everything that goes to the same company."""
        async with self.sessions.begin() as session:
            if outcome.lane:
                await lanes.block(session, held, until=outcome.until, reason=outcome.reason, clock=self.clock)
            if not outcome.lane or outcome.reason.kind is not RATE_LIMIT:
                await exports.postpone(
                    session, waiting.export, until=outcome.until, reason=outcome.reason, clock=self.clock
                )
        _log.info("export_postponed", code=outcome.reason.kind.code, whole_lane=outcome.lane)
        return not outcome.lane

    async def _end(self, waiting: Waiting, status: str, reason: Reason) -> None:
        async with self.sessions.begin() as session:
            await exports.end(
                session, waiting.export, status, reason=reason, generation=waiting.export.generation, clock=self.clock
            )
        EXPORTS.labels(status).inc()
        _log.info("export_ended", status=status, code=reason.kind.code)

    async def _recorded(self, held: Claim, export: Export) -> None:
        async with self.sessions.begin() as session:
            await exports.finish(session, export, clock=self.clock)
            await lanes.unblock(session, held)
        EXPORTS.labels("ready_to_process").inc()
        TIME_TO_EXACT.observe(max(0.0, (self.clock.now() - export.event_at).total_seconds()))
        _log.info("exported", exact_document=export.exact_number)


@asynccontextmanager
async def opened(settings: Settings, *, clock: Clock) -> AsyncIterator[Exporter]:
    """An exporter with its connections to Postgres, Banqup and Exact, for as long as the block runs."""
    url = settings.expect_database_url()
    limits = httpx.Limits(
        max_connections=settings.worker_lanes * 2, max_keepalive_connections=settings.worker_lanes * 2
    )
    async with db.opened(url) as sessions, httpx.AsyncClient(timeout=TIMEOUT, limits=limits) as http:
        banqup = Banqup(
            http,
            settings.banqup_api_url,
            client_id=settings.banqup_client_id,
            client_secret=settings.banqup_client_secret,
            clock=clock,
        )
        tokens = Tokens(sessions, http=http, sealer=Sealer(settings.sealing_keys), clock=clock)
        yield Exporter(sessions, settings, clock, banqup, tokens, http)


def expect_exportable(document: Document, waiting: Waiting) -> None:
    """Raise `NotExported` where the document is not one that this activation exports."""
    export, activation = waiting.export, waiting.activation
    if not waiting.active:
        changed = activation.ended_because == "company_changed"
        raise NotExported((COMPANY_CHANGED if changed else DEACTIVATED).because("The activation has ended."))
    if document.category not in ("INVOICE", "CREDIT_NOTE"):
        raise NotExported(NOT_AN_INVOICE.because(f"The document is of category {document.category}."))
    status = (document.status.document or "").upper()
    if document.folder != _FOLDERS[export.trigger] or status in _NOT_YET:
        raise NotExported(NOT_APPROVED.because(f"The document lies in {document.folder} and is {export.trigger}."))
    arrived = document.timestamps.created_at
    if waiting.cutoff == "event" or arrived is None:
        arrived = export.event_at
    if arrived < activation.activated_at:
        moment = f"{arrived:%Y-%m-%d %H:%M} UTC"
        raise NotExported(ARRIVED_BEFORE.because(f"It arrived on {moment}, before the client was activated."))


def pack(document: Document, conversion: Conversion, *, reference: str) -> Parcel:
    """The Exact document and its files. Raises `Rejected` where a file is larger than Exact takes."""
    summary = conversion.summary
    files = {f"{reference}.xml": conversion.ubl}
    if conversion.pdf is not None:
        files[f"{reference}.pdf"] = conversion.pdf.content
    for name, content in files.items():
        if len(content) > documents.LARGEST_FILE:
            raise Rejected(DOCUMENT_TOO_LARGE.because(f"{name} has {len(content) / 1e6:.1f} MB."))
    kind = "Credit note" if summary.is_credit_note else "Invoice"
    counterparty = summary.seller_name if document.folder == "PURCHASES" else summary.buyer_name
    draft = Draft(
        type=_TYPES[document.folder or ""],
        subject=f"{reference} {kind} {summary.number} {counterparty}"[:200].strip(),
        body=f"{kind} {summary.number}, {counterparty}. Exported from Banqup, reference {reference}.",
        document_date=summary.issue_date,
        amount=summary.total_with_vat,
        currency=summary.currency,
    )
    return Parcel(reference, draft, files)


def described(document: Document, conversion: Conversion, parcel: Parcel) -> dict[str, object]:
    """What the export's record says of the document."""
    summary = conversion.summary
    return {
        "folder": document.folder,
        "kind": "credit_note" if summary.is_credit_note else "invoice",
        "number": summary.number,
        "issue_date": summary.issue_date,
        "seller": summary.seller_name,
        "buyer": summary.buyer_name,
        "currency": summary.currency,
        "amount": summary.total_with_vat,
        "origin": conversion.origin,
        "losses": list(conversion.losses),
        "ubl_sha256": hashlib.sha256(conversion.ubl).hexdigest(),
        "subject": parcel.draft.subject,
    }


def reference_of(export: Export) -> str:
    """The token by which a document is found again in Exact: always the same for a document and a company."""
    return reference(export.business_space_id, export.document_id, export.division)


def reference(business_space_id: UUID, document_id: UUID, division: int) -> str:
    """`BQ-` and twelve characters, from a hash."""
    digest = hashlib.sha256(f"{business_space_id}:{document_id}:{division}".encode()).digest()
    return f"BQ-{b32encode(digest).decode()[:12]}"
