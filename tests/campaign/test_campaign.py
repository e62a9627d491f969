"""A short campaign of faults; `make faults` runs the long one."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.campaign import Size
from benchmarks.faults.running import run

SHORT = Size(documents=24, companies=4, connections=4, seconds=8.0, rounds=1)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that also the user of Postgres can reach."""
    with tempfile.TemporaryDirectory(prefix="banqup-exact-campaign-") as temporary:
        Path(temporary).chmod(0o755)
        (Path(temporary) / "postgres").mkdir()
        yield Path(temporary)


async def test_whatever_fails_each_document_arrives_once_or_says_who_must_act(folder: Path) -> None:
    assert await run(folder, SHORT, seed=7)
