"""Banqup's messages: signed, delivered at least once, tried again, sent again on demand."""

import asyncio
import hashlib
from typing import Any

import pytest
from joserfc import jwt
from standardwebhooks import Webhook

QUICK = {"backoff_seconds": [0.01]}


async def approved(banqup: Any, **wish: Any) -> tuple[str, dict[str, Any]]:
    """A document that was approved: its path in the admin API and the delivery."""
    space = await banqup.space()
    made = await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {}})
    path = f"/spaces/{space}/documents/{made['id']}"
    return path, await banqup.admin("POST", f"{path}/approve", wish or None)


async def settled(banqup: Any, state: str) -> list[dict[str, Any]]:
    """The deliveries in that state, once nothing is under way any more."""
    async with asyncio.timeout(10):
        await asyncio.gather(*banqup.core.messenger.tasks)
    found: list[dict[str, Any]] = await banqup.admin("GET", f"/deliveries?state={state}")
    return found


async def test_a_message_is_signed_as_standard_webhooks(banqup: Any, listener: Any) -> None:
    setting = await banqup.admin("PUT", "/listener", {"url": listener.url})
    await approved(banqup)
    await listener.wait_for(1)
    headers, body = listener.requests[0]
    message = Webhook(setting["secret"]).verify(body, headers)
    assert headers[":path"] == "/webhooks/banqup/messages"
    assert headers["webhook-id"] == message["id"]
    assert (message["category"], message["type"]) == ("document", "document.approved")
    assert message["channel"] == f"{message['data']['spaceId']}/{message['data']['documentId']}"


async def test_a_sales_document_that_is_sent_says_so(banqup: Any, listener: Any) -> None:
    await banqup.admin("PUT", "/listener", {"url": listener.url})
    space = await banqup.space()
    made = await banqup.admin("POST", f"/spaces/{space}/documents", {"document": {"folder": "SALES"}})
    await banqup.admin("POST", f"/spaces/{space}/documents/{made['id']}/send")
    (message,) = await listener.wait_for(1)
    document = (await banqup.get(f"v2/spaces/{space}/documents/{made['id']}")).json()
    assert (message["type"], document["status"]["document"]) == ("document.sent", "SENT")


async def test_resend_has_a_new_id_and_redeliver_the_same(banqup: Any, listener: Any) -> None:
    await banqup.admin("PUT", "/listener", {"url": listener.url})
    path, first = await approved(banqup)
    await listener.wait_for(1)
    await banqup.admin("POST", f"{path}/resend")
    await listener.wait_for(2)
    await banqup.admin("POST", f"/messages/{first['message_id']}/redeliver")
    ids = [message["id"] for message in await listener.wait_for(3)]
    assert ids[0] == ids[2] != ids[1]


async def test_a_listener_that_fails_gets_the_message_again(banqup: Any, listener: Any) -> None:
    listener.statuses = [503, 500, 401]
    await banqup.admin("PUT", "/listener", {"url": listener.url} | QUICK)
    await approved(banqup)
    await listener.wait_for(4)
    (delivery,) = await settled(banqup, "delivered")
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503, 500, 401, 202]


async def test_a_listener_that_is_away_is_tried_until_the_attempts_are_used_up(banqup: Any) -> None:
    await banqup.admin("PUT", "/listener", {"url": "http://127.0.0.1:9/webhooks/banqup", "attempts": 2} | QUICK)
    await approved(banqup)
    (delivery,) = await settled(banqup, "given up")
    assert [attempt["answer"] for attempt in delivery["attempts"]] == ["ConnectError", "ConnectError"]


async def test_messages_wait_while_paused(banqup: Any, listener: Any) -> None:
    await banqup.admin("PUT", "/listener", {"url": listener.url, "paused": True})
    _, delivery = await approved(banqup)
    assert delivery["state"] == "held"
    await banqup.admin("PUT", "/listener", {"paused": False})
    (message,) = await listener.wait_for(1)
    assert message["id"] == delivery["message_id"]


async def test_order_is_shuffled_and_messages_repeated_on_demand(banqup: Any, listener: Any) -> None:
    setting = {"url": listener.url, "shuffle": True, "shuffle_seconds": 0.2, "repeat": 1.0, "seed": 3}
    await banqup.admin("PUT", "/listener", setting)
    sent = [(await banqup.admin("POST", "/messages", {"id": f"m{n}"}))["message_id"] for n in range(8)]
    received = [message["id"] for message in await listener.wait_for(16)]
    assert sorted(received) == sorted(sent * 2)
    assert received != [name for name in sent for _ in range(2)]


async def test_any_envelope_can_be_posted(banqup: Any, listener: Any) -> None:
    await banqup.admin("PUT", "/listener", {"url": listener.url})
    await banqup.admin("POST", "/messages", {"id": "m1", "category": "space", "unknown": [1]})
    (message,) = await listener.wait_for(1)
    assert message == {"id": "m1", "category": "space", "unknown": [1]}


async def test_a_message_can_wear_another_type_and_id(banqup: Any, listener: Any) -> None:
    await banqup.admin("PUT", "/listener", {"url": listener.url})
    await approved(banqup, type="other.v2", message_id="known")
    (message,) = await listener.wait_for(1)
    assert (message["type"], message["id"]) == ("other.v2", "known")


async def test_a_message_can_be_signed_as_a_jwt(banqup: Any, listener: Any) -> None:
    await banqup.admin("PUT", "/listener", {"url": listener.url, "auth": "jwt"})
    await approved(banqup)
    await listener.wait_for(1)
    headers, body = listener.requests[0]
    claims = jwt.decode(headers["authorization"].removeprefix("Bearer "), banqup.core.issuer.key).claims
    assert claims["body_sha256"] == hashlib.sha256(body).hexdigest()
    assert "webhook-signature" not in headers


async def test_the_page_shows_spaces_documents_and_deliveries(banqup: Any) -> None:
    path, delivery = await approved(banqup)
    page = (await banqup.client.get("/sandbox")).text
    assert path.rsplit("/", 1)[-1] in page
    assert delivery["message_id"] in page
    assert (await banqup.admin("GET", "/deliveries/count")) == {"held": 1, "total": 1}


@pytest.mark.parametrize("path", ["/spaces/none/documents/none/approve", "/messages/none/redeliver"])
async def test_what_does_not_exist_cannot_be_announced(banqup: Any, path: str) -> None:
    assert (await banqup.client.post(f"/sandbox{path}")).status_code == 404
