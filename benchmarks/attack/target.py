"""The service under attack: stand-ins, Postgres, an API and a worker on loopback, and the memory of each process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import processes
from benchmarks.processes import Postgres, Process
from sandbox.running import Sandbox

SAMPLED_EVERY = 0.1  # seconds
WEBHOOKS = "/webhooks/banqup"


@dataclass(frozen=True)
class Target:
    """A running service."""

    url: str
    token_url: str  # of an API that verifies Banqup's messages by tokens
    sandbox: Sandbox
    processes: tuple[Process, ...]
    memory: dict[str, int] = field(default_factory=dict)  # the most that each kind of process used, in MB

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Follow the memory of every process for as long as the block runs."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _watch(self) -> None:
        while True:
            await asyncio.to_thread(self._sample)
            await asyncio.sleep(SAMPLED_EVERY)

    def _sample(self) -> None:
        for one in self.processes:
            assert one.running is not None
            self._note(one.name, one.running.pid)
            for child in _descendants(one.running.pid):
                self._note(f"{one.name}'s children", child)

    def _note(self, name: str, pid: int) -> None:
        self.memory[name] = max(self.memory.get(name, 0), _peak_megabytes(pid))


@contextmanager
def running(folder: Path) -> Iterator[Target]:
    """Run a service in an empty folder; raise TimeoutError if it does not answer."""
    port = processes.free_port()
    url = f"http://127.0.0.1:{port}"
    postgres = Postgres(folder / "postgres")
    try:
        with processes.stand_ins(folder, listener=f"{url}{WEBHOOKS}") as sandbox:
            environment = processes.environment(sandbox, postgres.url, port)
            tokens = processes.free_port()
            parts = (
                processes.api(environment, port, folder),
                processes.api(environment | {"WEBHOOK_AUTH": "jwt"}, tokens, folder, name="api by tokens"),
                processes.worker(environment, folder),
            )
            try:
                for part in parts:
                    part.start()
                for one in (port, tokens):
                    processes.wait_until_ready(one)
                yield Target(url, f"http://127.0.0.1:{tokens}", sandbox, parts)
            finally:
                for part in parts:
                    part.stop()
    finally:
        postgres.stop()


def _descendants(pid: int) -> Iterator[int]:
    """Yield the children of a process, and theirs; none of one that has ended."""
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in tasks.read_text().split():
                yield int(child)
                yield from _descendants(int(child))


def _peak_megabytes(pid: int) -> int:
    """Return the most memory that a process has used so far (`VmHWM`); 0 if it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0
