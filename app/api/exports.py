"""The exports: every document on its way to Exact, with its status, its reason and its history."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response, status
from pydantic import BaseModel, Field

from app import resending
from app.api.callers import AuthenticatedRoute, ManagedSpace, ReadSpace
from app.api.fields import Body, Moment, Reason, reason
from app.api.problems import documented
from app.api.services import ServicesDep
from app.errors import Problem
from app.partners.installations import expect_installation
from app.queries import records
from app.reasons import (
    FORBIDDEN,
    INVALID_REQUEST,
    NOT_FOUND,
    NOTHING_TO_RESEND,
    STILL_QUEUED,
    UBL_GONE,
    UNAUTHENTICATED,
)
from app.storage.models import ExportEvent

router = APIRouter(
    prefix="/v1/installations/{partner_space_id}/exports", tags=["Exports"], route_class=AuthenticatedRoute
)

ExportId = Annotated[UUID, Path(description="The export.")]
Status = Literal["queued", "ready_to_process", "error", "not_exported"]
_STATUS = (
    "`queued`: waits or is being sent. `ready_to_process`: Exact has it. `error`: could not be exported, `reason` says "
    "why. `not_exported`: on purpose, `reason` says why."
)
_LARGEST_CURSOR = (1 << 63) - 1


class Document(BaseModel):
    """The document in Banqup; what is null has not been read yet."""

    id: UUID
    folder: str | None = Field(default=None, examples=["PURCHASES"])
    kind: Literal["invoice", "credit_note"] | None = None
    number: str | None = Field(default=None, examples=["2026-0042"])
    issue_date: date | None = None
    seller: str | None = None
    buyer: str | None = None
    currency: str | None = Field(default=None, examples=["EUR"])
    amount: Decimal | None = Field(default=None, description="With VAT.", examples=["1210.00"])


class ExportCompany(BaseModel):
    """The Exact company that the document goes to."""

    division: int = Field(examples=[100002])
    code: str = Field(examples=["2"])
    name: str = Field(examples=["Bakkerij Janssens BV"])


class Wait(Reason):
    """What a queued export waits for."""

    code: str = Field(description="`connection`, `rate_limit`, `exact_unavailable`, `circuit_open` and others.")
    until: Moment | None = Field(default=None, description="When it is tried again; null where a person must act.")


class InExact(BaseModel):
    """The document in Exact Online."""

    number: str | None = Field(default=None, description="Exact's own number of the document.")
    url: str | None = None
    subject: str | None = Field(default=None, description="Begins with the reference by which it is found there.")
    state: str | None = Field(
        default=None, description="In the digital postbox: open, in process, processed, rejected, error or blocked."
    )


class Export(BaseModel):
    """One document on its way to one company."""

    id: UUID
    client: UUID = Field(description="The client's Business Space.")
    document: Document
    company: ExportCompany
    status: Status = Field(description=_STATUS)
    waits_for: Wait | None = Field(default=None, description="Only while `queued`.")
    reason: Reason | None = Field(default=None, description="Only with `error` and `not_exported`.")
    trigger: Literal["approved", "sent"] = Field(description="What happened in Banqup.")
    event_at: Moment = Field(description="When the message about it came.")
    ended_at: Moment | None = None
    exact: InExact | None = None
    origin: str | None = Field(
        default=None, description="What the UBL was made of: Banqup's data, or a file that came with the document."
    )
    losses: list[str] = Field(default=[], description="What could not be carried over from the file, in plain words.")
    sha256: str | None = Field(default=None, description="Of the UBL as exported.")


class HistoryLine(BaseModel):
    """One thing that happened to an export."""

    at: Moment
    event: str = Field(examples=["received", "postponed", "ready_to_process", "error", "sent_again"])
    reason: Reason | None = None
    exact_number: str | None = None


class ExportWithHistory(Export):
    """One document on its way to one company, and what has happened so far, the oldest first."""

    history: list[HistoryLine]


class Exports(BaseModel):
    """A page of exports, the newest first."""

    exports: list[Export]
    next: str | None = Field(default=None, description="Send it as `after` for the next page; null on the last.")


class ResendRequest(Body):
    """Which exports to send again."""

    client: UUID | None = Field(default=None, description="Of this client only.")
    status: Literal["error"] = "error"


class ResendResult(BaseModel):
    """How many exports are on their way again."""

    count: int


def _cursor(sequence: int) -> str:
    return urlsafe_b64encode(f"s{sequence}".encode()).decode().rstrip("=")


def _place(cursor: str) -> int:
    """The sequence number behind a cursor; raises `Problem` where it is none of ours."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        place = int(text.removeprefix("s"))
    except ValueError:
        place = -1
    if not 0 <= place <= _LARGEST_CURSOR or _cursor(place) != cursor:
        field = {"field": "query.after", "message": "is not a cursor that was given as next"}
        raise Problem(INVALID_REQUEST.because("Not right: query.after.", errors=[field]))
    return place


