"""A fresh sandbox per test inside the test's own process, and one real one on sockets for what needs a wire."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from sandbox.banqup.app import create_app as create_banqup_app
from sandbox.banqup.core import Banqup
from sandbox.banqup.messages import Listener
from sandbox.clock import Clock
from sandbox.exact_online.app import create_app as create_exact_app
from sandbox.exact_online.core import ExactOnline
from sandbox.exact_online.state import App
from sandbox.running import Sandbox, running

CALLBACK = "http://127.0.0.1:9/oauth/exact-online/callback"
APP = {"client_id": "app", "client_secret": "secret"}


class ExactDesk:
    """A client of the sandboxed Exact, with the state behind it at hand."""

    def __init__(self, core: ExactOnline, client: httpx.AsyncClient) -> None:
        self.core, self.client = core, client
        self.access_token = ""

    async def consent(self, user: str = "anna", *, redirect_uri: str = CALLBACK, **form: str) -> httpx.URL:
        """The address that the browser is sent to after Allow."""
        asked = {"client_id": "app", "redirect_uri": redirect_uri, "response_type": "code", "state": "s 1"}
        answer = await self.client.post("/api/oauth2/auth", data=asked | {"user": user, "decision": "allow"} | form)
        assert answer.status_code == 302, answer.text
        return httpx.URL(answer.headers["location"])

    async def exchange(self, code: str, *, redirect_uri: str = CALLBACK) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return await self.client.post("/api/oauth2/token", data=form | APP)

    async def refresh(self, refresh_token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self.client.post("/api/oauth2/token", data=form | APP)

    async def sign_in(self, user: str = "anna") -> dict[str, Any]:
        """Consent and exchange; calls go out under the new token."""
        answer = await self.exchange((await self.consent(user)).params["code"])
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        self.access_token = tokens["access_token"]
        return tokens

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.access_token}", "Accept": "application/json"}
        headers |= options.pop("headers", {})
        return await self.client.request(method, f"/api/v1/{path}", headers=headers, **options)

    async def get(self, path: str, **query: str) -> httpx.Response:
        return await self.call("GET", path, params={f"${name}": value for name, value in query.items()})

    async def rows(self, path: str, **query: str) -> list[dict[str, Any]]:
        answer = await self.get(path, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["d"]["results"]
        return found

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        return await self.call("POST", path, json=body, headers={"Prefer": "return=representation"} | headers)

    async def document(self, subject: str = "abc", *, company: int = 100002) -> dict[str, Any]:
        answer = await self.post(f"{company}/documents/Documents", {"Subject": subject, "Type": 20})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()["d"]
        return made

    async def admin(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.client.request(method, f"/sandbox{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def fault(self, kind: str, **rule: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.admin("POST", "/faults", {"kind": kind} | rule)
        return made


@pytest.fixture(scope="session")
def exact_app() -> tuple[ExactOnline, ASGIApp]:
    core = ExactOnline(Clock(), app=App("app", "secret"))
    return core, create_exact_app(core)


@pytest.fixture
async def exact(exact_app: tuple[ExactOnline, ASGIApp]) -> AsyncIterator[ExactDesk]:
    """A fresh Exact, nobody signed in."""
    core, app = exact_app
    core.reset()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://exact.test") as client:
        yield ExactDesk(core, client)


@pytest.fixture
async def anna(exact: ExactDesk) -> ExactDesk:
    """A fresh Exact in which Anna has signed in."""
    await exact.sign_in("anna")
    return exact


class BanqupDesk:
    """A client of the sandboxed Banqup, with the state behind it at hand."""

    def __init__(self, core: Banqup, client: httpx.AsyncClient) -> None:
        self.core, self.client = core, client
        self.headers: dict[str, str] = {}

    async def sign_in(self, **form: str) -> httpx.Response:
        asked = {"grant_type": "client_credentials", "client_id": "us", "client_secret": "secret"} | form
        answer = await self.client.post("/oauth2/client_credential/gettoken", data=asked)
        if answer.is_success:
            self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        return answer

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(f"/datastore/documents/transaction/{path}", headers=self.headers)

    async def admin(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.client.request(method, f"/sandbox{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def space(self, **fields: Any) -> str:
        made = await self.admin("POST", "/spaces", {"partner_space_id": "partner", "name": "Bakkerij"} | fields)
        return str(made["id"])


@pytest.fixture(scope="session")
def banqup_app() -> tuple[Banqup, ASGIApp]:
    core = Banqup(Clock(), client_id="us", client_secret="secret", listener=Listener())
    core.issuer.url = "http://banqup.test/sandbox/issuer"
    return core, create_banqup_app(core, audience="banqup-exact")


@pytest.fixture
async def banqup(banqup_app: tuple[Banqup, ASGIApp]) -> AsyncIterator[BanqupDesk]:
    """A fresh Banqup to which we have signed in; no listener is registered."""
    core, app = banqup_app
    core.reset()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://banqup.test") as client:
        desk = BanqupDesk(core, client)
        await desk.sign_in()
        yield desk
    await core.messenger.close()


class Received:
    """A listener on a real socket that keeps what Banqup posts; statuses to answer are taken one by one."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.arrived = asyncio.Condition()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers["content-length"]))
        status = self.statuses.pop(0) if self.statuses else 202
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        async with self.arrived:
            self.requests.append((headers | {":path": head[0].split()[1]}, body))
            self.arrived.notify_all()

    async def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The messages, once there are so many."""
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.requests) >= count)
        return [json.loads(body) for _, body in self.requests]


@pytest.fixture
async def listener() -> AsyncIterator[Received]:
    received = Received()
    server = await asyncio.start_server(received.serve, "127.0.0.1", 0)
    received.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhooks/banqup"
    yield received
    server.close()


@pytest.fixture(scope="session")
def process() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


@pytest.fixture
async def live(process: Sandbox) -> Sandbox:
    """The sandbox as a process of its own, as it was planted."""
    await process.exact.reset()
    await process.banqup.reset()
    return process
