"""Runs both sandboxes as real HTTP servers in one process."""

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.banqup.app import create_app as create_banqup_app
from sandbox.banqup.core import Banqup
from sandbox.banqup.messages import Listener
from sandbox.banqup.signing import new_secret
from sandbox.clock import Clock
from sandbox.exact_online.app import create_app as create_exact_app
from sandbox.exact_online.core import ExactOnline
from sandbox.exact_online.state import App

EXACT, BANQUP = "exact", "banqup"


@dataclass(frozen=True, slots=True)
class Options:
    """How the sandbox starts; port 0 takes any free one."""

    host: str = "127.0.0.1"
    exact_port: int = 8011
    banqup_port: int = 8012
    only: str | None = None
    listener: str | None = None
    limits: bool = True
    ready_json: bool = False
    stop_with_stdin: bool = False
    exact_client_id: str = "sandbox-app"
    exact_client_secret: str = "sandbox-secret"  # noqa: S105  # known to everybody on purpose
    redirect_uris: tuple[str, ...] = ()
    banqup_client_id: str = "sandbox-banqup"
    banqup_client_secret: str = "sandbox-banqup-secret"  # noqa: S105  # likewise
    webhook_secret: str = field(default_factory=new_secret)
    audience: str = "banqup-exact"


class _Protocol(HttpToolsProtocol):
    """Lets a fault reach the connection it has to drop."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.connection": {"transport": self.transport}}


class _Server(uvicorn.Server):
    """Leaves the signals to us, since two servers share the process, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: ASGIApp) -> _Server:
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,  # it is the sandbox's own date that counts
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )
    return _Server(config)


def _listening(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(1024)
    listening.setblocking(False)
    return listening


class Serving:
    """The servers of one process, their addresses and their end."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.servers: list[tuple[_Server, socket.socket]] = []
        self.urls: dict[str, str | None] = {EXACT: None, BANQUP: None}
        self.banqup: Banqup | None = None
        if options.only != BANQUP:
            self._add_exact()
        if options.only != EXACT:
            self._add_banqup()

    def _add_exact(self) -> None:
        options = self.options
        app = App(options.exact_client_id, options.exact_client_secret, options.redirect_uris)
        exact = ExactOnline(Clock(), app=app, limits=options.limits)
        self._add(EXACT, create_exact_app(exact), options.exact_port)

    def _add_banqup(self) -> None:
        options = self.options
        listener = Listener(url=options.listener, secret=options.webhook_secret, audience=options.audience)
        self.banqup = Banqup(
            Clock(),
            client_id=options.banqup_client_id,
            client_secret=options.banqup_client_secret,
            listener=listener,
        )
        self._add(BANQUP, create_banqup_app(self.banqup, audience=options.audience), options.banqup_port)
        self.banqup.issuer.url = f"{self.urls[BANQUP]}/sandbox/issuer"

    def _add(self, name: str, app: ASGIApp, port: int) -> None:
        listening = _listening(self.options.host, port)
        self.urls[name] = f"http://{self.options.host}:{listening.getsockname()[1]}"
        self.servers.append((_server(app), listening))

    def ready(self) -> dict[str, Any]:
        """What a test harness needs to know."""
        options, issuer = self.options, f"{self.urls[BANQUP]}/sandbox/issuer" if self.urls[BANQUP] else None
        return {
            "ready": True,
            "exact_url": self.urls[EXACT],
            "banqup_url": self.urls[BANQUP],
            "exact_client_id": options.exact_client_id,
            "exact_client_secret": options.exact_client_secret,
            "banqup_client_id": options.banqup_client_id,
            "banqup_client_secret": options.banqup_client_secret,
            "webhook_secret": options.webhook_secret,
            "issuer": issuer,
            "audience": options.audience,
            "jwks_url": f"{issuer}/jwks.json" if issuer else None,
        }

    def announcement(self) -> str:
        """What a person reads when it has started."""
        ready = self.ready()
        lines = [f"{name:<24}{value}" for name, value in ready.items() if value is not None and name != "ready"]
        pages = [f"look: {url}/sandbox   admin API: {url}/sandbox/docs" for url in self.urls.values() if url]
        return "\n".join([*lines, *pages])

    def stop(self) -> None:
        for server, _ in self.servers:
            server.should_exit = True

    def _stop_reading(self) -> None:
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        self.stop()

    async def run(self) -> None:
        """Serve until `stop`."""
        loop = asyncio.get_running_loop()
        running = [loop.create_task(server.serve(sockets=[listening])) for server, listening in self.servers]
        for server, _ in self.servers:
            await server.is_up.wait()
        self._say(json.dumps(self.ready()) if self.options.ready_json else self.announcement())
        await asyncio.gather(*running)
        if self.banqup is not None:
            await self.banqup.messenger.close()

    async def run_until_signalled(self) -> None:
        """Serve until SIGINT or SIGTERM, or until whoever started us is gone."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        if self.options.stop_with_stdin:
            loop.add_reader(sys.stdin.fileno(), self._stop_reading)
        await self.run()

    @staticmethod
    def _say(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def serve(options: Options) -> None:
    """Serve until a signal; on uvloop where there is one."""
    try:
        import uvloop  # not on Windows
    except ImportError:
        asyncio.run(Serving(options).run_until_signalled())
    else:
        uvloop.run(Serving(options).run_until_signalled())