@router.get("", summary="The exports", responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST))
async def list_exports(
    space: ReadSpace,
    services: ServicesDep,
    client: Annotated[UUID | None, Query(description="Of this client only.")] = None,
    status: Annotated[Status | None, Query(description="Only with this status.")] = None,
    after: Annotated[str | None, Query(max_length=40, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 50,
) -> Exports:
    """The newest first, page by page. New exports do not shift the pages."""
    place = _place(after) if after is not None else None
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
        found = await records.page(session, installation.id, client=client, status=status, after=place, limit=limit + 1)
    more = _cursor(found[limit - 1].export.sequence) if len(found) > limit else None
    return Exports(exports=[Export(**_view(record)) for record in found[:limit]], next=more)


@router.post(
    "/resend",
    summary="Send what rests in error again",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, NOTHING_TO_RESEND, INVALID_REQUEST),
)
async def resend_errors(space: ManagedSpace, wanted: ResendRequest, services: ServicesDep) -> ResendResult:
    """All exports in error, of one client or of all. Each first looks whether Exact already has the document."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        count = await resending.resend_errors(session, installation, client=wanted.client, clock=services.clock)
    return ResendResult(count=count)


@router.get(
    "/{export_id:uuid}",
    summary="One export with its history",
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, INVALID_REQUEST),
)
async def get_export(space: ReadSpace, export_id: ExportId, services: ServicesDep) -> ExportWithHistory:
    """What the document is, where it stands, what it waits for or why it rests, and what has happened so far."""
    async with services.sessions() as session:
        record = await records.expect_one(session, await expect_installation(session, space), export_id)
        history = await records.history(session, record.export.id)
    return ExportWithHistory(**_view(record), history=[_line(event) for event in history])


@router.get(
    "/{export_id:uuid}/ubl",
    summary="The UBL as exported",
    response_class=Response,
    responses={
        200: {"description": "The UBL.", "content": {"application/xml": {"schema": {"type": "string"}}}},
        **documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, UBL_GONE, INVALID_REQUEST),
    },
)
async def get_ubl(space: ReadSpace, export_id: ExportId, services: ServicesDep) -> Response:
    """Byte for byte what went to Exact; kept for 30 days (KEEP_UBL_DAYS)."""
    async with services.sessions() as session:
        installation = await expect_installation(session, space)
        found, content = await records.expect_ubl(session, installation, export_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.document_id}.xml"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/xml", headers=headers)


@router.post(
    "/{export_id:uuid}/resend",
    summary="Send one export again",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, STILL_QUEUED, NOTHING_TO_RESEND, INVALID_REQUEST),
)
async def resend_export(space: ManagedSpace, export_id: ExportId, services: ServicesDep) -> Export:
    """A new attempt of the same export, whatever it ended as. It first looks whether Exact already has the document."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        record = await resending.resend(session, installation, export_id, clock=services.clock)
    return Export(**_view(record))


@router.post(
    "/{export_id:uuid}/release",
    summary="Release a probable duplicate",
    status_code=status.HTTP_202_ACCEPTED,
    responses=documented(UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, STILL_QUEUED, NOTHING_TO_RESEND, INVALID_REQUEST),
)
async def release_export(space: ManagedSpace, export_id: ExportId, services: ServicesDep) -> Export:
    """A person has compared both documents: this one is another invoice. It is sent."""
    async with services.sessions.begin() as session:
        installation = await expect_installation(session, space)
        record = await resending.release(session, installation, export_id, clock=services.clock)
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
            kind=export.kind,  # type: ignore[arg-type]
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
        "losses": export.losses or [],
        "sha256": export.ubl_sha256,
    }


def _line(event: ExportEvent) -> HistoryLine:
    """An event's detail is a reason, or what is known of the document in Exact."""
    detail = event.detail or {}
    return HistoryLine(
        at=event.at,
        event=event.event,
        reason=reason(detail) if "code" in detail else None,
        exact_number=detail.get("exact_number"),
    )
