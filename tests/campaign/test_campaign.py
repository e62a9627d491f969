"""A short campaign of faults; `make faults` runs the long one."""

from pathlib import Path

from benchmarks.faults.campaign import Size
from benchmarks.faults.running import run

SHORT = Size(documents=24, companies=4, connections=4, seconds=8.0, rounds=1, freezes=0)


async def test_whatever_fails_each_document_arrives_once_or_says_who_must_act(folder: Path) -> None:
    assert await run(folder, SHORT, seed=7)
