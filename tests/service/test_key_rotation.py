"""The rotation of SECRET_KEYS as docs/operating.md has it, with two worker processes that restart in turn."""

import asyncio
import base64
import itertools
import json
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.crypto import Sealer
from app.notifications.sender import identity_of
from app.queries import sealed
from app.storage.models import AuditLine, Connection, Export, NotificationTarget, TokenChain
from benchmarks import processes
from benchmarks.processes import Process
from tests.service.invoices import invoice
from tests.service.world import SECRET_KEY as OLD
from tests.service.world import World

NEW = base64.b64encode(b"n" * 32).decode()
# As Exact and we see it: old enough to be refreshed.
AGE = "update token_chain set obtained_at = obtained_at - interval '580 s', expires_at = expires_at - interval '580 s'"
PATIENCE = 60.0  # seconds
MOST_ROUNDS = 30


@dataclass
class Rotation:
    """Two workers, and documents for two companies of one sign-in."""

    world: World
    folder: Path
    clients: list[UUID]
    workers: dict[str, Process] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    documents: list[UUID] = field(default_factory=list)

    def environment(self, keys: str) -> dict[str, str]:
        url = self.world.settings.expect_database_url()
        more = {
            "SECRET_KEYS": keys,
            "WORKER_LANES": "1",
            "CONVERSION_PROCESSES": "1",
            "NOTIFICATIONS_TO_PRIVATE": "true",
        }
        return processes.environment(self.world.sandbox, url, 8000) | more

    async def start(self, name: str, keys: str) -> None:
        """(Re)start one worker with these keys; the other one goes on."""
        if name in self.workers:
            await asyncio.to_thread(self.workers[name].stop)
        self.workers[name] = processes.worker(self.environment(keys), self.folder, name=name)
        self.workers[name].start()

    async def both_work(self) -> None:
        """Export documents, each pair with a token that must be refreshed first, until both workers have done some."""
        before = {name: self.exported_by(name) for name in self.workers}
        for _ in range(MOST_ROUNDS):
            await self.round()
            if all(self.exported_by(name) > count for name, count in before.items()):
                return
        raise AssertionError(f"one worker exported nothing in {MOST_ROUNDS} rounds")

    async def round(self) -> None:
        await self.world.sandbox.exact.advance(580)
        async with self.world.sessions.begin() as session:
            await session.execute(text(AGE))
        new = [await self.world.approved(client, invoice(f"2026-{next(self.numbers)}")) for client in self.clients]
        self.documents += new
        async with asyncio.timeout(PATIENCE):
            while await self.waiting(new):  # noqa: ASYNC110 - other processes have no other sign than the rows
                await asyncio.sleep(0.05)

    async def waiting(self, documents: list[UUID]) -> bool:
        query = select(Export.status).where(Export.document_id.in_(documents))
        async with self.world.sessions() as session:
            return set(await session.scalars(query)) != {"ready_to_process"}

    def exported_by(self, name: str) -> int:
        return sum(line["event"] == "exported" for line in self.lines(name))

    def lines(self, name: str) -> list[dict[str, object]]:
        path = self.workers[name].log
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    async def key_ids(self) -> dict[bytes, int]:
        async with self.world.sessions() as session:
            return dict(await sealed.count_by_key(session))

    def keys_rotate(self, keys: str) -> subprocess.CompletedProcess[str]:
        """`banqup-exact keys rotate` as an operator runs it."""
        command = [str(processes.PROGRAM), "keys", "rotate"]
        return subprocess.run(
            command, env=self.environment(keys), cwd=self.folder, capture_output=True, text=True, check=False
        )


async def set_target(world: World, partner: UUID) -> None:
    """A secret that nothing but `keys rotate` seals again."""
    connection = await world.connection(partner)
    assert connection is not None
    key, sealer = connection.installation_id, Sealer([base64.b64decode(OLD)])
    target = NotificationTarget(
        installation_id=key, url="http://127.0.0.1:9", secret=sealer.seal("whsec_", row=identity_of(key))
    )
    async with world.sessions.begin() as session:
        session.add(target)


@contextmanager
def ended(workers: dict[str, Process]) -> Iterator[None]:
    try:
        yield
    finally:
        for worker in workers.values():
            worker.stop()


@pytest.fixture
async def rotation(world: World, tmp_path: Path) -> AsyncIterator[Rotation]:
    partner = await world.connected()
    clients = [await world.client(partner, code) for code in ("3", "7")]
    await set_target(world, partner)
    rotation = Rotation(world, tmp_path, clients)
    with ended(rotation.workers):
        yield rotation


async def test_keys_are_rotated_in_two_steps_while_two_workers_export(rotation: Rotation) -> None:
    world = rotation.world
    [old], new = await rotation.key_ids(), Sealer([base64.b64decode(NEW)]).key_ids[0]
    await rotation.start("first", OLD)
    await rotation.start("second", OLD)
    for keys in (f"{OLD},{NEW}", f"{NEW},{OLD}"):
        for name in ("first", "second"):
            await rotation.start(name, keys)
            await rotation.both_work()

    done = await asyncio.to_thread(rotation.keys_rotate, f"{NEW},{OLD}")
    assert (done.returncode, done.stderr) == (0, "")
    assert "seals 3 stored secrets" in done.stdout
    assert await rotation.key_ids() == {new: 3}

    for name in ("first", "second"):
        await rotation.start(name, NEW)
        await rotation.both_work()

    async with world.sessions() as session:
        chain, connection = (await session.scalars(select(TokenChain))).one(), await session.scalar(select(Connection))
        line = (await session.scalars(select(AuditLine).where(AuditLine.action == "secrets_resealed"))).one()
    assert connection is not None
    assert (connection.state, chain.refresh_token is not None) == ("connected", True)
    assert (line.installation_id, line.before, line.after) == (None, {old.hex(): 1, new.hex(): 2}, {"key": new.hex()})
    arrived = [document["subject"].split()[0] for document in await world.sandbox.exact.arrived()]
    assert len(arrived) == len(set(arrived)) == len(rotation.documents)
    assert not [
        line for name in rotation.workers for line in rotation.lines(name) if line["event"] == "secret_key_unknown"
    ]
