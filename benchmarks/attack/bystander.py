"""Another partner, who does nothing but work: the documents of its client must arrive promptly during the attacks."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from app.delivery.parcel import reference
from benchmarks.attack import joining
from benchmarks.attack.joining import Client
from benchmarks.town import invoice
from sandbox.admin import BanqupAdmin, ExactAdmin
from sandbox.demo.partner import Partner
from sandbox.running import Sandbox

CLIENTS = 12  # in turn, since Exact allows a company 60 calls a minute
APPROVED_EVERY = 0.5  # seconds
PATIENCE = 30.0  # seconds for one document


@dataclass
class Bystander:
    """A partner whose clients' documents are timed from their approval to their arrival in Exact."""

    partner: Partner
    clients: list[Client]
    banqup: BanqupAdmin
    exact: ExactAdmin
    seconds: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Approve a document after the other for as long as the block runs."""
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work(ended))
            try:
                yield
            finally:
                ended.set()

    @property
    def client(self) -> UUID:
        """Return the first client."""
        return self.clients[0].space

    async def export(self) -> dict[str, object]:
        """Return an export of the client."""
        while not (found := await self.partner.exports()):  # noqa: ASYNC110 - another process acts
            await asyncio.sleep(0.1)
        return found[0]

    @property
    def p99(self) -> float:
        """Return the seconds within which 99 of 100 documents arrived; a document that never did counts as endless."""
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)] if self.seconds else math.inf

    async def _work(self, ended: asyncio.Event) -> None:
        async with self.banqup.connected(), self.exact.connected():
            while not ended.is_set():
                self.seconds.append(await self._approve(self.clients[len(self.seconds) % CLIENTS]))
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), APPROVED_EVERY)

    async def _approve(self, client: Client) -> float:
        """Approve a document; return the seconds until it lies in Exact, endless if it takes too long."""
        stored = await self.banqup.document(str(client.space), invoice(f"B-{uuid4().hex[:12]}"))
        known = reference(client.space, UUID(stored["id"]), client.company)
        began = time.monotonic()
        await self.banqup.approve(str(client.space), stored["id"])
        while not any(str(one["subject"]).startswith(known) for one in await self.exact.arrived(client.company)):
            if time.monotonic() > began + PATIENCE:
                return math.inf
            await asyncio.sleep(0.02)
        return time.monotonic() - began


@asynccontextmanager
async def connected(url: str, sandbox: Sandbox) -> AsyncIterator[Bystander]:
    """Yield a partner who has signed in and activated clients."""
    async with joining.connected(url, sandbox, name="Bystander", clients=CLIENTS) as (partner, clients):
        yield Bystander(partner, clients, sandbox.banqup, sandbox.exact)
