"""Partners, their companies in Exact, their clients in Banqup, and the documents that these receive."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVarTuple
from uuid import UUID, uuid4

import httpx
from sqlalchemy import Row, Select, func, select

from app.clock import Clock
from app.exact.account import account_of
from app.exact.apps import app_of
from app.exporting import opened
from app.onboarding import PERMISSIONS, ClientBinding, Onboarding
from app.queue import inbox
from app.queue.inbox import IncomingMessage
from app.settings import Settings
from app.sign_in import SignInFlow
from app.storage import db
from app.storage.db import Sessions
from app.storage.models import Connection, Export, Installation
from app.vocabulary import RouteName
from benchmarks import peppol_cases
from sandbox.running import Sandbox

FIRST_CODE = 500_000
AT_ONCE = 8
BATCH = 200

Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Client:
    """A client of a partner and the Exact company that it exports to."""

    partner: UUID
    space: UUID
    company: int
    route: RouteName


@dataclass
class Town:
    """One sandbox, one database, and what the partners do by themselves."""

    sandbox: Sandbox
    settings: Settings
    sessions: Sessions
    clock: Clock
    onboarding: Onboarding
    sign_in_flow: SignInFlow

    async def partner(self, user: str) -> UUID:
        """A Partner Space with the extension, signed in as a user of Exact."""
        partner = uuid4()
        await self.onboarding.install(partner, country="be", permissions=list(PERMISSIONS))
        await self.sign_in(partner, user)
        return partner

    async def sign_in(self, partner: UUID, user: str) -> None:
        """Through our page and the sandbox's; raises the service's `Problem` where it does not work."""
        url, _ = await self.sign_in_flow.start(partner, return_to=None)
        exact = await self.sign_in_flow.go_on(httpx.URL(url).params["state"], browser=user)
        back = httpx.URL(await self.sandbox.exact.sign_in(exact, user=user)).params
        await self.sign_in_flow.finish(
            state=back["state"], code=back.get("code"), error=back.get("error"), browser=user
        )

    async def access_token(self, partner: UUID) -> str:
        """The access token of a partner's connection, as the service would use it now."""
        query = select(Connection).join(Installation, Installation.id == Connection.installation_id)
        [(connection,)] = await self.read(query.where(Installation.partner_space_id == partner))
        app = app_of(self.settings, host=connection.host, client_id=connection.client_id)
        return await self.onboarding.tokens.current(app, account_of(connection))

    async def user(self, name: str, companies: Sequence[int]) -> str:
        """Somebody who can sign in to Exact and opens these companies."""
        await self.sandbox.exact.post("/sandbox/users", {"id": name, "name": name, "companies": list(companies)})
        return name

    async def company(self, code: int) -> int:
        """A company in Exact; its Company Code is the last five digits of its key."""
        body = {"code": code, "hid": code - FIRST_CODE, "name": f"Company {code}", "customer": "Town"}
        await self.sandbox.exact.post("/sandbox/companies", body)
        return code

    async def client(self, partner: UUID, company: int, *, route: RouteName = "documents") -> Client:
        """A client of the partner, activated for a company."""
        space = await self.sandbox.banqup.space(partner_space_id=str(partner), name=f"Client of {company}")
        binding = ClientBinding(company_code=str(company - FIRST_CODE), route=route)
        await self.onboarding.activate(partner, UUID(space["id"]), binding)
        return Client(partner, UUID(space["id"]), company, route)

    async def populate(self, *, connections: int, companies: int, first: int = 1) -> list[Client]:
        """Partners with their companies, shared out evenly, each company with one client."""
        codes = [await self.company(FIRST_CODE + first + place) for place in range(companies)]
        clients: list[Client] = []
        for place in range(connections):
            own = codes[place::connections]
            partner = await self.partner(await self.user(f"user-{first + place}", own))
            clients += [await self.client(partner, code) for code in own]
        return clients

    async def put(self, clients: Sequence[Client], numbers: Sequence[str], *, lines: int = 10) -> list[UUID]:
        """Put approved purchase invoices into Banqup, one number after another to one client after another."""
        places = asyncio.Semaphore(AT_ONCE)
        async with self.sandbox.banqup.connected() as banqup:

            async def one(client: Client, number: str) -> UUID:
                async with places:
                    stored = await banqup.document(str(client.space), invoice(number, lines=lines))
                    return UUID(stored["id"])

            pairs = [(clients[place % len(clients)], number) for place, number in enumerate(numbers)]
            return await asyncio.gather(*(one(*pair) for pair in pairs))

    async def deliver(self, clients: Sequence[Client], documents: Sequence[UUID]) -> None:
        """Let the inbox take the messages about documents that `put` gave."""
        messages = [
            IncomingMessage(
                message_id=str(uuid4()),
                category="document",
                type="document.approved",
                business_space_id=clients[place % len(clients)].space,
                document_id=document,
                trigger="approved",
            )
            for place, document in enumerate(documents)
        ]
        for start in range(0, len(messages), BATCH):
            async with self.sessions.begin() as session:
                await inbox.accept(session, messages[start : start + BATCH], clock=self.clock)

    async def statuses(self) -> dict[str, int]:
        """How many exports there are, by status."""
        rows = await self.read(select(Export.status, func.count()).group_by(Export.status))
        return {row[0]: row[1] for row in rows}

    async def read(self, query: Select[*Columns]) -> Sequence[Row[*Columns]]:
        """The rows of a query; asked again while the database is away, since it may be killed at any moment."""
        while True:
            try:
                async with self.sessions() as session:
                    return (await session.execute(query)).all()
            except Exception as error:
                if not db.is_away(error):
                    raise
                await asyncio.sleep(0.2)

    async def wait_until_exported(self, count: int, *, within: float) -> None:
        """Raises TimeoutError where fewer have arrived by then."""
        async with asyncio.timeout(within):
            while (await self.statuses()).get("ready_to_process", 0) < count:  # noqa: ASYNC110 - another process acts
                await asyncio.sleep(0.1)


def invoice(number: str, *, lines: int = 10) -> dict[str, Any]:
    """An approved purchase invoice as Banqup holds it."""
    document: dict[str, Any] = json.loads(peppol_cases.banqup(lines))
    document["metadata"]["documentNumber"] = number
    content = {name: value for name, value in document.items() if name not in ("id", "spaceId")}
    return content | {"status": {"document": "APPROVED", "pay": "UNPAID", "delivery": "RECEIVED"}}


def settings_of(environment: dict[str, str]) -> Settings:
    """The settings that a process with this environment would read."""
    values: dict[str, Any] = {name.lower(): value for name, value in environment.items()}
    return Settings(**values | {"exact_apps": json.loads(environment["EXACT_APPS"])}, _env_file=None)  # type: ignore[call-arg]


@asynccontextmanager
async def built(sandbox: Sandbox, settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Town]:
    """A town over a migrated database, for as long as the block runs."""
    clock = clock or Clock()
    async with opened(settings, clock=clock) as exporter:
        parts: dict[str, Any] = {
            "sessions": exporter.sessions,
            "settings": settings,
            "clock": clock,
            "tokens": exporter.tokens,
            "http": exporter.http,
            "banqup": exporter.banqup,
        }
        onboarding = Onboarding(**parts)
        yield Town(sandbox, settings, exporter.sessions, clock, onboarding, SignInFlow(**parts))
