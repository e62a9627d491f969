"""The launcher against the real server: every test has a cluster of its own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

import psycopg
import pytest
from sqlalchemy import make_url

from app.storage import embedded_postgres, postgres_programs
from app.storage.embedded_postgres import EmbeddedPostgresError

pytestmark = pytest.mark.slow

RUNS_AS_ROOT = os.geteuid() == 0
START = "import sys, pathlib; from app.storage.embedded_postgres import start; print(start(pathlib.Path(sys.argv[1])))"


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder that also the server's own user reaches (pytest's tmp_path is closed to others)."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    embedded_postgres.stop(place)
    shutil.rmtree(place)


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as place:
        yield place


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """The folder of a server that runs, for those that leave it alone."""
    with data_folder() as place:
        embedded_postgres.start(place)
        yield place


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def postmaster_pid(folder: Path) -> int:
    return int((folder / "server" / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def test_a_first_start_gives_an_empty_folder_a_postgres_18_that_flushes_its_commits(running: Path) -> None:
    with connect(embedded_postgres.start(running)) as connection:
        assert connection.info.server_version // 10_000 == 18
        shown = connection.execute("select current_setting('fsync'), current_setting('listen_addresses')").fetchone()
    assert shown == ("on", "127.0.0.1")


def test_a_second_start_shares_the_running_server(running: Path) -> None:
    first = embedded_postgres.start(running)
    pid = postmaster_pid(running)
    assert embedded_postgres.start(running) == first
    assert postmaster_pid(running) == pid


def test_a_restart_keeps_rows_password_and_port(folder: Path) -> None:
    first = embedded_postgres.start(folder)
    with connect(first) as connection:
        connection.execute("create table kept as select 42 as answer")
    embedded_postgres.stop(folder)
    with pytest.raises(psycopg.OperationalError):
        connect(first)

    assert embedded_postgres.start(folder) == first
    with connect(first) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


@pytest.mark.parametrize("everything", [True, False], ids=["with its backends", "the postmaster alone"])
def test_committed_rows_survive_the_sudden_death_of_the_server(folder: Path, everything: bool) -> None:
    url = embedded_postgres.start(folder)
    connection = connect(url)
    connection.execute("create table kept as select 42 as answer")
    processes = [cast("int", pid) for (pid,) in connection.execute("select pid from pg_stat_activity")]
    for pid in [postmaster_pid(folder), *(processes if everything else ())]:
        os.kill(pid, signal.SIGKILL)

    assert embedded_postgres.start(folder) == url
    with connect(url) as after:
        assert after.execute("select answer from kept").fetchone() == (42,)
    connection.close()


def test_an_orphaned_backend_that_is_busy_is_waited_for(folder: Path) -> None:
    url = embedded_postgres.start(folder)
    busy = subprocess.Popen(
        [sys.executable, "-c", f"import psycopg; psycopg.connect({url.replace('+psycopg', '')!r}).execute('{SPIN}')"],
        stderr=subprocess.DEVNULL,
    )
    with connect(url) as observer:
        await_query(observer, "spin_for_a_second")
        os.kill(postmaster_pid(folder), signal.SIGKILL)

    began = time.monotonic()
    assert embedded_postgres.start(folder)
    assert time.monotonic() - began > 0.5, "it must not share the cluster with a living backend"
    busy.wait()


# A query that never waits does not notice that its server died.
SPIN = (
    "do $$ begin /* spin_for_a_second */ "
    "while clock_timestamp() < statement_timestamp() + interval $i$1.2 s$i$ loop end loop; end $$"
)


def await_query(observer: psycopg.Connection[tuple[object, ...]], marker: str) -> None:
    seen = "select 1 from pg_stat_activity where state = 'active' and pid <> pg_backend_pid() and query ~ %s"
    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        if observer.execute(seen, [marker]).fetchone():
            return
    raise AssertionError("the query never ran")


def test_a_reused_process_id_neither_stops_the_start_nor_costs_an_innocent_its_life(folder: Path) -> None:
    embedded_postgres.start(folder)
    pid = postmaster_pid(folder)
    os.kill(pid, signal.SIGKILL)
    innocent = subprocess.Popen("/bin/cat", stdin=subprocess.PIPE, user="nobody" if RUNS_AS_ROOT else None)
    pid_file = folder / "server" / "cluster" / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(pid), str(innocent.pid), 1))
    os.utime(pid_file, (0, 0))  # long ago, as after a reboot

    embedded_postgres.stop(folder)
    assert innocent.poll() is None
    with connect(embedded_postgres.start(folder)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert innocent.poll() is None
    innocent.communicate()


def test_four_starters_at_once_share_one_server(folder: Path) -> None:
    starters = [subprocess.Popen([sys.executable, "-c", START, folder], stdout=subprocess.PIPE) for _ in range(4)]
    answers = {starter.communicate()[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0, 0, 0]
    assert answers == {f"{embedded_postgres.start(folder)}\n".encode()}


def test_a_server_whose_starter_was_killed_meanwhile_is_waited_for(folder: Path) -> None:
    url = embedded_postgres.start(folder)
    with connect(url) as connection:
        connection.execute("create table kept as select n from generate_series(1, 200000) n")
    killed = postmaster_pid(folder)
    os.kill(killed, signal.SIGKILL)
    starter = subprocess.Popen([sys.executable, "-c", START, folder], stdout=subprocess.DEVNULL)
    while starter.poll() is None:
        with suppress(FileNotFoundError, IndexError):  # while the file is being replaced
            if postmaster_pid(folder) != killed:
                break
    assert starter.poll() is None, "it was to be killed in the middle of its start"
    starter.kill()
    starter.wait()

    with connect(embedded_postgres.start(folder)) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (200_000,)


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    leftover = folder / "server" / "cluster.unfinished"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18")
    (folder / "server").chmod(0o755)
    with connect(embedded_postgres.start(folder)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not leftover.exists()


def test_the_password_is_private_and_needed(running: Path) -> None:
    url = embedded_postgres.start(running)
    password = running / "password"
    assert password.stat().st_mode & 0o777 == 0o600
    assert len(password.read_text()) == 48
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(url.replace(password.read_text(), "guess"))


def test_another_server_on_the_noted_port_is_not_taken_for_ours(running: Path) -> None:
    url = embedded_postgres.start(running)
    port = url.rpartition(":")[2].removesuffix("/postgres")
    server = embedded_postgres.Server(running)
    password = server.password.read_text()
    server.password.write_text("of-another-cluster")
    assert not embedded_postgres._answers(server, int(port))
    server.password.write_text(password)
    assert embedded_postgres._answers(server, int(port))


def test_settings_reach_the_server_and_a_wrong_one_is_reported_at_once(folder: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        embedded_postgres.start(folder, settings={"no_such_setting": "1"})
    with connect(embedded_postgres.start(folder, settings={"fsync": "off"})) as connection:
        assert connection.execute("show fsync").fetchone() == ("off",)


def test_a_missing_wheel_is_explained(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmbeddedPostgresError, match=r"DATABASE_URL is not set.*banqup-exact\[local\]"):
        embedded_postgres.start(folder)


def test_a_folder_that_cannot_be_used_is_named_with_the_cause(folder: Path) -> None:
    (folder / "file").write_text("in the way")
    with pytest.raises(EmbeddedPostgresError, match=r"cannot use .*/file/data: Not a directory\. .* DATABASE_URL"):
        embedded_postgres.start(folder / "file" / "data")


def test_a_folder_without_a_server_has_no_port_and_nothing_to_stop(folder: Path) -> None:
    assert embedded_postgres.running_port(folder / "new") is None
    assert embedded_postgres.open_connections(folder / "new") == 0
    assert embedded_postgres.stop(folder / "new") is False
    assert not (folder / "new").exists()


def test_a_running_server_tells_its_port_and_its_connections(running: Path) -> None:
    url = embedded_postgres.start(running)
    assert embedded_postgres.running_port(running) == make_url(url).port
    before = embedded_postgres.open_connections(running)
    with connect(url):
        assert embedded_postgres.open_connections(running) == before + 1


@pytest.mark.skipif(not RUNS_AS_ROOT, reason="only root starts the server as somebody else")
def test_root_runs_the_server_as_nobody_even_where_that_user_reaches_neither_folder_nor_wheel(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reachable, closed = folder / "reachable", folder / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(embedded_postgres, "REACHABLE_BY_ALL", reachable)
    is_open = postgres_programs.open_to_all
    monkeypatch.setattr(postgres_programs, "open_to_all", lambda path: path.name != "postgres" and is_open(path))

    with connect(embedded_postgres.start(closed / "data")) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    pid = postmaster_pid(closed / "data")
    assert Path(f"/proc/{pid}/exe").resolve().is_relative_to(reachable)
    user = postgres_programs.server_user()
    assert user is not None
    assert Path(f"/proc/{pid}").stat().st_uid == user.pw_uid
    embedded_postgres.stop(closed / "data")
