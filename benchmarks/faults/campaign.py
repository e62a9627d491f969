"""A campaign: documents flow while both stand-ins misbehave, processes die, accounts change hands and time flies."""

import asyncio
import random
import signal
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import func, select

from app.peppol.writer import write
from app.queue.lanes import LEASE_TIME
from app.storage.models import Connection, Export
from app.vocabulary import RouteName
from benchmarks import peppol_cases, processes, town
from benchmarks.faults import freezing, rules
from benchmarks.faults.leases import read_leases
from benchmarks.faults.partners import Partners
from benchmarks.faults.passing_time import PassingTime
from benchmarks.faults.shared_clock import VARIABLE, SharedClock
from benchmarks.processes import Postgres, Process
from benchmarks.town import Client, Town

SHOWN_EVERY = 15.0  # seconds
LONGEST_WAVE = 10.0  # seconds
SEARCH_LAG = 25.0  # seconds behind every create: the first look after a lost answer misses what is there
PAUSES = (3.0, 7.0)  # seconds between two kills
FROZEN_FOR = LEASE_TIME.total_seconds() + 1.5
POST_WITHIN = 20.0  # seconds
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>"
)


@dataclass(frozen=True)
class Size:
    """How large a campaign is; it ends by itself after `seconds`, whatever still waits."""

    documents: int = 2000
    companies: int = 40
    connections: int = 12
    chance: float = 0.05
    at_once: int = 6
    seconds: float = 540.0
    rounds: int = 3  # how often persons send errors again
    freezes: int = 10  # how often a worker stops for longer than its lease


