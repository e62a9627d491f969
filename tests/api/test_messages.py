"""The webhook: who may post, what is read, what is answered and kept."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from httpx import Headers
from sqlalchemy import func, select
from standardwebhooks import Webhook, WebhookVerificationError

from app.storage.models import Message
from tests.api.running import MESSAGES, WEBHOOK_SECRET, Api, message, minutes, signed


async def kept(api: Api, *message_ids: object) -> int:
    """How many of these messages are stored; of all, where none is named."""
    query = select(func.count()).select_from(Message)
    async with api.services.sessions() as session:
        return await session.scalar(query.where(Message.id.in_(message_ids)) if message_ids else query) or 0


async def test_a_signed_message_is_kept_and_answered_202(api: Api) -> None:
    sent = message(uuid4(), uuid4())
    answer = await api.post_message(sent)
    assert (answer.status_code, answer.json()) == (202, {"id": sent["id"], "duplicate": False})
    assert await kept(api, sent["id"]) == 1


async def test_a_repeated_message_is_answered_202_and_stored_once(api: Api) -> None:
    sent = message(uuid4(), uuid4())
    await api.post_message(sent)
    answer = await api.post_message(sent, **{"webhook-extra": "ignored"})
    assert (answer.status_code, answer.json()) == (202, {"id": sent["id"], "duplicate": True})
    assert await kept(api, sent["id"]) == 1


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_an_unsigned_message_is_refused(api: Api, missing: str) -> None:
    sent = message(uuid4(), uuid4())
    body = json.dumps(sent).encode()
    headers = {name: value for name, value in signed(body, api.clock).items() if name != missing}
    answer = await api.http.post(MESSAGES, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert await kept(api, sent["id"]) == 0


@pytest.mark.parametrize("off", [6, -6])
async def test_a_stale_message_is_refused(api: Api, off: int) -> None:
    body = json.dumps(message(uuid4(), uuid4())).encode()
    headers = signed(body, api.clock)
    api.clock.offset += minutes(off)
    answer = await api.http.post(MESSAGES, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")


async def test_a_message_signed_with_another_secret_is_refused(api: Api) -> None:
    body = json.dumps(message(uuid4(), uuid4())).encode()
    headers = signed(body, api.clock, secret="whsec_YW5vdGhlciBzZWNyZXQsIG5vdCBvdXJz")
    answer = await api.http.post(MESSAGES, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")


async def test_a_body_that_was_changed_on_the_way_is_refused(api: Api) -> None:
    body = json.dumps(message(uuid4(), uuid4())).encode()
    answer = await api.http.post(MESSAGES, content=body + b" ", headers=signed(body, api.clock))
    assert answer.status_code == 401


async def test_every_wrong_signature_is_refused_here_and_by_the_library(api: Api) -> None:
    body = json.dumps(message(uuid4(), uuid4())).encode()
    right = signed(body, api.clock)["webhook-signature"]
    for wrong in ("v1,", "v1", ",", "v2," + right[3:], right[:-1], right[3:], "v1,é", "v1," + right[3:].lower()):
        headers = signed(body, api.clock) | {"webhook-signature": wrong}
        answer = await api.http.post(MESSAGES, content=body, headers=Headers(headers, encoding="utf-8"))
        assert answer.status_code == 401, wrong
        with pytest.raises((WebhookVerificationError, ValueError)):
            Webhook(WEBHOOK_SECRET).verify(body, headers)


async def test_one_right_signature_among_several_is_enough(api: Api) -> None:
    body = json.dumps(message(uuid4(), uuid4())).encode()
    headers = signed(body, api.clock)
    headers["webhook-signature"] = f"v1,bm90IHRoaXMgb25l v1a,other {headers['webhook-signature']}"
    assert (await api.http.post(MESSAGES, content=body, headers=headers)).status_code == 202
    assert Webhook(WEBHOOK_SECRET).verify(body, headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'{"id": null}',
        b'{"id": 7}',
        b'{"id": ""}',
        b'{"id": "a\\u0000b"}',
        b'{"id": "\\ud800"}',
        b'{"id": "' + b"x" * 201 + b'"}',
        b"[" * 5000,
        b'{"id": "a", "data": ' + b"[" * 5000,
        b"<message/>",
        b'{"id": "a"} trailing',
    ],
)
async def test_a_message_that_cannot_be_read_is_a_400(api: Api, body: bytes) -> None:
    before = await kept(api)
    answer = await api.post_message(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable_message")
    assert await kept(api) == before


async def test_bytes_that_are_no_text_are_a_400(api: Api) -> None:
    body = b'{"id": "\xff\xfe"}'
    headers = signed(b"", api.clock)
    key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    headers["webhook-signature"] = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    answer = await api.http.post(MESSAGES, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable_message")


@pytest.mark.parametrize(
    "more",
    [
        {"category": "space"},
        {"type": "document.created"},
        {"type": 7, "category": {}},
        {"type": "x" * 100_000},
        {"type": "a\x00b"},
        {"data": None, "channel": "neither/ids"},
        {"data": {"spaceId": ["no"], "documentId": 7}, "resourceId": 7},
        {"somethingNew": {"deep": [1, 2, 3]}},
    ],
)
async def test_a_message_that_is_not_for_export_is_accepted_and_kept(api: Api, more: dict[str, object]) -> None:
    sent = message(uuid4(), uuid4(), **more)
    answer = await api.post_message(sent)
    assert answer.status_code == 202, answer.text
    assert await kept(api, sent["id"]) == 1


async def test_a_body_of_10_mb_is_refused_by_its_announced_length(api: Api) -> None:
    answer = await api.post_message(b'{"id": "' + b"x" * 10_000_000 + b'"}')
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_body_of_10_mb_in_pieces_is_refused_before_it_is_read_to_its_end(api: Api) -> None:
    taken = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(160):
            taken += 65536
            yield b"x" * 65536

    answer = await api.http.post(MESSAGES, content=pieces(), headers=signed(b"", api.clock))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert taken < 2 << 20


async def test_one_mebibyte_is_taken(api: Api) -> None:
    sent = message(uuid4(), uuid4())
    size = (1 << 20) - len(json.dumps(sent | {"pad": ""}))
    assert (await api.post_message(sent | {"pad": "x" * size})).status_code == 202
    assert (await api.post_message(sent | {"pad": "x" * (size + 1)})).status_code == 413


async def test_a_body_of_10_mb_is_refused_before_its_first_byte_is_sent(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {MESSAGES} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    writer.close()
    await writer.wait_closed()
    assert head.startswith("http/1.1 413")
    assert "connection: close" in head
