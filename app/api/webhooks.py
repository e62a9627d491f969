"""Banqup's webhook: messages are verified over the raw bytes, stored once and acknowledged after the commit."""

import asyncio
import json

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from app import log
from app.api.problems import RETRY_AFTER, documented
from app.api.services import Services
from app.banqup import signature
from app.banqup.schemas import Message
from app.banqup.signature import BadSignature
from app.errors import Problem
from app.metrics import MESSAGES
from app.queue.inbox import IncomingMessage, Receipt
from app.reasons import BAD_SIGNATURE, TOO_LARGE, UNAVAILABLE, UNREADABLE_MESSAGE
from app.storage import db
from app.vocabulary import Trigger

router = APIRouter(tags=["Banqup"])

PATH = "/webhooks/banqup/messages"
# Seconds; longer than any commit. Banqup redelivers unacknowledged messages.
COMMITTED_WITHIN = 20.0
_LONGEST = 200

_log = log.get(__name__)


class Accepted(BaseModel):
    """The message is stored."""

    id: str = Field(description="The message's ID.", examples=["41b86461-2c30-4cc6-8892-ea342d2e546b"])
    duplicate: bool = Field(description="Whether a message with this ID was stored before. Duplicates have no effect.")


@router.post(
    PATH,
    name="receive_message",
    summary="Receive a message from Banqup",
    status_code=202,
    response_class=Response,
    responses={
        202: {
            "model": Accepted,
            "description": "Stored in a committed transaction. Duplicates receive the same response.",
        },
        **documented(UNREADABLE_MESSAGE, BAD_SIGNATURE, TOO_LARGE, UNAVAILABLE),
    },
)
async def receive(request: Request) -> Response:
    """Store a message from Banqup, as the listener registered there.

    A message only triggers an export: we read the document from Banqup before exporting it. Messages of other
    categories or types, and those of unknown spaces or inactive clients, are accepted and ignored. Messages may arrive
    more than once and out of order.
    """
    services: Services = request.app.state.services
    body = await request.body()
    try:
        await _expect_signed(services, request, body)
        message = _read(body)
        receipt = await _store(services, _incoming(message, services.settings.banqup_message_types))
    except Problem as problem:
        MESSAGES.labels(problem.reason.kind.code).inc()
        _log.warning("message_refused", code=problem.reason.kind.code)
        raise
    MESSAGES.labels(receipt.outcome).inc()
    content = json.dumps({"id": message.id, "duplicate": receipt.duplicate})
    return Response(content, 202, media_type="application/json")


async def _expect_signed(services: Services, request: Request, body: bytes) -> None:
    now = services.clock.now()
    try:
        if services.webhook_tokens is None:
            signature.verify_standard(request.headers, body, keys=services.settings.webhook_keys, now=now)
        else:
            token = request.headers.get("authorization", "").partition(" ")[2]
            keys, rules = await services.webhook_tokens.keys.keys_for(token), services.webhook_tokens.rules
            signature.verify_jwt(request.headers, body, keys=keys, rules=rules, now=now)
    except BadSignature as error:
        raise Problem(BAD_SIGNATURE.because(str(error)), headers={"WWW-Authenticate": "Signature"}) from None


def _read(body: bytes) -> Message:
    try:
        message = Message.model_validate_json(body)
    except ValidationError as error:
        places = {".".join(str(part) for part in problem["loc"]) or "body" for problem in error.errors()}
        raise Problem(UNREADABLE_MESSAGE.because(f"Invalid fields: {', '.join(sorted(places))}.")) from None
    if "\x00" in message.id:
        raise Problem(UNREADABLE_MESSAGE.because("Invalid fields: id."))
    return message


def _incoming(message: Message, types: dict[str, Trigger]) -> IncomingMessage:
    trigger = types.get(message.type or "") if message.category == "document" else None
    return IncomingMessage(
        message_id=message.id,
        category=_word(message.category),
        type=_word(message.type),
        business_space_id=message.space_id,
        document_id=message.document_id,
        trigger=trigger,
    )


def _word(text: str | None) -> str | None:
    """Return a category or type fit to store; None if it is too long or contains NUL."""
    return text if text is None or (len(text) <= _LONGEST and "\x00" not in text) else None


async def _store(services: Services, message: IncomingMessage) -> Receipt:
    """Store the message; raise `Problem` (503) if the database is down, so that Banqup redelivers it."""
    try:
        async with asyncio.timeout(COMMITTED_WITHIN):
            return await services.inbox.put(message)
    except Exception as error:
        if not isinstance(error, TimeoutError) and not db.is_away(error):
            raise
        reason = UNAVAILABLE.because("The message could not be stored.")
        raise Problem(reason, headers=RETRY_AFTER) from error
