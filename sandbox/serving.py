"""Both stand-ins as real HTTP servers in one process."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox import env_file
from sandbox.banqup.app import create_app as create_banqup_app
from sandbox.banqup.core import Banqup
from sandbox.banqup.messages import Listener
from sandbox.clock import Clock
from sandbox.environment import Endpoints, of_service
from sandbox.exact_online.app import create_app as create_exact_app
from sandbox.exact_online.core import ExactOnline
from sandbox.exact_online.state import App

EXACT, BANQUP = "exact", "banqup"


@dataclass(frozen=True, slots=True)
class Options:
    """How the sandbox starts. Port 0 takes a free one; `env` is the file for the settings of a service."""

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
    webhook_secret: str = "whsec_a25vd24gdG8gZXZlcnlib2R5IG9uIHB1cnBvc2U="  # noqa: S105  # likewise
    audience: str = "banqup-exact"
    env: Path | None = None


class PortError(Exception):
    """A port cannot be opened; the text says why and which option chooses another."""


class _Protocol(HttpToolsProtocol):
    """Lets a fault reach the connection that it drops."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"sandbox.connection": {"transport": self.transport}}


class _Server(uvicorn.Server):
    """Leaves signals to the process, which two servers share, and signals when it is up."""

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


def _listening(host: str, port: int, *, option: str) -> socket.socket:
    try:
        listening = socket.create_server((host, port), backlog=1024)
    except OSError as error:
        cause = os.strerror(error.errno or 0) if (error.errno or 0) > 0 else "it is no address of this machine"
        raise PortError(f"Cannot listen on {host}, port {port}: {cause}. Choose another with {option}.") from error
    listening.setblocking(False)
    return listening


class Serving:
    """The servers of one process. Their ports are open from the start."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.servers: list[tuple[_Server, socket.socket]] = []
        self.urls = {EXACT: "", BANQUP: ""}
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
        listener = Listener(
            url=options.listener, secret=options.webhook_secret, audience=f"{options.audience}-webhooks"
        )
        self.banqup = Banqup(
            Clock(),
            client_id=options.banqup_client_id,
            client_secret=options.banqup_client_secret,
            listener=listener,
        )
        self._add(BANQUP, create_banqup_app(self.banqup, audience=options.audience), options.banqup_port)
        self.banqup.issuer.url = self._issuer

    def _add(self, name: str, app: ASGIApp, port: int) -> None:
        listening = _listening(self.options.host, port, option=f"--{name}-port")
        self.urls[name] = f"http://{self.options.host}:{listening.getsockname()[1]}"
        self.servers.append((_server(app), listening))

    @property
    def _issuer(self) -> str:
        return f"{self.urls[BANQUP]}/sandbox/issuer" if self.urls[BANQUP] else ""

    def endpoints(self) -> Endpoints:
        """Return addresses and credentials."""
        options = self.options
        return Endpoints(
            exact_url=self.urls[EXACT],
            banqup_url=self.urls[BANQUP],
            exact_client_id=options.exact_client_id,
            exact_client_secret=options.exact_client_secret,
            banqup_client_id=options.banqup_client_id,
            banqup_client_secret=options.banqup_client_secret,
            webhook_secret=options.webhook_secret,
            issuer=self._issuer,
            audience=options.audience,
            jwks_url=f"{self._issuer}/jwks.json" if self._issuer else "",
        )

    def announcement(self) -> str:
        """Return the text printed once the servers are up, for a test harness or a person."""
        endpoints = asdict(self.endpoints())
        if self.options.ready_json:
            return json.dumps({"ready": True} | {name: value or None for name, value in endpoints.items()})
        values = [f"{name:<22}{value}" for name, value in endpoints.items() if value]
        pages = [f"{name:<22}{url}/sandbox   admin API: {url}/sandbox/docs" for name, url in self.urls.items() if url]
        return "\n".join([*values, "", "See what is there:", *pages, "", *self._what_next(), ""])

    def _what_next(self) -> list[str]:
        listener = self.options.listener
        return [
            f"Messages go to {listener}/messages." if listener else "Messages are held: there is no --listener.",
            *([f"{self.options.env} is written. In another terminal: make run"] if self.options.env else []),
            "All is in memory. Ctrl-C ends it.",
        ]

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
        self._say(self.announcement())
        await asyncio.gather(*running)
        if self.banqup is not None:
            await self.banqup.messenger.close()

    async def run_until_signalled(self) -> None:
        """Serve until SIGINT or SIGTERM, or until the parent process ends."""
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
    """Serve until a signal, on uvloop if available; raise `PortError` or `EnvFileError` if the start fails."""
    serving = Serving(options)
    if options.env and options.listener:
        env_file.write(options.env, serving.endpoints().environment() | of_service(options.listener))
    try:
        import uvloop  # not on Windows
    except ImportError:
        asyncio.run(serving.run_until_signalled())
    else:
        uvloop.run(serving.run_until_signalled())
