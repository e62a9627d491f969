"""Growing pauses between attempts."""

from datetime import timedelta
from random import uniform


def delay(failures: int, *, first: float, cap: float) -> timedelta:
    """`first` seconds, doubled with every failure in a row, up to `cap`; a quarter of it is chance."""
    seconds = min(first * 2 ** min(max(failures, 1) - 1, 20), cap)
    return timedelta(seconds=seconds * uniform(0.75, 1.0))  # noqa: S311 - spreads load, guards nothing
