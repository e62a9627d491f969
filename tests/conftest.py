"""What every test may ask for: an empty, migrated database of its own, and a network that ends at this machine."""

import ipaddress
import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from app.storage import db, embedded_postgres, schema

SERVER_FOLDER = "BANQUP_EXACT_TEST_SERVER"
# A test database need not survive a power cut, and is copied many times.
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "300"}
TEMPLATE = "template_migrated"
SLOW_FOLDERS = {"campaign", "demo", "service"}  # they run the whole service
databases = itertools.count()


def pytest_configure() -> None:
    """Name the folder of the one server that all workers of this run share; the first that needs it starts it."""
    # A shell starts background jobs deaf to Ctrl-C, and so would be every process of the tests.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if SERVER_FOLDER not in os.environ:
        folder = tempfile.mkdtemp(prefix="banqup-exact-tests-")
        Path(folder).chmod(0o755)
        os.environ[SERVER_FOLDER] = folder


def pytest_itemcollected(item: pytest.Item) -> None:
    if item.path.parent.name in SLOW_FOLDERS:
        item.add_marker(pytest.mark.slow)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(SERVER_FOLDER))
        embedded_postgres.stop(folder)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The run's own server, on which the migrated template stands."""
    url = embedded_postgres.start(Path(os.environ[SERVER_FOLDER]), settings=QUICK)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(1)")
        if not connection.execute("select 1 from pg_database where datname = %s", [TEMPLATE]).fetchone():
            connection.execute("create database being_migrated")
            schema.upgrade(_sibling(url, "being_migrated"))
            connection.execute(f"alter database being_migrated rename to {TEMPLATE}")
        connection.execute("select pg_advisory_unlock(1)")
        yield connection


@pytest.fixture
def empty_database_url(postgres: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """A database in which nothing was ever migrated."""
    yield from _database(postgres, template="template0")


@pytest.fixture
def database_url(postgres: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """A migrated database for this test alone; about 15 ms."""
    yield from _database(postgres, template=TEMPLATE)


@pytest.fixture(scope="session")
def shared_database_url(postgres: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    """A migrated database for all tests of this process that keep to rows of their own."""
    yield from _database(postgres, template=TEMPLATE)


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[db.Sessions]:
    """Sessions on a migrated database for this test alone."""
    async with db.opened(database_url) as sessions:
        yield sessions


def _database(postgres: psycopg.Connection[tuple[object, ...]], *, template: str) -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(databases)}"
    copy = sql.SQL("create database {} template {} strategy file_copy")
    postgres.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
    yield _sibling(embedded_postgres.start(Path(os.environ[SERVER_FOLDER])), name)
    postgres.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _sibling(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse sockets to other machines, so that no test depends on one."""
    if event == "socket.getaddrinfo":
        _check_host(arguments[0])
    elif event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
        _check_host(arguments[1][0])


def _check_host(host: object) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return
    try:
        local = ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        local = False
    if not local:
        raise RuntimeError(f"a test reached for {name}; only this machine's loopback is open to tests")


sys.addaudithook(_stay_on_this_machine)
