"""The processes: API and worker, together or apart. They run until a signal and finish what they began."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import SecretStr

from app import log
from app.main import create_app, create_worker_app
from app.processes import connections, ports, worker
from app.settings import Settings
from app.storage import embedded_postgres, reach, schema
from app.storage.embedded_postgres import EmbeddedPostgresError
from app.storage.reach import DatabaseError

Work = Callable[[Settings, asyncio.Event], Coroutine[None, None, None]]
# Opens its port, so that a taken one is found before a database starts, and returns the work to do.
Part = Callable[[Settings], Work]

LOCAL_DATABASE = Path(".data/postgres")
LOOK_AFTER_DATABASE = 2  # seconds

_log = log.get(__name__)


class StartError(Exception):
    """A part of the process did not start; the log says why."""


def api(host: str, port: int) -> Part:
    """Return the API on this address."""

    def part(_: Settings) -> Work:
        listening = ports.listen(host, port, option="--port")

        async def work(settings: Settings, stop: asyncio.Event) -> None:
            app = create_app(settings)
            await _serve(app, listening, stop, request_seconds=settings.request_seconds)

        return work

    return part


def lanes(_: Settings) -> Work:
    """Return the worker; at a stop it finishes what it posts and releases its lanes."""

    async def work(settings: Settings, stop: asyncio.Event) -> None:
        await worker.run(settings, stop=stop)

    return work


def worker_health(host: str) -> Part:
    """Return a worker's health and metrics on WORKER_PORT, if that is set."""

    def part(settings: Settings) -> Work:
        if settings.worker_port is None:
            return _nothing
        listening = ports.listen(host, settings.worker_port, option="WORKER_PORT")

        async def work(settings: Settings, stop: asyncio.Event) -> None:
            app = create_worker_app(settings)
            await _serve(app, listening, stop, request_seconds=settings.request_seconds)

        return work

    return part


async def _nothing(_: Settings, __: asyncio.Event) -> None:
    return


async def _serve(app: FastAPI, listening: socket.socket, stop: asyncio.Event, *, request_seconds: float) -> None:
    """Serve until the stop; raise `StartError` if the app does not start."""
    server = _Server(connections.configured(app, request_seconds=request_seconds))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await _first_of(serving, asyncio.create_task(stop.wait()))
    server.should_exit = True
    stop.set()
    await serving


async def _first_of(*tasks: asyncio.Task[Any]) -> None:
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


def database_url(named: SecretStr | None) -> str:
    """Return the address of the named Postgres, else of our own, which is started if it does not run."""
    return named.get_secret_value() if named else embedded_postgres.start(LOCAL_DATABASE)


def run(settings: Settings, *parts: Part) -> None:
    """Run these parts in this process until SIGTERM or SIGINT; if one of them fails, the process ends.

    Raises `PortError`, `DatabaseError`, `EmbeddedPostgresError` or `StartError` if it cannot start.
    """
    works = [part(settings) for part in parts]
    url = database_url(settings.database_url)
    if settings.database_url:
        _expect_usable(url)
    else:
        schema.upgrade(url)
        works.append(_keep_database)
    located = settings.model_copy(update={"database_url": SecretStr(url)})
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_until_stopped(located, works))
    except* (StartError, EmbeddedPostgresError) as group:
        raise group.exceptions[0] from None


def _expect_usable(url: str) -> None:
    """Refuse a database that waiting does not mend; one that is away may come back, and the API answers 503 till then.

    Raises `DatabaseError`.
    """
    try:
        with reach.explained(url):
            revision = schema.revision_of(url)
    except DatabaseError as error:
        if error.lasts:
            raise
        _log.warning("database_away", cause=str(error))
        return
    expect_migrated(revision)


def expect_migrated(revision: str | None) -> None:
    """Raise `DatabaseError` unless a database at this revision serves our code."""
    if schema.is_behind(revision):
        sentence = f"The database is at migration {revision or 'none'}, not {schema.newest()}."
        raise DatabaseError(f"{sentence} Run: banqup-exact migrate", lasts=True)


async def _keep_database(_: Settings, stop: asyncio.Event) -> None:
    """Restart our own Postgres after it was killed; it keeps its address."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=LOOK_AFTER_DATABASE)
        await asyncio.to_thread(embedded_postgres.start, LOCAL_DATABASE)


async def _until_stopped(settings: Settings, works: list[Work]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, loop, stop)
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work(settings, stop))


def _stop(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Begin to stop; a second Ctrl-C then ends the process at once, which loses nothing but time."""
    stop.set()
    _log.info("stopping", again="Ctrl-C ends it at once")
    loop.remove_signal_handler(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: one place in the process decides when everything stops."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # which would end the process in the middle of the other parts
            raise StartError("The API did not start; the log says why.") from None
        _log.info("listening", at=[ports.address(listening) for listening in sockets or ()])
