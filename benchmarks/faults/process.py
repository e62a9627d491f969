"""API or worker of a campaign: the service's own parts with a clock that the campaign moves."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
import uvloop

from app import log, settings
from app.clock import Clock
from app.exporting import opened
from app.main import create_app
from app.processes.worker import Worker
from app.settings import Settings
from benchmarks.faults.freezing import FreezingTransport
from benchmarks.faults.leases import write_leases
from benchmarks.faults.shared_clock import VARIABLE, SharedClock


@dataclass
class WatchedWorker(Worker):
    """A worker that notes which leases it holds, so that the campaign knows at once whose they were when it dies."""

    lease_file: Path = field(kw_only=True)

    async def _claim(self) -> bool:
        claimed = await super()._claim()
        write_leases(self.lease_file, {(str(lease.lane_id), lease.epoch) for lease in self._leases.values()})
        return claimed


async def work(configured: Settings, clock: Clock, leases: Path) -> None:
    """As `banqup-exact worker` does."""
    async with opened(configured, clock=clock) as exporter:
        http = exporter.http
        http._transport = FreezingTransport(http._transport, leases.with_suffix(".freeze"))
        worker = WatchedWorker(
            sessions=exporter.sessions,
            exporter=exporter,
            clock=clock,
            max_lanes=configured.worker_lanes,
            lease_file=leases,
        )
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
        await worker.run()


async def serve(configured: Settings, clock: Clock, port: int) -> None:
    """As `banqup-exact api` does."""
    app = create_app(configured, clock=clock)
    await uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False)).serve()


def main() -> None:
    log.configure(level="WARNING", console=False)
    configured, clock = settings.load(env_file=None), SharedClock(Path(os.environ[VARIABLE]))
    match sys.argv[1:]:
        case ["worker", leases]:
            part = work(configured, clock, Path(leases))
        case ["api", port]:
            part = serve(configured, clock, int(port))
        case _:
            raise SystemExit("worker and a file, or api and a port")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(part)


if __name__ == "__main__":
    main()
