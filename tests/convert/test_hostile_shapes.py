"""No shape of document costs more than its size: the work is counted in instructions of Python, not in time."""

import sys
from contextlib import suppress
from datetime import date
from types import FrameType
from typing import Any

import pytest

from app.banqup.reading import UnreadableDocument
from app.convert import Unconvertible
from app.isolation.work import convert_document
from benchmarks.hostile import MOST
from benchmarks.hostile_shapes import CASES, Case, Hostile

ON = date(2026, 6, 1)
NOISE = 10_000  # instructions: caches that fill, texts that are shortened


def work(document: Hostile) -> int:
    """The instructions that run while a document is converted."""
    instructions = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal instructions
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        instructions += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with suppress(Unconvertible, UnreadableDocument):
            convert_document(document.body, document.files, ON)
    finally:
        sys.settrace(before)
    return instructions


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_twice_the_size_is_at_most_about_twice_the_work(case: Case) -> None:
    work(case.shape(case.least))  # fills the caches
    small, middle, large = (work(case.shape(case.least << doubling)) for doubling in range(3))

    assert large - middle <= MOST * max(middle - small, 0) + NOISE
