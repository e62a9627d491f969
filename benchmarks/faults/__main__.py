"""`make faults SEED=n`: every fault at five in a hundred, processes that die, and what must hold at the end.

Exit status 0 only when every document lies in the right company exactly once and unaltered, or in a state that says
why and who must act; without duplicates, error blocks, calls over a limit, or a chain that is dead and nobody told.
"""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from app import log
from benchmarks import processes, town
from benchmarks.faults.campaign import Campaign, Size, addresses, process, settle
from benchmarks.faults.shared_clock import SharedClock
from benchmarks.faults.verdict import report
from benchmarks.processes import Postgres, Process
from sandbox.running import running


async def run(folder: Path, size: Size, seed: int) -> bool:
    """One campaign in an empty folder."""
    port, webhooks = addresses()
    with running(listener=webhooks) as sandbox:
        postgres, clock = Postgres(folder / "postgres"), SharedClock(folder / "clock")
        environment = processes.environment(sandbox, postgres.url, port)
        api = process("api", ["api", str(port)], environment, folder)
        workers = [_worker(f"worker-{number}", environment, folder) for number in (1, 2)]
        try:
            async with town.built(sandbox, town.settings_of(environment), clock=clock) as built:
                clients, partners = await settle(built, size)
                for one in (api, *workers):
                    one.start()
                await asyncio.to_thread(processes.wait_until_ready, port)
                campaign = Campaign(size, seed, built, postgres, api, workers, clock, clients, partners)
                await campaign.run()
                return await report(campaign, seconds=time.monotonic() - campaign.started)
        finally:
            for one in (api, *workers):
                one.stop()
            postgres.stop()


def _worker(name: str, environment: dict[str, str], folder: Path) -> Process:
    return process(name, ["worker", str(folder / f"{name}.leases")], environment, folder)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    for name in ("documents", "companies", "connections", "seconds"):
        arguments.add_argument(f"--{name}", type=int, default=getattr(Size, name))
    arguments.add_argument("--chance", type=float, default=Size.chance)
    arguments.add_argument("--keep-logs", type=Path)
    told = vars(arguments.parse_args())
    log.configure(level="ERROR", console=True)
    seed, logs = told.pop("seed"), told.pop("keep_logs")
    with tempfile.TemporaryDirectory(prefix="banqup-exact-faults-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        try:
            good = asyncio.run(run(folder, Size(**told), seed))
        finally:
            for written in folder.glob("*.log") if logs else ():
                shutil.copy(written, logs / written.name)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
