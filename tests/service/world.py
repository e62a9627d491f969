"""A small world for tests: the service's own parts over real Postgres, against the sandbox over HTTP."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select

from app.banqup.client import connected_to
from app.clock import Clock
from app.exporting import Exporter, opened
from app.onboarding import PERMISSIONS, ClientBinding, Onboarding
from app.queue import inbox, lanes
from app.queue.inbox import IncomingMessage, Receipt
from app.settings import Settings
from app.sign_in import SignedIn, SignInFlow
from app.storage.db import Sessions
from app.storage.models import Activation, Connection, Export, Installation
from app.vocabulary import Trigger
from sandbox.running import Sandbox
from tests.configuration import settings_of

SECRET_KEY = "c2VjcmV0IGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU="
PUBLIC_URL = "http://127.0.0.1:8000"


def environment_of(sandbox: Sandbox, database_url: str) -> dict[str, Any]:
    """The settings of a service that works against this sandbox and this database."""
    values: dict[str, Any] = {name.lower(): value for name, value in sandbox.environment().items()}
    values |= {"exact_apps": json.loads(values["exact_apps"]), "database_url": database_url}
    return values | {"public_url": PUBLIC_URL, "secret_keys": SECRET_KEY}


@dataclass
class World:
    """One database, one sandbox, one clock for both."""

    sandbox: Sandbox
    settings: Settings
    sessions: Sessions
    clock: Clock
    exporter: Exporter
    onboarding: Onboarding
    sign_in_flow: SignInFlow

    async def installed(self) -> UUID:
        """A Partner Space with the extension."""
        partner = uuid4()
        await self.onboarding.install(partner, country="be", permissions=list(PERMISSIONS))
        return partner

    async def sign_in(self, partner: UUID, user: str = "anna") -> SignedIn:
        """Sign in with Exact as a user of the sandbox."""
        return await self.sign_in_flow.finish(**await self.callback(partner, user))

    async def callback(self, partner: UUID, user: str = "anna", *, browser: str = "browser") -> dict[str, Any]:
        """Start a sign-in, press our button and Exact's; return what Exact sends the browser back with."""
        url, _ = await self.sign_in_flow.start(partner, return_to=None)
        exact = await self.sign_in_flow.go_on(httpx.URL(url).params["state"], browser=browser)
        back = httpx.URL(await self.sandbox.exact.sign_in(exact, user=user)).params
        return {"state": back["state"], "code": back.get("code"), "error": back.get("error"), "browser": browser}

    async def connected(self, user: str = "anna") -> UUID:
        """A Partner Space that is signed in."""
        partner = await self.installed()
        await self.sign_in(partner, user)
        return partner

    async def client(self, partner: UUID, code: str = "3", **more: Any) -> UUID:
        """A client of the partner, activated with a Company Code (3 is Garage Maes)."""
        space = await self.sandbox.banqup.space(partner_space_id=str(partner), name="Client")
        space_id = UUID(space["id"])
        await self.onboarding.activate(partner, space_id, ClientBinding(company_code=code, **more))
        return space_id

    async def put(self, space: UUID, document: dict[str, Any], **more: Any) -> UUID:
        """Put a document into Banqup."""
        content = {key: value for key, value in document.items() if key not in ("id", "spaceId", "timestamps")}
        stored = await self.sandbox.banqup.document(str(space), content, **more)
        return UUID(stored["id"])

    async def finished(self, space: UUID, document: dict[str, Any], **more: Any) -> UUID:
        """Put a document into Banqup and approve or send it; the message is not delivered yet."""
        document_id = await self.put(space, document, **more)
        step = self.sandbox.banqup.approve if document["folder"] == "PURCHASES" else self.sandbox.banqup.send
        await step(str(space), str(document_id))
        return document_id

    async def deliver(self, space: UUID, document: UUID, trigger: Trigger = "approved", message: str = "") -> Receipt:
        """Let the inbox take the message about a document."""
        message_id = message or str(uuid4())
        incoming = IncomingMessage(
            message_id=message_id,
            category="document",
            type=f"document.{trigger}",
            business_space_id=space,
            document_id=document,
            trigger=trigger,
        )
        async with self.sessions.begin() as session:
            return (await inbox.accept(session, [incoming], clock=self.clock))[message_id]

    async def approved(self, space: UUID, document: dict[str, Any], **more: Any) -> UUID:
        """A document that was approved or sent, and whose message has arrived."""
        document_id = await self.finished(space, document, **more)
        await self.deliver(space, document_id, "approved" if document["folder"] == "PURCHASES" else "sent")
        return document_id

    async def process(self) -> int:
        """Process every lane that is due until none is left; return how many were claimed."""
        claimed = 0
        while True:
            async with self.sessions.begin() as session:
                leases = await lanes.claim(session, limit=1, clock=self.clock)
            if not leases:
                return claimed
            for lease in leases:
                await self.exporter.process_lane(lease, stopping=lambda: False)
            claimed += len(leases)

    async def advance(self, seconds: float) -> None:
        """Let time pass, here and in the sandbox."""
        self.clock.offset += timedelta(seconds=seconds)
        await self.sandbox.exact.advance(seconds)
        await self.sandbox.banqup.advance(seconds)

    async def export(self, document: UUID) -> Export:
        """The one export of a document."""
        async with self.sessions() as session:
            return (await session.scalars(select(Export).where(Export.document_id == document))).one()

    async def connection(self, partner: UUID) -> Connection | None:
        """The connection of a Partner Space."""
        async with self.sessions() as session:
            query = select(Connection).join(Installation, Installation.id == Connection.installation_id)
            return await session.scalar(query.where(Installation.partner_space_id == partner))

    async def activation(self, space: UUID) -> Activation:
        """The activation in force of a client."""
        async with self.sessions() as session:
            query = select(Activation).where(Activation.business_space_id == space, Activation.ended_at.is_(None))
            return (await session.scalars(query)).one()


@asynccontextmanager
async def built(sandbox: Sandbox, database_url: str, **more: Any) -> AsyncIterator[World]:
    """A world over a migrated database and a sandbox that was just reset."""
    settings = settings_of(environment_of(sandbox, database_url) | more)
    clock = Clock()
    async with opened(settings, clock=clock) as exporter:
        parts: dict[str, Any] = {
            "sessions": exporter.sessions,
            "settings": settings,
            "clock": clock,
            "tokens": exporter.tokens,
            "http": exporter.http,
        }
        parts["banqup"] = connected_to(settings, http=exporter.http, clock=clock)
        onboarding = Onboarding(**parts)
        yield World(sandbox, settings, exporter.sessions, clock, exporter, onboarding, SignInFlow(**parts))