@dataclass
class Campaign:
    """Everything that takes part."""

    size: Size
    seed: int
    town: Town
    postgres: Postgres
    api: Process
    workers: list[Process]
    port: int
    clock: SharedClock
    clients: list[Client]
    partners: Partners
    chance: random.Random = field(init=False)
    documents: dict[UUID, Client] = field(default_factory=dict)
    pictured: set[UUID] = field(default_factory=set)
    kills: int = 0
    frozen: Process | None = None
    freezes: int = 0
    restarts: int = 0
    chains_killed: int = 0
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.time = PassingTime(self.town.sessions, self.clock, self.town.sandbox)

    async def run(self) -> None:
        """With faults until everything rests; then, without, two chains that nobody renews any more."""
        await self.town.sandbox.exact.settings(search_lag_seconds=SEARCH_LAG)
        seconds = min(LONGEST_WAVE, self.size.seconds / (2 * rules.WAVES))
        faults = rules.misbehave(self.town.sandbox, seed=self.seed, chance=self.size.chance, seconds=seconds)
        async with _acting(faults, self.kill(), self.partners.react(), self.time.run(), self.show()):
            work = self.feed(), self.restart_postgres(), self.change_accounts(), self.block_a_company(), self.freeze()
            await asyncio.gather(*work)
            await self.wait_until_resting()
        await self.epilogue()

    async def kill(self) -> None:
        """kill -9 of a random process every few seconds; the next one when this one works again."""
        while True:
            await asyncio.sleep(self.chance.uniform(*PAUSES))
            victim = self.chance.choice([one for one in (self.api, *self.workers) if one is not self.frozen])
            await asyncio.to_thread(victim.kill)
            self.kills += 1
            leases = victim.folder / f"{victim.name}.leases"
            self.time.orphans |= read_leases(leases)
            await asyncio.to_thread(leases.unlink, missing_ok=True)
            victim.start()
            await asyncio.to_thread(self._wait_for, victim, leases)

    def _wait_for(self, one: Process, leases: Path) -> None:
        """A worker notes its leases as soon as it works; the API answers."""
        if one is self.api:
            processes.wait_until_ready(self.port)
            return
        ends = time.monotonic() + processes.PATIENCE
        while not leases.exists() and time.monotonic() < ends:
            time.sleep(0.1)

    async def freeze(self) -> None:
        """Stop a worker right before a POST, for longer than its lease, and wake it when another has its lanes."""
        for place in range(self.size.freezes):
            self.frozen = self.workers[place % len(self.workers)]
            wanted = self.frozen.folder / f"{self.frozen.name}.freeze"
            freezing.ask(wanted, freezing.POINTS[place // len(self.workers) % len(freezing.POINTS)])
            if await self._is_frozen(wanted):
                await asyncio.sleep(FROZEN_FOR)
                self.frozen.signal(signal.SIGCONT)
                self.freezes += 1
            wanted.unlink(missing_ok=True)
            self.frozen = None
            await asyncio.sleep(self.chance.uniform(*PAUSES))

    async def _is_frozen(self, wanted: Path) -> bool:
        """Wait until the worker has frozen; False if it has nothing to post."""
        ends = time.monotonic() + POST_WITHIN
        while time.monotonic() < ends:
            if freezing.frozen_beside(wanted).exists():
                return True
            await asyncio.sleep(0.05)
        return False

    async def restart_postgres(self) -> None:
        """Once by kill -9, once as an operator does."""
        for stop in (self.postgres.kill, self.postgres.stop):
            await asyncio.sleep(self.size.seconds / 12)
            await asyncio.to_thread(stop)
            await asyncio.to_thread(self.postgres.start)
            self.restarts += 1

    async def change_accounts(self) -> None:
        """The first two partners lose their accounts to the last two, and react by coming back with new ones."""
        partners = list(self.partners.users)
        for loser, winner in ((partners[0], partners[-1]), (partners[1], partners[-2])):
            await asyncio.sleep(self.size.seconds / 16)
            await self.partners.supersede(loser, by=winner)

    async def block_a_company(self) -> None:
        """A company is blocked in Exact, and opened again."""
        company = self.chance.choice(self.clients).company
        for status in (10, 0):
            await asyncio.sleep(self.size.seconds / 20)
            await self.town.sandbox.exact.patch(f"/sandbox/companies/{company}", {"blocking_status": status})

    async def feed(self) -> None:
        """Documents arrive in Banqup and are approved or sent, in every company."""
        await asyncio.gather(*(self._feed(place) for place in range(self.size.at_once)))

    async def _feed(self, first: int) -> None:
        async with self.town.sandbox.banqup.connected() as banqup:
            for place in range(first, self.size.documents, self.size.at_once):
                client = self.clients[place % len(self.clients)]
                document, files = document_of(place)
                stored = await banqup.document(str(client.space), document, files=files)
                self.documents[UUID(stored["id"])] = client
                self.pictured |= {UUID(stored["id"])} if files else set()
                step = banqup.approve if document["folder"] == "PURCHASES" else banqup.send
                await step(str(client.space), stored["id"])

    async def wait_until_resting(self) -> None:
        """Nothing is on its way any more; persons have sent errors again a few times."""
        for _ in range(1 + self.size.rounds):
            while await self.undelivered() or await self.on_their_way():
                if time.monotonic() > self.started + self.size.seconds:
                    return
                await asyncio.sleep(1.0)
            await self.partners.send_errors_again()

    async def undelivered(self) -> int:
        """Messages that the API has not taken yet."""
        counts = await self.town.sandbox.banqup.get("/sandbox/deliveries/count")
        return int(counts["total"] - counts.get("delivered", 0))

    async def on_their_way(self) -> int:
        """Exports that nobody but the service has to do anything for."""
        query = (
            select(func.count())
            .select_from(Export)
            .join(Connection, Connection.installation_id == Export.installation_id)
            .where(Export.status == "queued")
        )
        if self.chains_killed:
            query = query.where(Connection.state == "connected")
        [(count,)] = await self.town.read(query)
        return int(count)

    async def epilogue(self) -> None:
        """Without faults, export one more document to every company; partners of killed chains sign in again."""
        await asyncio.to_thread(self._restart_all)
        for server in (self.town.sandbox.exact, self.town.sandbox.banqup):
            await server.clear_faults()
        await self._kill_chains(list(self.partners.users)[2:4])
        places = range(self.size.documents, self.size.documents + len(self.clients))
        async with self.town.sandbox.banqup.connected() as banqup:
            for place in places:
                client = self.clients[place % len(self.clients)]
                stored = await banqup.document(str(client.space), document_of(place)[0])
                self.documents[UUID(stored["id"])] = client
                step = banqup.approve if document_of(place)[0]["folder"] == "PURCHASES" else banqup.send
                await step(str(client.space), stored["id"])
        ends = time.monotonic() + 60
        async with _acting(self.time.run()):
            while await self.undelivered() or await self.on_their_way():
                if time.monotonic() > ends:
                    return
                await asyncio.sleep(0.5)

    async def _kill_chains(self, partners: list[UUID]) -> None:
        """Beyond repair, and nobody signs in again."""
        users = {self.partners.users[partner] for partner in partners}
        for chain in await self.town.sandbox.exact.get("/sandbox/chains"):
            if chain["user"] in users and chain["alive"]:
                await self.town.sandbox.exact.post(f"/sandbox/chains/{chain['id']}/kill")
        self.chains_killed = len(users)

    def _restart_all(self) -> None:
        """The end came between a kill and the start after it."""
        self.postgres.start()
        for one in (self.api, *self.workers):
            if not one.is_running:
                one.start()

    async def show(self) -> None:
        """A line of progress now and then."""
        while True:
            await asyncio.sleep(SHOWN_EVERY)
            print(
                f"  {time.monotonic() - self.started:4.0f} s: {await self.town.statuses()},"
                f" {len(self.documents)} fed, {self.kills} kills, {self.freezes} freezes,"
                f" {self.partners.signed_in_again} signed in again,"
                f" {self.time.passed} passed in {self.time.jumps} jumps",
                flush=True,
            )


def document_of(place: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Purchases and sales in turn, one in twenty a credit note, one in ten with a picture, half of these with a UBL."""
    document = town.invoice(f"F-{place:06}", lines=3)
    del document["status"]
    if place % 2:
        document["folder"] = "SALES"
    if place % 20 == 7:
        document["category"] = "CREDIT_NOTE"
    picture = {"role": "PDF", "filename": "invoice.pdf", "content_type": "application/pdf", "content": PDF}
    source = {"role": "UBL", "filename": "invoice.xml", "content_type": "application/xml", "content": _ubl(place)}
    return document, {3: [picture], 13: [source, picture]}.get(place % 20, [])


def _ubl(place: int) -> bytes:
    """The UBL that came with a document."""
    return write(replace(peppol_cases.model(3), number=f"F-{place:06}"))


class _acting:  # noqa: N801 - reads as a word
    """Lets actors act for as long as the block runs; what goes wrong in one of them ends the campaign."""

    def __init__(self, *actors: Coroutine[Any, Any, None]) -> None:
        self._actors = actors

    async def __aenter__(self) -> None:
        self._tasks = [asyncio.create_task(actor) for actor in self._actors]

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            if not task.done():
                task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task


def process(name: str, arguments: list[str], environment: dict[str, str], folder: Path) -> Process:
    """A process of the campaign, with the shared clock."""
    command = [sys.executable, "-m", "benchmarks.faults.process", *arguments]
    return Process(name, command, environment | {VARIABLE: str(folder / "clock")}, folder)


async def populate(built: Town, size: Size) -> tuple[list[Client], Partners]:
    """Partners with their companies; one company in twenty is delivered by the digital postbox."""
    codes = [await built.company(town.FIRST_CODE + 1 + place) for place in range(size.companies)]
    clients: list[Client] = []
    partners = Partners(built, {}, {})
    for place in range(size.connections):
        own = codes[place :: size.connections]
        user = await built.user(f"user-{place}", own)
        partner = await built.partner(user)
        partners.users[partner], partners.companies[partner] = user, own
        for code in own:
            route: RouteName = "postbox" if code % 20 == 5 else "documents"
            clients.append(await built.client(partner, code, route=route))
    return clients, partners


def addresses() -> tuple[int, str]:
    """A port for the API, and where Banqup posts its messages."""
    port = processes.free_port()
    return port, f"http://127.0.0.1:{port}/webhooks/banqup"
