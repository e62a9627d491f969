"""The attacks by tokens against a running API; `make attack` runs them with all others."""

from pathlib import Path

from benchmarks import processes
from benchmarks.attack import tokens


async def test_no_forged_token_is_accepted(folder: Path, database_url: str) -> None:
    port = processes.free_port()
    with processes.stand_ins(folder, listener=f"http://127.0.0.1:{port}/webhooks/banqup") as sandbox:
        environment = processes.environment(sandbox, database_url, port) | {"WEBHOOK_AUTH": "jwt"}
        api = processes.api(environment, port, folder)
        api.start()
        try:
            processes.wait_until_ready(port)
            held = await tokens.attack(f"http://127.0.0.1:{port}", sandbox)
        finally:
            api.stop()
    assert len(held) == 4
