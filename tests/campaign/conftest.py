"""A folder for the processes of a campaign."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that also the user of Postgres can reach."""
    with tempfile.TemporaryDirectory(prefix="banqup-exact-campaign-") as temporary:
        Path(temporary).chmod(0o755)
        (Path(temporary) / "postgres").mkdir()
        yield Path(temporary)
