"""Messages that one API process accepts a second, with signatures, commits and fsync, as a ratio to pgbench.

pgbench makes the same rows on the same Postgres in the same run: message, export, event and the wake of a lane in one
transaction, 32 clients at once. Ours come over HTTP on as many connections, each with an id of its own.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import uvloop

from app import log
from benchmarks import processes
from benchmarks.processes import Postgres, Process

CLIENTS = 32
ACTIVATIONS = 1000
MESSAGES = 8000  # a round
ROUNDS = 3
BODY = 900  # bytes
PGBENCH_SECONDS = 5
FLOOR = 0.2
KEY = b"a key of 24 bytes for it"

POPULATE = """
with i as (insert into installation (partner_space_id, country, permissions)
           select gen_random_uuid(), 'be', '{{}}' from generate_series(1, 20) returning id),
 numbered as (select id, row_number() over () as place from i),
 l as (insert into lane (installation_id, division, blocked_until)
       select n.id, s, 'infinity' from generate_series(1, {activations}) s join numbered n on n.place = s % 20 + 1
       returning id, installation_id, division)
insert into activation (installation_id, business_space_id, lane_id, division, company_code, company_name, route)
select installation_id, gen_random_uuid(), id, division, division::text, 'Company', 'documents' from l
"""

TRANSACTION = """
\\set place random(1, {activations})
with a as (select * from activation where division = :place),
 m as (insert into message (id, installation_id, category, type, business_space_id, document_id, outcome)
       select gen_random_uuid()::text, installation_id, 'document', 'document.approved', business_space_id,
              gen_random_uuid(), 'queued' from a returning document_id),
 e as (insert into export (installation_id, lane_id, activation_id, business_space_id, document_id, division, trigger,
                          eligible_from)
       select a.installation_id, a.lane_id, a.id, a.business_space_id, m.document_id, a.division, 'approved',
              a.activated_at
       from a, m returning id, installation_id, lane_id),
 v as (insert into export_event (export_id, installation_id, event) select id, installation_id, 'received' from e)
update lane set wake_seq = wake_seq + 1,
  due_at = case when leased then due_at else greatest(blocked_until, least(due_at, now())) end
from e where lane.id = e.lane_id;
"""


@dataclass(frozen=True)
class Round:
    """One round of messages: how many a second, and how long one waited, in milliseconds."""

    a_second: float
    median_ms: float
    p99_ms: float


class Caller(asyncio.Protocol):
    """One connection that sends the next request as soon as the last one is answered."""

    def __init__(self, requests: list[bytes], waited: list[float], done: asyncio.Future[None]) -> None:
        self._requests, self._waited, self._done = requests, waited, done
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, end, body = self._answer.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if not end or length is None or len(body) < int(length[1]):
            return
        self._waited.append(time.perf_counter() - self._sent)
        if b"202" not in head.split(b"\r\n", 1)[0] or b'"duplicate": false' not in body:
            self._done.set_exception(RuntimeError(self._answer.decode()))
            self._transport.close()
            return
        self._answer = b""
        self._send()

    def _send(self) -> None:
        if not self._requests:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(self._requests.pop())

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


def signed_request(space: str) -> bytes:
    """A message about a new document, of 900 bytes, as it goes over the wire."""
    message_id, document = str(uuid4()), str(uuid4())
    message = {"id": message_id, "category": "document", "type": "document.approved", "resourceId": space}
    message |= {"channel": f"{space}/{document}", "note": ""}
    data = {"data": {"spaceId": space, "documentId": document}}
    message["note"] = "x" * (BODY - len(json.dumps(message | data)))
    body = json.dumps(message | data).encode()
    timestamp = str(int(time.time()))
    signature = hmac.digest(KEY, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    head = (
        "POST /webhooks/banqup/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nwebhook-id: {message_id}\r\nwebhook-timestamp: {timestamp}\r\n"
        f"webhook-signature: v1,{base64.b64encode(signature).decode()}\r\n\r\n"
    )
    return head.encode() + body


async def one_round(port: int, spaces: list[str], count: int) -> Round:
    """Send messages over all connections as fast as they are answered."""
    requests = [signed_request(spaces[place % len(spaces)]) for place in range(count)]
    loop, waited = asyncio.get_running_loop(), list[float]()
    ends = [loop.create_future() for _ in range(CLIENTS)]
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(partial(Caller, requests, waited, end), "127.0.0.1", port)
    await asyncio.gather(*ends)
    took = time.perf_counter() - started
    waited.sort()
    return Round(count / took, waited[count // 2] * 1e3, waited[int(count * 0.99)] * 1e3)


def pgbench(postgres: Postgres, folder: Path) -> float:
    """Transactions a second of the plain inserts."""
    parts = urlsplit(postgres.url)
    script = folder / "transaction.sql"
    script.write_text(TRANSACTION.format(activations=ACTIVATIONS))
    command = [
        str(postgres.program("pgbench")),
        "--no-vacuum",
        "--protocol=prepared",
        f"--client={CLIENTS}",
        "--jobs=2",
    ]
    command += [f"--time={PGBENCH_SECONDS}", f"--file={script}", "-h", "127.0.0.1", "-p", str(parts.port)]
    command += ["-U", str(parts.username), parts.path[1:]]
    outcome = subprocess.run(
        command, env={**os.environ, "PGPASSWORD": str(parts.password)}, capture_output=True, text=True, check=True
    )
    found = re.search(r"tps = ([\d.]+)", outcome.stdout)
    assert found, outcome.stdout
    return float(found[1])


def populate(url: str) -> list[str]:
    """Active clients on lanes that nobody serves; their Business Spaces."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(POPULATE.format(activations=ACTIVATIONS).encode())
        connection.execute("create index on activation (division)")  # for pgbench alone
        connection.execute("analyze")
        return [str(space) for (space,) in connection.execute("select business_space_id from activation")]


