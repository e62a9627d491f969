"""The processes: API and worker, together or apart, run until they are told to stop and finish what they began."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from app.main import create_app, create_worker_app
from app.processes import worker
from app.settings import Settings, SettingsError
from app.storage import db, embedded_postgres, schema

Part = Callable[[Settings, asyncio.Event], Coroutine[None, None, None]]

LOCAL_DATABASE = Path(".data/postgres")
LOOK_AFTER_DATABASE = 2  # seconds
GRACE = 20  # seconds for open requests at a stop


def api(host: str, port: int) -> Part:
    """The API on this address."""

    async def part(settings: Settings, stop: asyncio.Event) -> None:
        await _serve(create_app(settings), host, port, stop)

    return part


async def lanes(settings: Settings, stop: asyncio.Event) -> None:
    """The worker; told to stop, it finishes what it posts and gives its lanes back."""
    await worker.run(settings, stop=stop)


def worker_health(host: str) -> Part:
    """Health and figures of a worker on WORKER_PORT, where that is set."""

    async def part(settings: Settings, stop: asyncio.Event) -> None:
        if settings.worker_port is not None:
            await _serve(create_worker_app(settings), host, settings.worker_port, stop)

    return part


async def _serve(app: FastAPI, host: str, port: int, stop: asyncio.Event) -> None:
    """Serve until told to stop; where it cannot serve, everything stops."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    await _first_of(serving, asyncio.create_task(stop.wait()))
    server.should_exit = True
    stop.set()
    await serving


async def _first_of(*tasks: asyncio.Task[Any]) -> None:
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


def database_url(named: SecretStr | None) -> str:
    """The Postgres that is named, else our own, which is started where it does not run."""
    return named.get_secret_value() if named else embedded_postgres.start(LOCAL_DATABASE)


def run(settings: Settings, *parts: Part) -> None:
    """Run these parts in this process until SIGTERM or SIGINT; when one of them fails, the process ends.

    Raises SettingsError when the named database lacks migrations; our own is brought up to the newest one.
    """
    url = database_url(settings.database_url)
    if settings.database_url:
        _refuse_old_database(url)
    else:
        schema.upgrade(url)
        parts = (*parts, _keep_database)
    located = settings.model_copy(update={"database_url": SecretStr(url)})
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_stopped(located, parts))


def _refuse_old_database(url: str) -> None:
    """A database that is away now is no reason to stay away too: the API answers 503 until it is back."""
    try:
        revision = schema.revision_of(url)
    except DBAPIError as error:
        if db.is_away(error):
            return
        raise
    if schema.is_behind(revision):
        raise SettingsError(
            f"The database is at migration {revision or 'none'}, not {schema.newest()}. Run: banqup-exact migrate"
        )


async def _keep_database(settings: Settings, stop: asyncio.Event) -> None:
    """Bring our own Postgres back when it was killed; it keeps its address."""
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=LOOK_AFTER_DATABASE)
        await asyncio.to_thread(embedded_postgres.start, LOCAL_DATABASE)


async def _until_stopped(settings: Settings, parts: tuple[Part, ...]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(part(settings, stop))


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: one place in the process decides when everything stops."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
