"""The webhooks we send to partners, as described in OpenAPI."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, status
from pydantic import BaseModel, Field

from app.api.fields import GRADE, Moment, Reason
from app.vocabulary import ExportGrade, PostboxState

_ID = "The notification's ID, the same on every delivery attempt. Use it to detect duplicates."
_SIGNATURE = (
    "Standard Webhooks: `v1,` and the base64 HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{raw body}`, with the "
    "key after `whsec_`."
)


def _signed(
    webhook_id: Annotated[str, Header(description=_ID, examples=["2a6a0f0d-9b11-4c3e-8f0a-5f0c1a52f7a9"])],
    webhook_timestamp: Annotated[
        str, Header(description="When this attempt was sent: Unix time in seconds.", examples=["1767225600"])
    ],
    webhook_signature: Annotated[
        str, Header(description=_SIGNATURE, examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="])
    ],
) -> None:
    """Declare the Standard Webhooks headers."""


class Event(BaseModel):
    """An event in an installation."""

    type: str
    timestamp: Moment = Field(description="When it happened.")


class ExportData(BaseModel):
    """The export that ended."""

    export: UUID = Field(description="The export's ID, as in `/v1/installations/{partner_space_id}/exports`.")
    client: UUID = Field(description="The client's Business Space.")
    document: UUID = Field(description="The document's ID in Banqup.")
    status: Literal["ready_to_process", "error"]
    number: str | None = Field(description="The document number.")
    exact_number: str | None = Field(description="Exact's number for the document, if Exact has it.")
    exact_state: PostboxState | None = Field(description="Its last known state in the digital postbox.")
    grade: ExportGrade | None = Field(description=GRADE)
    reason: Reason | None = Field(description="Set for `error` only.")


class ExportReady(Event):
    """Exact has the document."""

    type: Literal["export.ready_to_process"]
    data: ExportData


class ExportFailed(Event):
    """The document could not be exported, or Exact rejected it later."""

    type: Literal["export.error"]
    data: ExportData


class LostData(BaseModel):
    """Why the connection was lost."""

    reason: Reason


class ConnectionLost(Event):
    """Exact Online no longer accepts the sign-in."""

    type: Literal["connection.lost"]
    data: LostData


class RestoredData(BaseModel):
    """Who signed in."""

    full_name: str = Field(description="The user's name in Exact Online.")


class ConnectionRestored(Event):
    """A user signed in to Exact Online again."""

    type: Literal["connection.restored"]
    data: RestoredData


class BoundCompany(BaseModel):
    """The client's Exact company before or after the event."""

    code: str = Field(description="The Company Code.")
    name: str


class ClientData(BaseModel):
    """The client and the company."""

    client: UUID = Field(description="The client's Business Space.")
    company: BoundCompany
    because: Literal["deactivated", "company_changed"] | None = Field(
        description="Null for `client.activated`, and if the export was switched off for all clients."
    )


class ClientActivated(Event):
    """The client's documents now go to Exact."""

    type: Literal["client.activated"]
    data: ClientData


class ClientDeactivated(Event):
    """The client's documents no longer go to that company."""

    type: Literal["client.deactivated"]
    data: ClientData


router = APIRouter(
    tags=["Notifications"],
    dependencies=[Depends(_signed)],
    generate_unique_id_function=lambda route: route.name,
)
_DELIVERED: dict[str, Any] = {
    "status_code": status.HTTP_204_NO_CONTENT,
    "response_description": "Accepted. Any other 2xx status counts as well.",
    "responses": {"default": {"description": "Not accepted: we retry with backoff for three days."}},
}


@router.post("export.ready_to_process", summary="Exact has a document", **_DELIVERED)
async def export_ready(event: ExportReady) -> None:
    """The document and its files are in Exact Online."""


@router.post("export.error", summary="A document could not be exported", **_DELIVERED)
async def export_failed(event: ExportFailed) -> None:
    """The export stays in error until it is resent; `reason` says who has to act and how."""


@router.post("connection.lost", summary="The connection was lost", **_DELIVERED)
async def connection_lost(event: ConnectionLost) -> None:
    """Documents wait for a new sign-in to Exact Online."""


@router.post("connection.restored", summary="The connection was restored", **_DELIVERED)
async def connection_restored(event: ConnectionRestored) -> None:
    """Waiting documents go out automatically."""


@router.post("client.activated", summary="A client was activated", **_DELIVERED)
async def client_activated(event: ClientActivated) -> None:
    """Also sent after a change of company, and for each client when the export is switched on again."""


@router.post("client.deactivated", summary="A client was deactivated", **_DELIVERED)
async def client_deactivated(event: ClientDeactivated) -> None:
    """The client's waiting documents are recorded as not exported."""
