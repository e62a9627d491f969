"""The attacks on the sign-in against a running API; `make attack` runs them with all others."""

from pathlib import Path

from benchmarks import processes
from benchmarks.attack import links
from benchmarks.processes import Postgres


async def test_the_sign_in_holds_against_every_link(folder: Path) -> None:
    port = processes.free_port()
    postgres = Postgres(folder / "postgres")
    try:
        with processes.stand_ins(folder, listener=f"http://127.0.0.1:{port}/webhooks/banqup") as sandbox:
            api = processes.api(processes.environment(sandbox, postgres.url, port), port, folder)
            api.start()
            try:
                processes.wait_until_ready(port)
                held = await links.attack(f"http://127.0.0.1:{port}", sandbox)
            finally:
                api.stop()
    finally:
        postgres.stop()
    assert len(held) == 7
