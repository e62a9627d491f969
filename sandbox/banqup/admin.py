"""The admin API of the Banqup sandbox: spaces, documents, messages, deliveries and bearer tokens."""

import base64
import binascii
import uuid
from dataclasses import asdict, fields, replace
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from starlette.responses import Response

from sandbox.answers import json_answer
from sandbox.banqup.core import Banqup
from sandbox.banqup.state import Settings, Space
from sandbox.faults.admin import Strict


class NewSpace(Strict):
    partner_space_id: str
    name: str
    id: str | None = None
    vat_number: str | None = None
    enterprise_number: str | None = None
    granted: bool = True


class SpaceChange(Strict):
    name: str | None = None
    partner_space_id: str | None = None
    granted: bool | None = None


class PartnerName(Strict):
    name: str


class NewFile(Strict):
    role: str
    filename: str
    content_base64: str
    content_type: str = "application/octet-stream"


class NewDocument(Strict):
    document: dict[str, Any]
    files: list[NewFile] = Field(default_factory=list)
    created_at: str | None = None


class Announcement(Strict):
    """Overrides for the message; by default it follows from the document's state."""

    type: str | None = None
    message_id: str | None = None


class ListenerSetting(Strict):
    url: str | None = None
    secret: str | None = None
    auth: str | None = Field(default=None, pattern="^(standard-webhooks|jwt)$")
    audience: str | None = None
    shuffle: bool | None = None
    shuffle_seconds: float | None = None
    repeat: float | None = Field(default=None, ge=0, le=1)
    paused: bool | None = None
    backoff_seconds: tuple[float, ...] | None = Field(default=None, min_length=1)
    attempts: int | None = None
    parallel: int | None = None
    timeout_seconds: float | None = None
    seed: int | None = None


class TokenRequest(BaseModel):
    """A request for a caller's bearer token; `claims` overrides every other claim."""

    subject: str = "tester"
    partner_spaces: list[str] = Field(default_factory=list)
    scope: str = "exact-online:read exact-online:manage"
    audience: str | None = None
    typ: str = "JWT"
    expires_in: int = 3600
    claims: dict[str, Any] = Field(default_factory=dict)


def admin_routes(banqup: Banqup, *, audience: str) -> APIRouter:
    """Return every route of `/sandbox` but the page."""
    routes = APIRouter(prefix="/sandbox", tags=["Banqup"])
    _world_routes(routes, banqup)
    _space_routes(routes, banqup)
    _partner_routes(routes, banqup)
    _document_routes(routes, banqup)
    _step_routes(routes, banqup)
    _message_routes(routes, banqup)
    _issuer_routes(routes, banqup, audience)
    return routes


def _world_routes(routes: APIRouter, banqup: Banqup) -> None:
    @routes.post("/reset")
    async def reset() -> dict[str, bool]:
        banqup.reset()
        return {"reset": True}

    @routes.get("/settings")
    async def settings() -> dict[str, Any]:
        return asdict(banqup.world.settings)

    @routes.patch("/settings")
    async def change_settings(body: dict[str, Any]) -> dict[str, Any]:
        if unknown := set(body) - {item.name for item in fields(Settings)}:
            raise HTTPException(422, f"unknown settings: {', '.join(sorted(unknown))}")
        for name, value in body.items():
            setattr(banqup.world.settings, name, value)
        return asdict(banqup.world.settings)

    @routes.post("/tokens/expire")
    async def expire_tokens() -> dict[str, int]:
        expired = len(banqup.api.tokens)
        banqup.api.tokens.clear()
        return {"expired": expired}


def _space_routes(routes: APIRouter, banqup: Banqup) -> None:
    @routes.get("/spaces")
    async def spaces() -> list[dict[str, Any]]:
        return [asdict(space) for space in banqup.world.spaces.values()]

    @routes.post("/spaces", status_code=201)
    async def add_space(body: NewSpace) -> dict[str, Any]:
        space = Space(**body.model_dump() | {"id": body.id or str(uuid.uuid4())})
        banqup.world.spaces[space.id] = space
        return asdict(space)

    @routes.patch("/spaces/{space_id}")
    async def change_space(space_id: str, body: SpaceChange) -> dict[str, Any]:
        space = banqup.world.spaces.get(space_id)
        if space is None:
            raise HTTPException(404, "no such space")
        for name, value in body.model_dump(exclude_unset=True).items():
            setattr(space, name, value)
        return asdict(space)


def _partner_routes(routes: APIRouter, banqup: Banqup) -> None:
    @routes.put("/partners/{partner_space_id}")
    async def name_partner(partner_space_id: str, body: PartnerName) -> dict[str, str]:
        """Name the firm of a Partner Space."""
        banqup.world.partners[partner_space_id] = body.name
        return {"id": partner_space_id, "name": body.name}


