"""The service in the demo: its settings and its start."""

import asyncio
import base64
import secrets
import time
from dataclasses import dataclass

import httpx

from sandbox.demo.problems import DemoError
from sandbox.demo.processes import MIGRATE, Processes, free_port
from sandbox.running import Sandbox

_READY_WITHIN = 60.0  # seconds


@dataclass(frozen=True)
class Service:
    """The addresses of API and worker, and the sandbox around them."""

    url: str
    worker_url: str
    sandbox: Sandbox


def start(processes: Processes, *, limits: bool) -> Service:
    """Start database, sandbox, API and worker; raise `DemoError` if one of them fails."""
    port, worker_port = free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
    processes.start(MIGRATE, settings={})
    sandbox = processes.start_sandbox(listener=f"{url}/webhooks/banqup", limits=limits)
    settings = sandbox.environment() | {
        "PUBLIC_URL": url,
        "SECRET_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
    processes.finish(MIGRATE)
    processes.start("api", "--port", str(port), settings=settings)
    processes.start("worker", settings=settings | {"WORKER_PORT": str(worker_port)})
    return Service(url, f"http://127.0.0.1:{worker_port}", sandbox)


async def ready(service: Service, processes: Processes, http: httpx.AsyncClient) -> None:
    """Wait until API and worker are ready; raise `DemoError` if they are not in time."""
    until = time.monotonic() + _READY_WITHIN
    for address in (f"{service.url}/readyz", f"{service.worker_url}/readyz"):
        while not await _answers(address, http):
            processes.expect_alive()
            if time.monotonic() > until:
                raise DemoError(f"The service is not ready after {_READY_WITHIN:.0f} s: {address}")
            await asyncio.sleep(0.05)


async def _answers(address: str, http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get(address)).is_success
    except httpx.TransportError:
        return False
