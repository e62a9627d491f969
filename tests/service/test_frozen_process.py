"""Two worker processes that stop by SIGSTOP right before a POST, for longer than their lease, and go on."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.queue import deadline
from app.queue.lanes import LEASE_TIME
from benchmarks import processes
from benchmarks.faults import freezing
from benchmarks.faults.campaign import process
from benchmarks.processes import Process
from tests.service.invoices import invoice
from tests.service.test_frozen_worker import until_delivered
from tests.service.world import World

PATIENCE = 60.0  # seconds


@contextmanager
def workers(world: World, folder: Path) -> Iterator[list[Process]]:
    """Two workers with one lane each; the first freezes before a document's first POST, the second before the other."""
    environment = processes.environment(world.sandbox, world.settings.expect_database_url(), 8000)
    environment |= {"WORKER_LANES": "1", "CONVERSION_PROCESSES": "1"}
    started = []
    try:
        for number, point in enumerate(freezing.POINTS):
            leases = folder / f"worker-{number}.leases"
            freezing.ask(leases.with_suffix(".freeze"), point)
            started.append(process(f"worker-{number}", ["worker", str(leases)], environment, folder))
            started[-1].start()
        yield started
    finally:
        for one in started:
            one.signal(signal.SIGCONT)
            one.stop()


def have_frozen(started: list[Process]) -> bool:
    return all((one.folder / f"{one.name}.frozen").exists() for one in started)


def have_given_up(started: list[Process]) -> bool:
    return all('"lease_lost"' in one.log.read_text() for one in started)


async def test_workers_frozen_before_and_between_two_posts_double_nothing(world: World, tmp_path: Path) -> None:
    partner = await world.connected()
    clients = [await world.client(partner, code) for code in ("3", "7")]
    documents = [await world.approved(client, invoice(f"2026-{n}")) for n, client in enumerate(clients)]
    with workers(world, tmp_path) as started:
        async with asyncio.timeout(PATIENCE):
            while not have_frozen(started):  # noqa: ASYNC110 - processes and files have no other sign
                await asyncio.sleep(0.05)
            frozen_at = deadline.now()
            await until_delivered(world)
            before = await arrived(world)
            while deadline.now() < frozen_at + LEASE_TIME.total_seconds():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            for one in started:
                one.signal(signal.SIGCONT)
            while not have_given_up(started):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert await arrived(world) == before
    exports = [await world.export(document) for document in documents]
    assert {export.status for export in exports} == {"ready_to_process"}
    assert {str(export.exact_id): [export.ubl_sha256] for export in exports} == before


async def arrived(world: World) -> dict[str, list[str]]:
    """The documents in Exact, each with the hashes of its files."""
    found = await world.sandbox.exact.arrived()
    return {document["id"]: [file["sha256"] for file in document["attachments"]] for document in found}
