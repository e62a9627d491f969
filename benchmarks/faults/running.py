"""One campaign from its first process to its last: stand-ins, Postgres, API, two workers, and the verdict."""

import asyncio
import time
from pathlib import Path

from benchmarks import processes, town
from benchmarks.faults.campaign import Campaign, Size, addresses, populate, process
from benchmarks.faults.shared_clock import SharedClock
from benchmarks.faults.verdict import report
from benchmarks.processes import Postgres, Process


async def run(folder: Path, size: Size, seed: int) -> bool:
    """One campaign in an empty folder."""
    port, webhooks = addresses()
    with processes.stand_ins(folder, listener=webhooks) as sandbox:
        postgres, clock = Postgres(folder / "postgres"), SharedClock(folder / "clock")
        environment = processes.environment(sandbox, postgres.url, port)
        api = process("api", ["api", str(port)], environment, folder)
        workers = [_worker(f"worker-{number}", environment, folder) for number in (1, 2)]
        try:
            async with town.built(sandbox, town.settings_of(environment), clock=clock) as built:
                clients, partners = await populate(built, size)
                for one in (api, *workers):
                    one.start()
                await asyncio.to_thread(processes.wait_until_ready, port)
                campaign = Campaign(size, seed, built, postgres, api, workers, port, clock, clients, partners)
                await campaign.run()
                return await report(campaign, seconds=time.monotonic() - campaign.started)
        finally:
            for one in (api, *workers):
                one.stop()
            postgres.stop()


def _worker(name: str, environment: dict[str, str], folder: Path) -> Process:
    return process(name, ["worker", str(folder / f"{name}.leases")], environment, folder)
