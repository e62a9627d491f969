"""The sandbox as a process of its own: real sockets, resets, slowness, parallel calls, and Authlib as a client."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client

from sandbox.admin import SandboxError
from sandbox.running import Sandbox, start

pytestmark = pytest.mark.slow

CALLBACK = "http://127.0.0.1:9/cb"
TYPES = "/api/v1/100002/documents/DocumentTypes"


def oauth_client(live: Sandbox, **more: Any) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        live.exact_client_id,
        live.exact_client_secret,
        redirect_uri=CALLBACK,
        token_endpoint=f"{live.exact_url}/api/oauth2/token",
        token_endpoint_auth_method="client_secret_post",
        base_url=live.exact_url,
        headers={"Accept": "application/json"},
        **more,
    )


@pytest.fixture
async def client(live: Sandbox) -> AsyncIterator[AsyncOAuth2Client]:
    """Authlib's client, signed in as Anna."""
    async with oauth_client(live) as client:
        url, state = client.create_authorization_url(f"{live.exact_url}/api/oauth2/auth")
        callback = await live.exact.sign_in(url, user="anna")
        await client.fetch_token(authorization_response=callback, state=state)
        yield client


async def test_authlib_signs_in_refreshes_and_calls(live: Sandbox, client: AsyncOAuth2Client) -> None:
    first = dict(client.token)
    await live.exact.advance(580)
    await client.refresh_token()
    answer = await client.get("/api/v1/current/Me")
    assert client.token["refresh_token"] != first["refresh_token"]
    assert answer.json()["d"]["results"][0]["FullName"] == "Anna Peeters"


async def test_a_dropped_connection_is_a_real_reset(live: Sandbox, client: AsyncOAuth2Client) -> None:
    for kind in ("lost_answer", "reset_before"):
        await live.exact.fault(kind, endpoint="documents/*", times=1)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await client.get(TYPES)
    assert (await client.get(TYPES)).status_code == 200


async def test_a_reset_in_mid_body_comes_after_the_headers(live: Sandbox, client: AsyncOAuth2Client) -> None:
    await live.exact.fault("reset_mid_body", endpoint="documents/*", times=1)
    async with client.stream("GET", TYPES) as answer:
        assert answer.status_code == 200
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await answer.aread()


async def test_slow_headers_and_slow_bodies_are_slow(live: Sandbox, client: AsyncOAuth2Client) -> None:
    for kind in ("slow_headers", "slow_body"):
        await live.exact.fault(kind, endpoint="documents/*", times=1, seconds=3.0)
        with pytest.raises(httpx.ReadTimeout):
            await client.get(TYPES, timeout=0.1)
    await live.exact.fault("slow_body", endpoint="documents/*", times=1, seconds=0.05)
    assert len((await client.get(TYPES)).json()["d"]["results"]) == 4


async def test_two_calls_at_once_to_one_company_are_a_violation(live: Sandbox, client: AsyncOAuth2Client) -> None:
    await live.exact.settings(latency_seconds=0.1)
    await asyncio.gather(client.get(TYPES), client.get("/api/v1/100003/documents/DocumentTypes"))
    assert (await live.exact.get("/sandbox/violations"))["count"] == 0
    await asyncio.gather(client.get(TYPES), client.get(TYPES))
    (violation,) = (await live.exact.get("/sandbox/violations"))["violations"]
    assert violation["company"] == "100002"
    assert violation["beside"] == ["GET documents/DocumentTypes"]


async def test_a_call_after_one_that_was_given_up_is_no_violation(live: Sandbox, client: AsyncOAuth2Client) -> None:
    await live.exact.fault("slow_headers", endpoint="documents/*", times=1, seconds=3.0)
    with pytest.raises(httpx.ReadTimeout):
        await client.get(TYPES, timeout=0.1)
    assert (await client.get(TYPES)).status_code == 200
    assert (await live.exact.get("/sandbox/violations"))["count"] == 0


async def test_the_launcher_tells_a_service_its_settings(live: Sandbox) -> None:
    settings = live.environment()
    assert settings["EXACT_BASE_URL"] == live.exact_url
    assert settings["API_JWKS_URL"].startswith(settings["API_ISSUER"])
    async with httpx.AsyncClient() as plain:
        assert (await plain.get(settings["API_JWKS_URL"])).json()["keys"][0]["kty"] == "RSA"


async def test_documents_and_messages_are_made_with_the_launchers_clients(live: Sandbox) -> None:
    space = await live.banqup.space(partner_space_id="p", name="Bakkerij")
    file = {"role": "PDF", "filename": "a.pdf", "content_type": "application/pdf", "content": b"%PDF"}
    document = await live.banqup.document(space["id"], {"folder": "PURCHASES"}, files=[file])
    approved = await live.banqup.approve(space["id"], document["id"])
    resent = await live.banqup.resend(space["id"], document["id"])
    again = await live.banqup.redeliver(approved["message_id"])
    assert again["message_id"] == approved["message_id"] != resent["message_id"]
    assert [one["state"] for one in await live.banqup.deliveries()] == ["held"] * 3
    assert (await live.banqup.token(partner_spaces=["p"])).count(".") == 2


async def test_many_calls_can_share_a_connection(live: Sandbox) -> None:
    async with live.banqup.connected() as banqup:
        spaces = [await banqup.space(partner_space_id="p", name=f"Space {number}") for number in range(20)]
    assert len(await live.banqup.get("/sandbox/spaces")) == len(spaces)


async def test_what_the_admin_api_refuses_is_told(live: Sandbox) -> None:
    with pytest.raises(SandboxError, match="unknown fault kind"):
        await live.exact.fault("explode")


def test_it_says_when_it_is_ready_and_ends_when_asked() -> None:
    sandbox = start(only="exact")
    assert sandbox.exact_url.startswith("http://127.0.0.1:")
    assert sandbox.banqup_url == ""
    sandbox.stop()
    assert sandbox.process.returncode == 0


def test_it_ends_when_whoever_started_it_is_gone() -> None:
    sandbox = start(only="banqup")
    assert sandbox.process.stdin is not None
    sandbox.process.stdin.close()
    assert sandbox.process.wait(timeout=5) == 0
    sandbox.stop()


def test_a_taken_port_is_told_by_the_launcher(process: Sandbox) -> None:
    port = httpx.URL(process.exact_url).port or 0
    with Path(os.devnull).open("w") as nowhere, pytest.raises(SandboxError, match="did not start"):
        start(exact_port=port, only="exact", log=nowhere)


def test_it_tells_people_where_to_look() -> None:
    command = [sys.executable, "-m", "sandbox", "--exact-port", "0", "--banqup-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        lines = [started.stdout.readline() for _ in range(14)]
        started.terminate()
        assert started.wait(timeout=5) == 0
    assert any(re.search(r"^banqup +http://127\.0\.0\.1:\d+/sandbox ", line) for line in lines)