def _document_routes(routes: APIRouter, banqup: Banqup) -> None:
    world = banqup.world

    @routes.get("/spaces/{space_id}/documents")
    async def documents(space_id: str) -> list[dict[str, Any]]:
        return list(world.cabinet(space_id).documents.values())

    @routes.post("/spaces/{space_id}/documents", status_code=201)
    async def add_document(space_id: str, body: NewDocument) -> Response:
        if space_id not in world.spaces:
            raise HTTPException(404, "no such space")
        document = body.document
        if body.files:
            stored = [_stored(banqup, space_id, file) for file in body.files]
            document = document | {"files": [*document.get("files", []), *stored]}
        return json_answer(world.put_document(space_id, document, created_at=body.created_at), status=201)

    @routes.patch("/spaces/{space_id}/documents/{document_id}")
    async def change_document(
        space_id: str, document_id: str, body: dict[str, Any], *, force: bool = False
    ) -> dict[str, Any]:
        """Change a document; after the approval only with `force=true`, as Banqup refuses it."""
        document = _document(banqup, space_id, document_id)
        if document_id in world.cabinet(space_id).final and not force:
            raise HTTPException(409, "an approved or sent document can no longer be modified")
        document.update(body)
        return document

    @routes.delete("/spaces/{space_id}/documents/{document_id}")
    async def delete_document(space_id: str, document_id: str) -> dict[str, str]:
        _document(banqup, space_id, document_id)
        del world.cabinet(space_id).documents[document_id]
        return {"deleted": document_id}


def _document(banqup: Banqup, space_id: str, document_id: str) -> dict[str, Any]:
    document = banqup.world.cabinet(space_id).documents.get(document_id)
    if document is None:
        raise HTTPException(404, "no such document")
    return document


def _stored(banqup: Banqup, space_id: str, file: NewFile) -> dict[str, Any]:
    """Store a file; return its entry in a document."""
    try:
        content = base64.b64decode(file.content_base64, validate=True)
    except binascii.Error as error:
        raise HTTPException(422, "content_base64 is not base64") from error
    stored = banqup.world.put_file(space_id, filename=file.filename, content_type=file.content_type, content=content)
    return {
        "id": stored.id,
        "role": file.role,
        "filename": stored.filename,
        "contentType": stored.content_type,
        "fileSize": stored.size,
    }


def _step_routes(routes: APIRouter, banqup: Banqup) -> None:
    """Add the routes that approve, send, and send to integrations again."""
    path = "/spaces/{space_id}/documents/{document_id}"

    def announced(document: dict[str, Any], message_type: str, announcement: Announcement | None) -> dict[str, Any]:
        announcement = announcement or Announcement()
        return banqup.announce(
            document, announcement.type or message_type, message_id=announcement.message_id
        ).as_json()

    @routes.post(path + "/approve", status_code=202)
    async def approve(space_id: str, document_id: str, announcement: Announcement | None = None) -> dict[str, Any]:
        document = _document(banqup, space_id, document_id)
        return announced(document, banqup.finish(document, "approve"), announcement)

    @routes.post(path + "/send", status_code=202)
    async def send(space_id: str, document_id: str, announcement: Announcement | None = None) -> dict[str, Any]:
        document = _document(banqup, space_id, document_id)
        return announced(document, banqup.finish(document, "send"), announcement)

    @routes.post(path + "/resend", status_code=202)
    async def resend(space_id: str, document_id: str, announcement: Announcement | None = None) -> dict[str, Any]:
        """Send the document to integrations again, under a new message ID."""
        document = _document(banqup, space_id, document_id)
        return announced(document, banqup.last_type(document), announcement)


def _message_routes(routes: APIRouter, banqup: Banqup) -> None:
    messenger = banqup.messenger

    @routes.post("/messages", status_code=202)
    async def post_message(body: dict[str, Any]) -> dict[str, Any]:
        """Sign and deliver any envelope."""
        return messenger.post(body).as_json()

    @routes.post("/messages/{message_id}/redeliver", status_code=202)
    async def redeliver(message_id: str) -> dict[str, Any]:
        delivery = messenger.redeliver(message_id)
        if delivery is None:
            raise HTTPException(404, "no such message")
        return delivery.as_json()

    @routes.get("/deliveries")
    async def deliveries(state: str | None = None) -> list[dict[str, Any]]:
        return [one.as_json() for one in messenger.deliveries if state in (None, one.state)]

    @routes.get("/deliveries/count")
    async def count() -> dict[str, int]:
        states = [one.state for one in messenger.deliveries]
        return {state: states.count(state) for state in sorted(set(states))} | {"total": len(states)}

    @routes.get("/listener")
    async def listener() -> dict[str, Any]:
        return asdict(messenger.listener)

    @routes.put("/listener")
    async def change_listener(body: ListenerSetting) -> dict[str, Any]:
        """Change the listener; held messages go out once it has a URL and is not paused."""
        messenger.configure(replace(messenger.listener, **body.model_dump(exclude_unset=True)))
        if messenger.listener.url and not messenger.listener.paused:
            messenger.resume()
        return asdict(messenger.listener)


def _issuer_routes(routes: APIRouter, banqup: Banqup, audience: str) -> None:
    issuer = banqup.issuer

    @routes.get("/issuer/jwks.json")
    async def jwks() -> dict[str, Any]:
        return issuer.jwks()

    @routes.put("/issuer/keys")
    async def publish_keys(body: list[dict[str, Any]]) -> dict[str, Any]:
        issuer.published = body
        return issuer.jwks()

    @routes.get("/issuer/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return issuer.discovery()

    @routes.post("/issuer/token")
    async def token(body: TokenRequest) -> dict[str, Any]:
        claims = {"scope": body.scope, "partner_spaces": body.partner_spaces} | body.claims
        signed = issuer.token(
            subject=body.subject,
            audience=body.audience or audience,
            typ=body.typ,
            seconds=body.expires_in,
            extra=claims,
        )
        return {"access_token": signed, "token_type": "Bearer", "expires_in": body.expires_in}
