"""The sandbox as a process of its own, for tests, the demo, benchmarks and partners."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from sandbox.admin import BanqupAdmin, ExactAdmin, SandboxError
from sandbox.environment import Endpoints

_START_SECONDS = 30.0
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, kw_only=True)
class Sandbox(Endpoints):
    """A running sandbox."""

    process: subprocess.Popen[str]

    @property
    def exact(self) -> ExactAdmin:
        return ExactAdmin(self.exact_url)

    @property
    def banqup(self) -> BanqupAdmin:
        return BanqupAdmin(self.banqup_url)

    def stop(self) -> None:
        """Terminate the process; kill it if it does not end."""
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _close(self.process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _close(process: subprocess.Popen[str]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def start(
    *,
    exact_port: int = 0,
    banqup_port: int = 0,
    listener: str | None = None,
    limits: bool = True,
    only: str | None = None,
    redirect_uris: Sequence[str] = (),
    log: IO[str] | None = None,
    **options: str,
) -> Sandbox:
    """Start `python -m sandbox` and wait until it is ready; raise `SandboxError` if it fails.

    `options` are further flags, such as `exact_client_id="…"`; `log` receives its stderr.
    """
    command = [sys.executable, "-m", "sandbox", "--ready-json", "--stop-with-stdin"]
    command += ["--exact-port", str(exact_port), "--banqup-port", str(banqup_port)]
    command += ["--limits" if limits else "--no-limits"]
    named = options | {name: value for name, value in (("listener", listener), ("only", only)) if value}
    for name, value in named.items():
        command += [f"--{name.replace('_', '-')}", value]
    for uri in redirect_uris:
        command += ["--redirect-uri", uri]
    process = subprocess.Popen(  # noqa: S603  # our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=_ROOT, start_new_session=True
    )
    return _ready(process)


def _ready(process: subprocess.Popen[str]) -> Sandbox:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait(timeout=_START_SECONDS)
        _close(process)
        raise SandboxError(f"the sandbox did not start (exit status {process.returncode})")
    endpoints = json.loads(line)
    del endpoints["ready"]
    return Sandbox(process=process, **{name: value or "" for name, value in endpoints.items()})


@contextlib.contextmanager
def running(**options: Any) -> Iterator[Sandbox]:
    """Start the sandbox, and stop it at the end of the block."""
    sandbox = start(**options)
    try:
        yield sandbox
    finally:
        sandbox.stop()
