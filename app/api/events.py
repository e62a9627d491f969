"""What a partner is told, as the description of the API shows it: the webhooks that we call, signed."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, status
from pydantic import BaseModel, Field

from app.api.fields import Moment, Reason

_ID = "The id of the notification, the same each time it is sent: the key of repeats."
_SIGNATURE = (
    "Standard Webhooks: `v1,` and the HMAC-SHA256 in base64 over `{webhook-id}.{webhook-timestamp}.{raw body}`, with "
    "the key behind `whsec_…`."
)


def _signed(
    webhook_id: Annotated[str, Header(description=_ID, examples=["2a6a0f0d-9b11-4c3e-8f0a-5f0c1a52f7a9"])],
    webhook_timestamp: Annotated[
        str, Header(description="When it was sent: seconds since 1970 in UTC.", examples=["1767225600"])
    ],
    webhook_signature: Annotated[
        str, Header(description=_SIGNATURE, examples=["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="])
    ],
) -> None:
    """The headers of Standard Webhooks."""


class Event(BaseModel):
    """Something that happened."""

    type: str
    timestamp: Moment = Field(description="When it happened.")


class ExportData(BaseModel):
    """The export that came to rest."""

    export: UUID = Field(description="Its id, as `/v1/installations/{partner_space_id}/exports` has it.")
    client: UUID = Field(description="The client's Business Space.")
    document: UUID = Field(description="The document in Banqup.")
    status: Literal["ready_to_process", "error"]
    number: str | None = Field(description="The document's own number.")
    exact_number: str | None = Field(description="Exact's number of the document, where Exact has it.")
    exact_state: str | None = Field(description="What became of it in the digital postbox, as far as it was asked.")
    reason: Reason | None = Field(description="Only with `error`.")


class ExportReady(Event):
    """Exact has the document."""

    type: Literal["export.ready_to_process"]
    data: ExportData


class ExportFailed(Event):
    """The document could not be exported, or was refused later in Exact."""

    type: Literal["export.error"]
    data: ExportData


class LostData(BaseModel):
    """Why the connection is lost."""

    reason: Reason


class ConnectionLost(Event):
    """The sign-in with Exact Online serves no longer."""

    type: Literal["connection.lost"]
    data: LostData


class RestoredData(BaseModel):
    """Who signed in."""

    full_name: str = Field(description="The user's name in Exact Online.")


class ConnectionRestored(Event):
    """Somebody signed in with Exact Online again."""

    type: Literal["connection.restored"]
    data: RestoredData


class BoundCompany(BaseModel):
    """The Exact company that the client's documents go to, or went to."""

    code: str = Field(description="Its Company Code.")
    name: str


class ClientData(BaseModel):
    """The client and the company."""

    client: UUID = Field(description="The client's Business Space.")
    company: BoundCompany
    because: Literal["deactivated", "company_changed"] | None = Field(
        description="Null with `client.activated`, and where the export was switched off for all clients."
    )


class ClientActivated(Event):
    """The client's documents go to Exact from now on."""

    type: Literal["client.activated"]
    data: ClientData


class ClientDeactivated(Event):
    """The client's documents go to that company no longer."""

    type: Literal["client.deactivated"]
    data: ClientData


router = APIRouter(
    tags=["Notifications"],
    dependencies=[Depends(_signed)],
    generate_unique_id_function=lambda route: route.name,
)
_TAKEN: dict[str, Any] = {
    "status_code": status.HTTP_204_NO_CONTENT,
    "response_description": "Taken; any other 2xx says the same.",
    "responses": {"default": {"description": "Not taken: it is sent again after growing pauses, for three days."}},
}


@router.post("export.ready_to_process", summary="Exact has a document", **_TAKEN)
async def export_ready(event: ExportReady) -> None:
    """Everything that belongs to the document is in Exact Online."""


@router.post("export.error", summary="A document could not be exported", **_TAKEN)
async def export_failed(event: ExportFailed) -> None:
    """It rests until it is sent again; `reason` says who has to act and how."""


@router.post("connection.lost", summary="The connection is lost", **_TAKEN)
async def connection_lost(event: ConnectionLost) -> None:
    """Documents wait until somebody signs in with Exact Online again."""


@router.post("connection.restored", summary="The connection is there again", **_TAKEN)
async def connection_restored(event: ConnectionRestored) -> None:
    """What waited goes out by itself."""


@router.post("client.activated", summary="A client is active", **_TAKEN)
async def client_activated(event: ClientActivated) -> None:
    """Also after the company was changed, and for each client when the export is switched on again."""


@router.post("client.deactivated", summary="A client is no longer active", **_TAKEN)
async def client_deactivated(event: ClientDeactivated) -> None:
    """What waited for the client is recorded as not exported."""
