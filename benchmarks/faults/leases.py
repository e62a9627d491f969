"""The leases that a worker holds, noted in a file that outlives it."""

import json
from pathlib import Path

Lease = tuple[str, int]


def write_leases(path: Path, leases: set[Lease]) -> None:
    """Lanes and epochs; replaced as a whole, so that nobody reads a half."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(sorted(leases)))
    unfinished.rename(path)


def read_leases(path: Path) -> set[Lease]:
    """What a worker held when it last looked."""
    return {(lane, epoch) for lane, epoch in json.loads(path.read_text())} if path.exists() else set()
