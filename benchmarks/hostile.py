"""Time against size for hostile shapes of documents: each doubling may cost at most 2.3 times the time before it.

Run it as `make bench-hostile`, with NAME=… for shapes whose name holds that; it ends with status 1 if one is broken.
"""

import gc
import sys
import time
from contextlib import suppress
from datetime import date
from itertools import pairwise

from app.banqup.reading import UnreadableDocument
from app.convert import Unconvertible
from app.isolation.work import convert_document
from benchmarks.hostile_shapes import CASES, Case, Hostile

ON = date(2026, 6, 1)
MOST = 2.3  # times, for twice the size
DOUBLINGS = 3
AT_ONCE = 0.02  # seconds; a shape that never takes longer is refused before the work
ROUNDS = 8  # others use this machine too: a measurement that looks wrong is taken again


def seconds(document: Hostile) -> float:
    """Return the processor time of one conversion, without the garbage collector's rounds."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    try:
        with suppress(Unconvertible, UnreadableDocument):
            convert_document(document.body, document.files, ON)
        return time.process_time() - start
    finally:
        gc.enable()


def measured(case: Case) -> list[float]:
    """Return the least time for each size, measured again while a doubling seems to cost too much."""
    documents = [case.shape(case.start << doubling) for doubling in range(DOUBLINGS + 1)]
    times = [seconds(document) for document in documents]
    for _ in range(ROUNDS - 1):
        if not is_broken(times):
            break
        times = [min(known, seconds(document)) for known, document in zip(times, documents, strict=True)]
    return times


def ratios(times: list[float]) -> list[float]:
    """Return what each doubling costs."""
    return [after / max(before, 1e-6) for before, after in pairwise(times)]


def is_broken(times: list[float]) -> bool:
    """Return whether a doubling costs too much, in a shape that takes any time."""
    return any(after > AT_ONCE and after > MOST * before for before, after in pairwise(times))


def main(name: str = "") -> int:
    """Print the table; return 1 if a shape is broken."""
    broken = []
    print(f"{'shape':32} {'from':>9}  {'milliseconds, each size twice the one before':40}  each doubling")
    for case in CASES:
        if name not in case.name:
            continue
        times = measured(case)
        if is_broken(times):
            broken.append(case.name)
        shown = " ".join(f"{one * 1000:9.1f}" for one in times)
        costs = " ".join(f"{one:4.1f}" for one in ratios(times)) if times[-1] > AT_ONCE else "  at once"
        print(
            f"{case.name:32} {case.start:>9,}  {shown:40}  {costs}{'  BROKEN' if is_broken(times) else ''}", flush=True
        )
    print(f"broken: {', '.join(broken)}" if broken else f"no doubling costs more than {MOST} times")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
