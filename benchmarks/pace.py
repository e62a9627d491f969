"""The pace without faults: calls a document, documents a minute and company, and a small lane beside a huge one.

Exact's limits are on: 60 calls a minute and company. Time passes only where every lane waits for its next minute.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, select, text

from app import log
from app.storage.models import Export
from benchmarks import processes, town
from benchmarks.export import posts_and_gets
from benchmarks.faults.campaign import process
from benchmarks.faults.passing_time import PassingTime
from benchmarks.faults.shared_clock import SharedClock
from benchmarks.processes import Postgres, Process
from benchmarks.town import Client, Town
from sandbox.running import running

COMPANIES, CONNECTIONS = 40, 4
CALLS_A_MINUTE = 60  # Exact's
HUGE = 50_000
ALIVE = 600  # of the huge lane's documents are in Banqup: more than it can export meanwhile
WARM, ALONE, CROWDED = 2, 8, 16  # documents of the small lane: 52 of its 58 calls a minute
DELAY = 1.0  # second beyond its own time

FILL = text("""
insert into export (installation_id, lane_id, activation_id, business_space_id, document_id, division, trigger,
                    eligible_from)
select installation_id, lane_id, id, business_space_id, gen_random_uuid(), division, 'approved', activated_at
from activation, generate_series(1, :count) where business_space_id = :space
""")


async def through(built: Town, clock: SharedClock, clients: list[Client], count: int) -> bool:
    """All documents at once into all lanes; two calls each, and never a 429."""
    documents = await built.put(clients, [f"pace-{number:06}" for number in range(count)], lines=3)
    await built.sandbox.exact.delete("/sandbox/calls")
    passing = PassingTime(built.sessions, clock, built.sandbox)
    started = time.monotonic()
    before = (await built.statuses()).get("ready_to_process", 0)
    await built.deliver(clients, documents)
    moving = asyncio.create_task(passing.run())
    await built.wait_until_exported(before + count, within=1800)
    moving.cancel()
    with suppress(asyncio.CancelledError):
        await moving
    took = time.monotonic() - started
    calls = await posts_and_gets(built.sandbox)
    limited = (await built.sandbox.exact.calls())["limited"]
    companies = {client.company for client in clients}
    there = [one for one in await built.sandbox.exact.arrived() if one["company"] in companies]
    minutes = Counter((one["company"], one["created"][:16]) for one in there).values()
    print(f"{count} documents, {len(clients)} companies, {took:.0f} s, in which {passing.passed} passed")
    print(f"calls to Exact a document                                {calls / count:8.3f}")
    print(f"documents a minute and company, most                     {max(minutes):8}")
    print(f"calls of its {CALLS_A_MINUTE} a minute that a full company uses         {2 * max(minutes):8}")
    print(f"in Exact {len(there)}, different ones {len({one['subject'] for one in there})}, limits hit {limited}")
    return len(there) == len({one["subject"] for one in there}) == count and not limited and calls <= 2.01 * count


async def waits(built: Town, client: Client, count: int) -> list[float]:
    """Seconds from the message to the arrival in Exact, one document after another."""
    documents = await built.put([client], [f"small-{uuid4()}" for _ in range(count)], lines=3)
    for document in documents:
        await built.deliver([client], [document])
        await arrived(built, document)
        await asyncio.sleep(0.3)
    seconds = func.extract("epoch", Export.ended_at - Export.event_at)
    return [float(row[0]) for row in await built.read(select(seconds).where(Export.document_id.in_(documents)))]


async def arrived(built: Town, document: UUID) -> None:
    query = select(Export.id).where(Export.document_id == document, Export.status == "ready_to_process")
    while not await built.read(query):  # noqa: ASYNC110 - another process acts
        await asyncio.sleep(0.05)


async def beside(built: Town, small: Client, huge: Client) -> bool:
    """One document after another in a small lane: alone, then beside 50,000 that wait in another."""
    await waits(built, small, WARM)
    alone = await waits(built, small, ALONE)
    documents = await built.put([huge], [f"huge-{number:06}" for number in range(ALIVE)], lines=3)
    await built.deliver([huge], documents)
    async with built.sessions.begin() as session:
        await session.execute(FILL, {"count": HUGE - ALIVE, "space": huge.space})
    crowded = await waits(built, small, CROWDED)
    await built.onboarding.deactivate(huge.partner, huge.space)
    usual = statistics.median(alone)
    print(f"a small lane's document, alone: median {usual:.2f} s, longest {max(alone):.2f} s")
    print(
        f"beside a lane with {HUGE} waiting: median {statistics.median(crowded):.2f} s, longest {max(crowded):.2f} s,"
        f" so at most {max(crowded) - usual:.2f} s later"
    )
    return max(crowded) - usual <= DELAY


async def measure(folder: Path, count: int) -> bool:
    with running() as sandbox:
        postgres, clock = Postgres(folder / "postgres"), SharedClock(folder / "clock")
        environment = processes.environment(sandbox, postgres.url, processes.free_port())
        workers = [_worker(f"worker-{number}", environment, folder) for number in (1, 2)]
        try:
            async with town.built(sandbox, town.settings_of(environment), clock=clock) as built:
                clients = await built.populate(connections=CONNECTIONS, companies=COMPANIES + 2)
                for worker in workers:
                    worker.start()
                fair = await beside(built, *clients[-2:])
                return await through(built, clock, clients[:-2], count) and fair
        finally:
            for worker in workers:
                worker.stop()
            postgres.stop()


def _worker(name: str, environment: dict[str, str], folder: Path) -> Process:
    return process(name, ["worker", str(folder / f"{name}.leases")], environment, folder)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=10_000)
    options = arguments.parse_args()
    log.configure(level="ERROR", console=True)
    with tempfile.TemporaryDirectory(prefix="banqup-exact-pace-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        return 0 if asyncio.run(measure(folder, options.documents)) else 1


if __name__ == "__main__":
    sys.exit(main())
