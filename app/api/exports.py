"""The exports: every document, with its status, reason and history."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, Field, model_validator

from app import resending
from app.api import cursors
from app.api.callers import AuthenticatedRoute, ManagedSpace, ReadSpace
from app.api.fields import GRADE, Body, Moment, Reason, Sentence, Word, reason
from app.api.problems import documented
from app.api.services import ServicesDep
from app.partners.installations import expect_installation
from app.queries import records
from app.reasons import (
    FORBIDDEN,
    INVALID_REQUEST,
    NOT_FOUND,
    NOT_HELD,
    NOTHING_TO_RESEND,
    STILL_QUEUED,
    UBL_GONE,
    UNAUTHENTICATED,
)
from app.storage.models import ExportEvent
from app.vocabulary import DocumentKind, ExportGrade, ExportStatus, Folder, Origin, PostboxState, Trigger

router = APIRouter(
    prefix="/v1/installations/{partner_space_id}/exports", tags=["Exports"], route_class=AuthenticatedRoute
)

ExportId = Annotated[UUID, Path(description="The export.")]
_STATUS = (
    "`queued`: waiting or being sent. `ready_to_process`: Exact has the document. `error`: the export failed; `reason` "
    "says why. `not_exported`: left out on purpose; `reason` says why."
)


_WHY = "Why the document is released. The audit log and the document in Exact show it."


class Document(BaseModel):
    """The document in Banqup. Fields are null until we have read it."""

    id: UUID
    folder: Folder | None = Field(default=None, examples=["PURCHASES"])
    kind: DocumentKind | None = None
    number: str | None = Field(default=None, examples=["2026-0042"])
    issue_date: date | None = None
    seller: str | None = None
    buyer: str | None = None
    currency: str | None = Field(default=None, examples=["EUR"])
    amount: Decimal | None = Field(default=None, description="Including VAT.", examples=["1210.00"])


class ExportCompany(BaseModel):
    """The Exact company that receives the document."""

    division: int = Field(examples=[100002])
    code: str = Field(examples=["2"])
    name: str = Field(examples=["Bakkerij Janssens BV"])


class Wait(Reason):
    """What a queued export is waiting for."""

    code: str = Field(description="`connection`, `rate_limit`, `exact_unavailable`, `circuit_open` or another code.")
    until: Moment | None = Field(default=None, description="When we retry; null if a person has to act.")


class InExact(BaseModel):
    """The document in Exact Online."""

    number: str | None = Field(default=None, description="Exact's number for the document.")
    url: str | None = None
    subject: str | None = Field(default=None, description="Starts with the reference to search for in Exact.")
    state: PostboxState | None = Field(default=None, description="State in the digital postbox.")


class Export(BaseModel):
    """The export of one document to one company."""

    id: UUID
    client: UUID = Field(description="The client's Business Space.")
    document: Document
    company: ExportCompany
    status: ExportStatus = Field(description=_STATUS)
    waits_for: Wait | None = Field(default=None, description="Set while `queued` only.")
    reason: Reason | None = Field(default=None, description="Set for `error` and `not_exported` only.")
    trigger: Trigger = Field(description="What happened in Banqup.")
    event_at: Moment = Field(description="When Banqup's message arrived.")
    ended_at: Moment | None = None
    exact: InExact | None = None
    origin: Origin | None = Field(
        default=None,
        description=(
            "Source of the UBL. `banqup`: Banqup's data. `untouched`: the document's own file, sent unchanged. `ubl`, "
            "`cii`: the document's own file, converted."
        ),
    )
    grade: ExportGrade | None = Field(default=None, description=GRADE)
    losses: list[str] = Field(default=[], description="What the conversion had to leave out, in plain words.")
    sha256: str | None = Field(default=None, description="SHA-256 of the exported UBL.")


class HistoryLine(BaseModel):
    """One event in an export's history."""

    at: Moment
    event: str = Field(examples=["received", "postponed", "ready_to_process", "error", "sent_again"])
    reason: Reason | None = None
    exact_number: str | None = None


class ExportWithHistory(Export):
    """The export of one document to one company, with its history, oldest first."""

    history: list[HistoryLine]


class Exports(BaseModel):
    """A page of exports, newest first."""

    exports: list[Export]
    next: str | None = Field(default=None, description="Pass as `after` to get the next page; null on the last page.")


class ResendRequest(Body):
    """Which exports to resend."""

    client: UUID | None = Field(default=None, description="Only exports of this client.")
    status: Literal["error"] = "error"


class Release(Body):
    """How to release an export."""

    readable: Literal["readable"] | None = Field(
        default=None,
        alias="as",
        description=(
            "`readable` sends an export in error as a PDF, with the findings in the document's body. Without it, the "
            "document goes out as it is, if it is held for a person's decision."
        ),
    )
    reason: Sentence | None = Field(default=None, description=f"{_WHY} Required with `as`.")

    @model_validator(mode="after")
    def _expect_a_reason(self) -> "Release":
        if self.readable and self.reason is None:
            raise ValueError("reason is required")
        return self


class BulkRelease(Body):
    """Which exports in error to release as readable."""

    readable: Literal["readable"] = Field(alias="as")
    reason: Sentence = Field(description=_WHY)
    client: UUID | None = Field(default=None, description="Only exports of this client.")
    code: Word | None = Field(
        default=None,
        description="Only exports with this error. Documents held for a person's decision stay unless it names theirs.",
        examples=["invoice_unsupported"],
    )


class ResendResult(BaseModel):
    """How many exports were queued again."""

    count: int


