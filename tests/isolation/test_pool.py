"""The pool of processes: limits of time and memory, processes that die, and small documents beside heavy ones."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from app.banqup.reading import UnreadableDocument
from app.isolation import ConversionPool, Limits, TooHeavy
from app.isolation.pool import opened
from app.isolation.work import convert_document, read_document
from tests.convert.documents import document, line

pytestmark = pytest.mark.slow

BODY = json.dumps(document(line())).encode()
ON = date(2026, 6, 1)


@pytest.fixture
async def pool() -> AsyncIterator[ConversionPool]:
    async with opened(Limits(processes=2, cpu_seconds=2, wall_seconds=250, memory=450_000_000)) as pool:
        yield pool


def children() -> set[int]:
    """The processes that this one has started for conversion, and that still run."""
    mine = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            command, status = (entry / "cmdline").read_bytes(), (entry / "status").read_text()
        except OSError:
            continue
        if b"app.isolation.child" in command and f"PPid:\t{os.getpid()}\n" in status:
            mine.add(int(entry.name))
    return mine


def large(lines: int) -> bytes:
    """A valid document of many lines."""
    return json.dumps(document(*[line(itemDescription="x" * 50)] * lines)).encode()


async def test_a_document_is_read_and_converted_in_another_process(pool: ConversionPool) -> None:
    found = await pool.run(read_document, BODY, size=len(BODY))
    conversion = await pool.run(convert_document, BODY, [], ON, size=len(BODY))

    assert found.metadata.document_number == conversion.summary.number
    assert conversion.ubl.startswith(b"<?xml")
    assert len(children()) == 1, "one process is reused while nothing runs at the same time"


async def test_what_conversion_raises_arrives_with_all_that_it_holds(pool: ConversionPool) -> None:
    with pytest.raises(UnreadableDocument, match="Invalid fields"):
        await pool.run(read_document, b"5", size=1)


async def test_a_document_over_its_processor_time_is_too_heavy_and_the_pool_goes_on() -> None:
    heavy = large(60_000)  # some three seconds before its tags are counted
    async with opened(Limits(processes=2, cpu_seconds=1, wall_seconds=250, memory=450_000_000)) as pool:
        with pytest.raises(TooHeavy, match="processor time"):
            await pool.run(convert_document, heavy, [], ON, size=len(heavy))

        assert (await pool.run(convert_document, BODY, [], ON, size=len(BODY))).ubl


async def test_a_document_over_its_memory_is_too_heavy_and_the_pool_goes_on() -> None:
    async with opened(Limits(processes=2, cpu_seconds=60, wall_seconds=250, memory=200_000_000)) as pool:
        with pytest.raises(TooHeavy, match="memory"):
            await pool.run(convert_document, (heavy := large(60_000)), [], ON, size=len(heavy))

        assert (await pool.run(convert_document, BODY, [], ON, size=len(BODY))).ubl


async def test_a_process_that_something_else_kills_is_replaced_and_the_document_goes_through(
    pool: ConversionPool,
) -> None:
    await pool.run(read_document, BODY, size=len(BODY))
    [child] = children()
    os.kill(child, signal.SIGKILL)

    assert (await pool.run(convert_document, BODY, [], ON, size=len(BODY))).ubl
    assert child not in children()


async def test_a_small_document_passes_heavy_ones_that_take_all_they_may(pool: ConversionPool) -> None:
    heavy = large(60_000)
    waiting = [asyncio.create_task(pool.run(convert_document, heavy, [], ON, size=len(heavy))) for _ in range(4)]
    await asyncio.sleep(0)

    conversion = await pool.run(convert_document, BODY, [], ON, size=len(BODY))

    assert conversion.ubl
    assert not all(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_end_of_the_pool_leaves_no_process(pool: ConversionPool) -> None:
    async with opened(Limits(processes=2)) as other:
        await other.run(read_document, BODY, size=len(BODY))
        assert children()
    assert not children()
