"""The delay between attempts: it grows with every failure in a row."""

from datetime import timedelta
from random import uniform


def delay(failures: int, *, first: float, cap: float) -> timedelta:
    """Return `first` seconds, doubled with every further failure up to `cap`, less up to a quarter as jitter."""
    seconds = min(first * 2 ** min(max(failures, 1) - 1, 20), cap)
    return timedelta(seconds=seconds * uniform(0.75, 1.0))  # noqa: S311 - spreads load, guards nothing