def environment(url: str) -> dict[str, str]:
    """Settings of an API that takes messages and calls nobody."""
    return {
        "DATABASE_URL": url,
        "PUBLIC_URL": "http://127.0.0.1:1",
        "SECRET_KEYS": processes.SECRET_KEY,
        "EXACT_APPS": '{"be": {"client_id": "none", "client_secret": "none"}}',
        "BANQUP_API_URL": "http://127.0.0.1:1",
        "BANQUP_CLIENT_ID": "none",
        "BANQUP_CLIENT_SECRET": "none",
        "WEBHOOK_SECRETS": f"whsec_{base64.b64encode(KEY).decode()}",
        "API_ISSUER": "none",
        "API_AUDIENCE": "none",
        "API_JWKS_URL": "http://127.0.0.1:1",
        "API_CLIENTS": "trusted",
    }


def measure(postgres: Postgres, api: Process, port: int, spaces: list[str], folder: Path) -> bool:
    """pgbench before and after, our rounds in between."""
    plain = [pgbench(postgres, folder)]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(one_round(port, spaces, MESSAGES // 4))  # warm
        cpu = api.cpu_seconds()
        rounds = [runner.run(one_round(port, spaces, MESSAGES)) for _ in range(ROUNDS)]
        cpu_ms = (api.cpu_seconds() - cpu) * 1e3 / (MESSAGES * ROUNDS)
    plain.append(pgbench(postgres, folder))
    return report(rounds, statistics.mean(plain), cpu_ms)


def report(rounds: list[Round], plain: float, cpu_ms: float) -> bool:
    """Print medians; gives whether the floor is reached."""
    ours = statistics.median(one.a_second for one in rounds)
    print(f"pgbench, the same rows, {CLIENTS} clients, a second          {plain:10,.0f}")
    print(f"messages accepted a second, one API process          {ours:10,.0f}")
    print(f"ratio (floor {FLOOR})                                    {ours / plain:10.2f}")
    print(
        f"latency, median, ms                                  {statistics.median(r.median_ms for r in rounds):10.1f}"
    )
    print(f"latency, p99, ms                                     {statistics.median(r.p99_ms for r in rounds):10.1f}")
    print(f"the API's own CPU, ms a message                      {cpu_ms:10.2f}")
    return ours / plain >= FLOOR


def main() -> int:
    log.configure(level="ERROR", console=True)
    with tempfile.TemporaryDirectory(prefix="banqup-exact-intake-") as temporary:
        folder, port = Path(temporary), processes.free_port()
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        postgres = Postgres(folder / "postgres")
        api = processes.api(environment(postgres.url), port, folder)
        try:
            spaces = populate(postgres.url)
            api.start()
            processes.wait_until_ready(port)
            return 0 if measure(postgres, api, port, spaces, folder) else 1
        finally:
            api.stop()
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
