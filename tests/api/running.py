"""The API as tests call it: the real application over a migrated database, with callers and messages at hand."""

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from standardwebhooks import Webhook

from app.api.services import Services
from app.clock import Clock
from app.main import create_app
from app.onboarding import PERMISSIONS
from app.processes import connections
from app.settings import Settings
from tests.api.issuing import AUDIENCE, Issuer
from tests.configuration import settings_of

WEBHOOK_SECRET = "whsec_c2VjcmV0IG9mIHRoZSB3ZWJob29rIHRlc3Rz"
SECRET_KEY = "c2VjcmV0IGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU="
PUBLIC_URL = "http://127.0.0.1:8000"
FRONT_END = "https://partner.example"
MESSAGES = "/webhooks/banqup/messages"


def settings(issuer: Issuer, database_url: str, **more: Any) -> Settings:
    """Complete settings, whatever the environment of the tests says."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "public_url": PUBLIC_URL,
        "secret_keys": SECRET_KEY,
        "exact_apps": {"be": {"client_id": "any", "client_secret": "any"}},
        "banqup_api_url": "http://127.0.0.1:9",
        "banqup_client_id": "any",
        "banqup_client_secret": "any",
        "webhook_secrets": WEBHOOK_SECRET,
        "api_issuer": issuer.url,
        "api_audience": AUDIENCE,
        "api_jwks_url": issuer.jwks_url,
        "api_clients": "trusted",
        "api_cors_origins": FRONT_END,
        "requests_per_minute": 1_000_000,
        "sign_ins_per_minute": 1_000_000,
    }
    return settings_of(values | more)


@dataclass
class Api:
    """The running application."""

    app: FastAPI
    http: httpx.AsyncClient
    issuer: Issuer
    settings: Settings
    clock: Clock

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    async def call(self, method: str, path: str, space: UUID | None = None, **more: Any) -> httpx.Response:
        """Call as a manager of `space`."""
        token = more.pop("token", None) or self.issuer.token(*([space] if space else []))
        headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})
        return await self.http.request(method, path, headers=headers, **more)

    async def installed(self, space: UUID | None = None) -> UUID:
        """A Partner Space with the extension."""
        space = space or uuid4()
        body = {"partner_space_id": str(space), "country": "be", "permissions": list(PERMISSIONS)}
        answer = await self.call("POST", "/v1/installations", space, json=body)
        assert answer.status_code in (200, 201), answer.text
        return space

    async def at(self, method: str, space: UUID, path: str = "", **more: Any) -> httpx.Response:
        """Call below the installation of a space, as its partner."""
        return await self.call(method, f"/v1/installations/{space}{path}", space, **more)

    async def post_message(self, content: dict[str, Any] | bytes, **headers: str) -> httpx.Response:
        """Post a message as Banqup does, signed by the library that is the oracle."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return await self.http.post(MESSAGES, content=body, headers=signed(body, self.clock) | headers)


def signed(body: bytes, clock: Clock, *, message_id: str = "msg_1", secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    """The headers of a signed message."""
    now = clock.now()
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }


def message(space: UUID, document: UUID, **more: Any) -> dict[str, Any]:
    """An envelope about a document, as Banqup posts it."""
    about = {"spaceId": str(space), "documentId": str(document)}
    return {"id": str(uuid4()), "category": "document", "type": "document.approved", "data": about} | more


@asynccontextmanager
async def running(settings: Settings, issuer: Issuer) -> AsyncIterator[Api]:
    """The application with its connections, for as long as the block runs."""
    clock = Clock()
    app = create_app(settings, clock=clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
            yield Api(app, http, issuer, settings, clock)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The application behind a real socket, in a thread with a loop of its own; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        located = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
        config = connections.configured(create_app(located), request_seconds=settings.request_seconds)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield located.public_url
        finally:
            server.should_exit = True
            thread.join()
