"""What is said of a database that cannot be used: the cause, what to do, and no password."""

import socket
import threading

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError

from app.storage import db, schema
from app.storage.reach import DatabaseError, explained

pytestmark = pytest.mark.slow


def problem(url: str) -> DatabaseError:
    """What a first connection to this address ends with."""
    with pytest.raises(DatabaseError) as found, explained(url):
        schema.revision_of(url)
    assert "\n" not in str(found.value)
    return found.value


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "hunter2"}, "refuses user banqup_exact or the password"),
        ({"username": "nobody"}, "refuses user nobody or the password"),
        ({"database": "nowhere"}, "has no database nowhere. Create it, or correct DATABASE_URL."),
        ({"host": "no-such-host.invalid"}, "The host no-such-host.invalid is unknown. Correct DATABASE_URL."),
        ({"query": {"colour": "red"}}, "DATABASE_URL has a parameter that Postgres does not know: colour."),
    ],
)
def test_a_wrong_part_of_the_address_is_named_and_waiting_does_not_help(
    database_url: str, change: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "host" in change:  # tests resolve no names of other machines
        monkeypatch.setattr(socket, "getaddrinfo", _unknown_host)
    url = make_url(database_url).set(**change)  # type: ignore[arg-type]
    found = problem(url.render_as_string(hide_password=False))
    assert said in str(found)
    assert found.lasts
    assert (url.password or "") not in str(found)


def _unknown_host(*_: object, **__: object) -> None:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_port_on_which_nothing_listens_may_yet_come_back(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = problem(make_url(database_url).set(port=port).render_as_string(hide_password=False))
    assert str(found) == f"Nothing listens at 127.0.0.1:{port}. Start Postgres, or correct DATABASE_URL."
    assert not found.lasts


def _answer_as_a_web_server(listening: socket.socket) -> None:
    caller, _ = listening.accept()
    with caller:
        caller.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def test_what_a_server_says_that_is_no_postgres_is_quoted(database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        answering = threading.Thread(target=_answer_as_a_web_server, args=(other,), daemon=True)
        answering.start()
        place = f"127.0.0.1:{other.getsockname()[1]}"
        found = problem(f"postgresql://u:hunter2@{place}/x?sslmode=require")
        answering.join()
    assert str(found).startswith(f"Postgres at {place} cannot be used: ")
    assert "SSL" in str(found)


def test_a_missing_right_is_named(
    database_url: str, empty_database_url: str, postgres: psycopg.Connection[tuple[object, ...]]
) -> None:
    name = make_url(empty_database_url).database or ""
    postgres.execute(sql.SQL("create role {} login password 'guest'").format(sql.Identifier(f"guest_{name}")))
    url = make_url(empty_database_url).set(username=f"guest_{name}", password="guest")
    try:
        with pytest.raises(DatabaseError, match="lacks a right: permission denied for schema public"), explained(""):
            schema.upgrade(url.render_as_string(hide_password=False))
    finally:
        postgres.execute(sql.SQL("drop role {}").format(sql.Identifier(f"guest_{name}")))


def test_a_lock_that_is_held_asks_for_another_try(database_url: str) -> None:
    with db.connect_once(database_url).connect() as holder, db.connect_once(database_url).connect() as waiter:
        holder.execute(text("lock table installation"))
        waiter.execute(text("set lock_timeout = '50ms'"))
        with pytest.raises(DatabaseError, match="run this again"), explained(database_url):
            waiter.execute(text("lock table installation"))


def test_a_fault_of_ours_stays_a_fault(database_url: str) -> None:
    with (
        db.connect_once(database_url).connect() as connection,
        pytest.raises(ProgrammingError, match="no_such_table"),
        explained(database_url),
    ):
        connection.execute(text("select * from no_such_table"))
