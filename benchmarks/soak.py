"""Nothing is lost, whatever dies: documents flow while API, worker and Postgres are killed at random moments.

Exit status 0 only when every document lies in Exact exactly once with the bytes that were exported.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from app import log
from benchmarks import processes, town
from benchmarks.judging import Verdict, judge
from benchmarks.processes import Postgres, Process
from benchmarks.town import Client, Town

COMPANIES, CONNECTIONS = 12, 3
PAUSES = (0.5, 3.0)  # seconds between two kills
EXPORTED_WITHIN = 240.0  # seconds: a lease, two looks with their pause, a few back-offs


@dataclass
class Soak:
    """The processes, and who dies next."""

    chance: random.Random
    postgres: Postgres
    api: Process
    worker: Process
    killed: int = 0

    async def kill_in_turn(self, kills: int) -> None:
        """API, worker, Postgres, each at a random moment, and back at once."""
        while self.killed < kills:
            await asyncio.sleep(self.chance.uniform(*PAUSES))
            await asyncio.to_thread((self.api.restart, self.worker.restart, self._restart_postgres)[self.killed % 3])
            self.killed += 1

    def _restart_postgres(self) -> None:
        self.postgres.kill()
        self.postgres.start()


async def feed(town: Town, clients: list[Client], count: int, seconds: float) -> dict[UUID, Client]:
    """Documents arrive in Banqup and are approved, evenly over some time."""
    documents: dict[UUID, Client] = {}
    began = time.monotonic()
    async with town.sandbox.banqup.connected() as banqup:
        for place in range(count):
            client = clients[place % len(clients)]
            stored = await banqup.document(str(client.space), town_invoice(place))
            await banqup.approve(str(client.space), stored["id"])
            documents[UUID(stored["id"])] = client
            await asyncio.sleep(max(0.0, began + seconds * (place + 1) / count - time.monotonic()))
    return documents


def town_invoice(place: int) -> dict[str, object]:
    """An invoice of three lines with a number of its own, not approved yet."""
    invoice = town.invoice(f"soak-{place:05}", lines=3)
    return {name: value for name, value in invoice.items() if name != "status"}


async def all_exported(town: Town, count: int) -> bool:
    """Wait until every document has arrived; False where that takes too long."""
    ends = time.monotonic() + EXPORTED_WITHIN
    while time.monotonic() < ends:
        if (await town.statuses()).get("ready_to_process", 0) >= count:
            return True
        await asyncio.sleep(0.5)
    return False


def report(verdict: Verdict, soak: Soak, seed: int, took: float) -> bool:
    print(f"seed {seed}: {verdict.documents} documents, {soak.killed} times kill -9, {took:.0f} s")
    print(f"in Exact {verdict.arrived}, of these {verdict.duplicates} more than once; states: {dict(verdict.by_state)}")
    for finding in verdict.findings:
        print(f"  {finding}")
    good = verdict.arrived == verdict.documents and not verdict.findings
    print("every document arrived exactly once, unaltered" if good else "NOT every document arrived as it should")
    return good


async def soak(folder: Path, *, documents: int, kills: int, seed: int) -> bool:
    port = processes.free_port()
    webhooks = f"http://127.0.0.1:{port}/webhooks/banqup"
    with processes.stand_ins(folder, listener=webhooks) as sandbox:
        postgres = Postgres(folder / "postgres")
        environment = processes.environment(sandbox, postgres.url, port)
        api, worker = processes.api(environment, port, folder), processes.worker(environment, folder)
        run = Soak(random.Random(seed), postgres, api, worker)
        try:
            async with town.built(sandbox, town.settings_of(environment)) as built:
                clients = await built.populate(connections=CONNECTIONS, companies=COMPANIES)
                api.start()
                worker.start()
                await asyncio.to_thread(processes.wait_until_ready, port)
                began = time.monotonic()
                seconds = kills * sum(PAUSES) / 2  # so that they go on arriving until the last kill
                fed, _ = await asyncio.gather(feed(built, clients, documents, seconds), run.kill_in_turn(kills))
                await all_exported(built, documents)
                return report(await judge(built, fed), run, seed, time.monotonic() - began)
        finally:
            worker.stop()
            api.stop()
            postgres.stop()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--documents", type=int, default=300)
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = arguments.parse_args()
    log.configure(level="ERROR", console=True)
    with tempfile.TemporaryDirectory(prefix="banqup-exact-soak-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        good = asyncio.run(soak(folder, documents=options.documents, kills=options.kills, seed=options.seed))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