@router.get("", summary="List exports", responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST))
async def list_exports(
    space: ReadSpace,
    services: ServicesDep,
    client: Annotated[UUID | None, Query(description="Only exports of this client.")] = None,
    status: Annotated[ExportStatus | None, Query(description="Only exports with this status.")] = None,
    grade: Annotated[ExportGrade | None, Query(description="Only exports of this grade.")] = None,
    after: cursors.After = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Maximum number of exports per page.")] = 50,
) -> Exports:
    """Return exports newest first, page by page. New exports do not shift the pages."""
    place = cursors.place(after) if after is not None else None
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
        found = await records.page(
            session, installation.id, client=client, status=status, grade=grade, after=place, limit=limit + 1
        )
    more = cursors.cursor(found[limit - 1].export.sequence) if len(found) > limit else None
    return Exports(exports=[Export(**_view(record)) for record in found[:limit]], next=more)


@router.post(
    "/resend",
    summary="Resend all failed exports",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, NOTHING_TO_RESEND, INVALID_REQUEST),
)
async def resend_errors(space: ManagedSpace, body: ResendRequest, services: ServicesDep) -> ResendResult:
    """Resend every export in error, of one client or of all. We first check whether Exact already has the document."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        count = await resending.resend_errors(session, installation, client=body.client, clock=services.clock)
    return ResendResult(count=count)


@router.post(
    "/release",
    summary="Release all failed exports as readable",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, NOTHING_TO_RESEND, INVALID_REQUEST),
)
async def release_errors(space: ManagedSpace, body: BulkRelease, services: ServicesDep) -> ResendResult:
    """Send every export in error as a PDF with the findings in its body, of one client or of all, with one reason."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        count = await resending.release_errors(
            session, installation, because=body.reason, client=body.client, code=body.code, clock=services.clock
        )
    return ResendResult(count=count)


@router.get(
    "/{export_id:uuid}",
    summary="Read one export with its history",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_export(space: ReadSpace, export_id: ExportId, services: ServicesDep) -> ExportWithHistory:
    """Return the document, its status, what it waits for or why it ended, and its history."""
    async with services.sessions() as session:
        record = await records.expect_one(session, await expect_installation(session, space), export_id)
        history = await records.history(session, record.export.id)
    return ExportWithHistory(**_view(record), history=[_line(event) for event in history])


@router.get(
    "/{export_id:uuid}/ubl",
    summary="Download the exported UBL",
    response_class=Response,
    responses={
        200: {"description": "The UBL.", "content": {"application/xml": {"schema": {"type": "string"}}}},
        **documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, UBL_GONE, INVALID_REQUEST),
    },
)
async def get_ubl(space: ReadSpace, export_id: ExportId, services: ServicesDep) -> Response:
    """Return the exact bytes sent to Exact. They are kept for 30 days (KEEP_UBL_DAYS)."""
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
        found, content = await records.expect_ubl(session, installation, export_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.document_id}.xml"'}
    return Response(content, media_type="application/xml", headers=headers)


@router.post(
    "/{export_id:uuid}/resend",
    summary="Resend one export",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, STILL_QUEUED, NOTHING_TO_RESEND, INVALID_REQUEST),
)
async def resend_export(space: ManagedSpace, export_id: ExportId, services: ServicesDep) -> Export:
    """Queue an ended export again, whatever its status. We first check whether Exact already has the document."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        record = await resending.resend(session, installation, export_id, clock=services.clock)
    return Export(**_view(record))


@router.post(
    "/{export_id:uuid}/release",
    summary="Release an export",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(
        UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, STILL_QUEUED, NOTHING_TO_RESEND, NOT_HELD, INVALID_REQUEST
    ),
)
async def release_export(
    space: ManagedSpace, export_id: ExportId, services: ServicesDep, body: Release | None = None
) -> Export:
    """Send a held document as it is, such as a probable duplicate, or any document in error as a readable one."""
    reason = body.reason if body else None
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        if body and body.readable and reason:
            record = await resending.release_as_readable(
                session, installation, export_id, because=reason, clock=services.clock
            )
        else:
            record = await resending.release(session, installation, export_id, reason=reason, clock=services.clock)
    return Export(**_view(record))


def _view(record: records.Record) -> dict[str, Any]:
    export = record.export
    waits_for = Wait(**record.waits_for, until=record.until) if record.waits_for else None
    in_exact = InExact(
        number=export.exact_number, url=export.exact_url, subject=export.subject, state=export.exact_state
    )
    return {
        "id": export.id,
        "client": export.business_space_id,
        "document": Document(
            id=export.document_id,
            folder=export.folder,
            kind=export.kind,
            number=export.number,
            issue_date=export.issue_date,
            seller=export.seller,
            buyer=export.buyer,
            currency=export.currency,
            amount=export.amount,
        ),
        "company": ExportCompany(division=export.division, code=record.company_code, name=record.company_name),
        "status": export.status,
        "waits_for": waits_for,
        "reason": reason(export.reason) if export.status in ("error", "not_exported") else None,
        "trigger": export.trigger,
        "event_at": export.event_at,
        "ended_at": export.ended_at,
        "exact": in_exact if export.exact_id else None,
        "origin": export.origin,
        "grade": export.grade,
        "losses": export.losses or [],
        "sha256": export.ubl_sha256,
    }


def _line(event: ExportEvent) -> HistoryLine:
    """Return a line of history; an event's detail is a reason or the document's number in Exact."""
    detail = event.detail or {}
    return HistoryLine(
        at=event.at,
        event=event.event,
        reason=reason(detail) if "code" in detail else None,
        exact_number=detail.get("exact_number"),
    )
