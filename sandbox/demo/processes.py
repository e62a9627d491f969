"""The processes of the demo, which end with it whatever happens."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO

from sandbox import running as sandbox
from sandbox.demo.problems import DemoError
from sandbox.running import Sandbox

COMMAND = Path(sys.executable).with_name("banqup-exact")
MIGRATE = "migrate"
_GRACE = 10.0  # seconds between asking a process to end and ending it
# What a process needs of ours; the settings of some other banqup-exact must not reach the demo's.
_KEPT = ("COVERAGE", "COV_", "HOME", "LANG", "LC_", "PATH", "PYTHON", "TMP", "TEMP", "TZ", "VIRTUAL_ENV")
_DATABASE = Path(".data/postgres")  # where the service puts its own Postgres, below its working directory


class Processes:
    """Processes of the service, with a working directory and a log file of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log_path = folder / "service.log"
        self._log: IO[str] = self.log_path.open("a", encoding="utf-8")
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._sandbox: Sandbox | None = None

    def start(self, *arguments: str, settings: dict[str, str]) -> None:
        """Start `banqup-exact` with these arguments, and with these settings alone."""
        inherited = {name: value for name, value in os.environ.items() if name.startswith(_KEPT)}
        with _held_back():  # `stop` must know every process that runs
            self._running[arguments[0]] = subprocess.Popen(  # noqa: S603 - our own command
                [COMMAND, *arguments],
                cwd=self.folder,
                env=inherited | settings,
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,  # Ctrl-C reaches the demo alone, which ends them in order
            )

    def start_sandbox(self, *, listener: str, limits: bool) -> Sandbox:
        """Start the sandbox, with or without Exact's limits; messages go to this listener."""
        self._sandbox = sandbox.start(listener=listener, limits=limits, log=self._log)
        return self._sandbox

    def finish(self, name: str) -> None:
        """Wait for a process to end; raise `DemoError` if it fails."""
        if self._running[name].wait() != 0:
            raise self._failure(name)
        del self._running[name]

    def expect_alive(self) -> None:
        """Raise `DemoError` if a process has ended."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise self._failure(name)

    def _failure(self, name: str) -> DemoError:
        last = "\n".join(self.log_path.read_text(encoding="utf-8").splitlines()[-15:])
        return DemoError(f"banqup-exact {name} has ended (status {self._running[name].returncode}). Its log:\n{last}")

    def stop(self) -> None:
        """End the service's processes, then its Postgres, then the sandbox; kill what does not terminate."""
        for name, process in self._running.items():
            if name != MIGRATE:  # cut short, it could leave a Postgres behind that starts after this
                process.terminate()
        until = time.monotonic() + _GRACE
        for process in self._running.values():
            _end(process, patience=max(0.0, until - time.monotonic()))
        _stop_postgres(self.folder / _DATABASE)
        if self._sandbox is not None:
            self._sandbox.stop()
        self._log.close()


def _end(process: subprocess.Popen[bytes], *, patience: float) -> None:
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _stop_postgres(folder: Path) -> None:
    """Stop the Postgres that the service started, by the process ID in its cluster, which is the demo's alone."""
    home = (folder / "server").resolve()
    note = home / "cluster" / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, IndexError, ProcessLookupError, ValueError):
        os.kill(int(note.read_text().splitlines()[0]), signal.SIGINT)
        until = time.monotonic() + _GRACE
        while note.exists() and time.monotonic() < until:
            time.sleep(0.05)
    if not home.is_relative_to(folder.resolve()):
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """Return a free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def processes() -> Iterator[Processes]:
    """Run processes in a temporary folder, which stays for its log after a failure."""
    folder = Path(tempfile.mkdtemp(prefix="banqup-exact-demo-"))
    folder.chmod(0o755)  # where the demo runs as root, Postgres runs as nobody
    running = Processes(folder)
    rubbish = folder / ".data"
    try:
        yield running
        rubbish = folder
    except KeyboardInterrupt:
        rubbish = folder
        raise
    finally:
        with _undisturbed():
            running.stop()
            shutil.rmtree(rubbish, ignore_errors=True)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ignore a second Ctrl-C, so that nothing is left behind."""
    with _handled(signal.SIG_IGN):
        yield


@contextlib.contextmanager
def _held_back() -> Iterator[None]:
    """Hold back Ctrl-C until the end of the block."""
    caught: list[int] = []
    with _handled(lambda number, _: caught.append(number)):
        yield
    if caught:
        raise KeyboardInterrupt


@contextlib.contextmanager
def _handled(handler: signal.Handlers | Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Handle the signals that end the demo with this handler."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, previous in zip(numbers, before, strict=True):
            signal.signal(number, previous)
