"""Documents exported a second by one worker process, its own CPU per document, and its calls to Exact.

The sandbox runs without limits. The service keeps its own (58 calls a minute and company), hence many companies. As a
yardstick that does not depend on the machine, the same calls are made bare: read the document, post it, post its file.
"""

import asyncio
import base64
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app import log
from benchmarks import processes, town
from benchmarks.processes import Postgres, Process, cpu_seconds
from benchmarks.town import Client, Town
from sandbox.running import Sandbox, running

ROUNDS = 3
COMPANIES = 100
DOCUMENTS = 400  # a round: 4 a company, 8 of its 58 calls
CONNECTIONS = 4
AT_ONCE = 16  # lanes of a worker, and bare callers
CALLS_FLOOR = 2.0


@dataclass(frozen=True)
class Round:
    """What one round showed."""

    a_second: float
    cpu_ms: float
    sandbox_cpu_ms: float
    calls: float


async def export(town: Town, worker: Process, clients: list[Client], name: str) -> Round:
    """Deliver a round of messages at once and see them through."""
    documents = await town.put(clients, [f"{name}-{number:04}" for number in range(DOCUMENTS)])
    before = (await town.statuses()).get("ready_to_process", 0)
    await town.sandbox.exact.delete("/sandbox/calls")
    cpu, others = worker.cpu_seconds(), cpu_seconds(town.sandbox.process.pid)
    started = time.perf_counter()
    await town.deliver(clients, documents)
    await town.wait_until_exported(before + DOCUMENTS, within=120)
    took = time.perf_counter() - started
    return Round(
        DOCUMENTS / took,
        (worker.cpu_seconds() - cpu) * 1e3 / DOCUMENTS,
        (cpu_seconds(town.sandbox.process.pid) - others) * 1e3 / DOCUMENTS,
        await posts_and_gets(town.sandbox) / DOCUMENTS,
    )


async def posts_and_gets(sandbox: Sandbox) -> int:
    """Calls that count against a company's limits."""
    by_endpoint: dict[str, int] = (await sandbox.exact.calls())["by_endpoint"]
    return sum(count for name, count in by_endpoint.items() if "oauth2" not in name and "current/" not in name)


async def bare(town: Town, clients: list[Client]) -> float:
    """The same calls with the same HTTP client and nothing around them, a second."""
    documents = await town.put(clients, [f"bare-{number:04}" for number in range(DOCUMENTS)])
    content = base64.b64encode(b"x" * 12_000).decode()
    work: asyncio.Queue[tuple[Client, Any]] = asyncio.Queue()
    for place, document in enumerate(documents):
        work.put_nowait((clients[place % len(clients)], document))
    async with httpx.AsyncClient() as http:
        banqup, exact = await banqup_token(town, http), await exact_tokens(town, clients)

        async def caller() -> None:
            while not work.empty():
                client, document = work.get_nowait()
                url = f"{town.sandbox.banqup_url}/datastore/documents/transaction/v2/spaces/{client.space}/documents"
                read = await http.get(f"{url}/{document}", headers={"Authorization": f"Bearer {banqup}"})
                read.raise_for_status()
                headers = {"Authorization": f"Bearer {exact[client.company]}", "Accept": "application/json"}
                base = f"{town.sandbox.exact_url}/api/v1/{client.company}/documents"
                made = await http.post(f"{base}/Documents", json={"Type": 10, "Subject": "bare"}, headers=headers)
                entity = {"Document": made.json()["d"]["ID"], "FileName": "bare.xml", "Attachment": content}
                attached = await http.post(f"{base}/DocumentAttachments", json=entity, headers=headers)
                attached.raise_for_status()

        started = time.perf_counter()
        await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
        return DOCUMENTS / (time.perf_counter() - started)


async def banqup_token(town: Town, http: httpx.AsyncClient) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": town.sandbox.banqup_client_id,
        "client_secret": town.sandbox.banqup_client_secret,
    }
    answer = await http.post(f"{town.sandbox.banqup_url}/oauth2/client_credential/gettoken", data=form)
    return str(answer.json()["access_token"])


async def exact_tokens(town: Town, clients: list[Client]) -> dict[int, str]:
    """The access token for each company, as the service holds it."""
    return {client.company: await town.access_token(client.partner) for client in clients}


def report(rounds: list[Round], bare_a_second: float) -> bool:
    """Print medians; gives whether the floor of calls is reached."""
    a_second = statistics.median(one.a_second for one in rounds)
    cpu = statistics.median(one.cpu_ms for one in rounds)
    calls = statistics.median(one.calls for one in rounds)
    print(f"documents exported a second, one worker process, {AT_ONCE} lanes at once   {a_second:8.1f}")
    print(f"the same three calls bare, a second                                     {bare_a_second:8.1f}")
    print(f"ratio                                                                   {a_second / bare_a_second:8.2f}")
    print(f"worker's own CPU, ms a document                                         {cpu:8.1f}")
    print(
        f"sandbox's CPU, ms a document                                            "
        f"{statistics.median(one.sandbox_cpu_ms for one in rounds):8.1f}"
    )
    print(f"calls to Exact a document (floor {CALLS_FLOOR})                                    {calls:8.2f}")
    return calls <= CALLS_FLOOR


async def measure(folder: Path) -> bool:
    with running(limits=False) as sandbox:
        postgres, port = Postgres(folder / "postgres"), processes.free_port()
        environment = processes.environment(sandbox, postgres.url, port)
        worker = processes.worker(environment | {"WORKER_LANES": str(AT_ONCE)}, folder)
        try:
            async with town.built(sandbox, town.settings_of(environment)) as built:
                clients = await built.populate(connections=CONNECTIONS, companies=COMPANIES)
                worker.start()
                await warm_up(built, clients)
                rounds = [await export(built, worker, clients, f"round-{number}") for number in range(ROUNDS)]
                worker.stop()
                return report(rounds, await bare(built, clients))
        finally:
            worker.stop()
            postgres.stop()


async def warm_up(town: Town, clients: list[Client]) -> None:
    """The first document of each connection fetches what is cached afterwards."""
    documents = await town.put(clients, [f"warm-{number}" for number in range(CONNECTIONS * 4)])
    await town.deliver(clients, documents)
    await town.wait_until_exported(len(documents), within=60)


def main() -> int:
    log.configure(level="ERROR", console=True)
    with tempfile.TemporaryDirectory(prefix="banqup-exact-export-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        (folder / "postgres").mkdir()
        return 0 if asyncio.run(measure(folder)) else 1


if __name__ == "__main__":
    sys.exit(main())
