"""The pool of processes: one per core, reused, killed when a document takes too long.

A document that looks small runs within a short limit first, and among the heavy ones only if it overruns. Heavy ones
never take every process: a small document of another partner finds one that is free within that short limit.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar, cast

from app.isolation import frames
from app.isolation.frames import Answer, Task

SMALL = 200_000  # bytes of all that is read
_QUICK_CPU, _QUICK_WALL = 1, 2.0  # seconds
_START = 30.0  # seconds within which a process is ready

Limit = Literal["processor time", "time", "memory"]
_Result = TypeVar("_Result")


class TooHeavy(Exception):
    """A document exceeded a limit; `limit` names it."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(limit)
        self.limit = limit


class ChildDied(Exception):
    """A process ended twice at the same document, without exceeding a limit that it knows of."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one document may use, and how many are read at a time."""

    processes: int = 0  # 0: one per core, two at least
    cpu_seconds: int = 10
    wall_seconds: float = 30.0
    memory: int = 450_000_000  # bytes

    @property
    def size(self) -> int:
        """Return the number of processes; with two, a heavy document leaves one for the small ones."""
        return max(self.processes or os.cpu_count() or 1, 2)


class ConversionPool:
    """Runs functions of `app.isolation.work` in processes of their own."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._idle: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        self._heavy = asyncio.Semaphore(limits.size - 1)
        self._children: set[_Child] = set()
        for _ in range(limits.size):
            self._idle.put_nowait(None)

    async def run(self, function: Callable[..., _Result], *args: object, size: int) -> _Result:
        """Run a function on a document of `size` bytes.

        Raises what the function raises, `TooHeavy` if a limit is exceeded, and `ChildDied`.
        """
        run = partial(self._run, function.__name__, args)
        if size <= SMALL:
            with suppress(TooHeavy):
                return cast("_Result", await run(cpu_seconds=_QUICK_CPU, wall_seconds=_QUICK_WALL))
        async with self._heavy:
            return cast(
                "_Result", await run(cpu_seconds=self._limits.cpu_seconds, wall_seconds=self._limits.wall_seconds)
            )

    async def _run(self, function: str, args: tuple[Any, ...], *, cpu_seconds: int, wall_seconds: float) -> Any:
        message = frames.pack(Task(function, args, cpu_seconds))
        for _ in range(2):  # a process that something else killed says nothing of the document
            with suppress(ChildDied):
                return await self._once(message, wall_seconds=wall_seconds)
        raise ChildDied

    async def _once(self, message: bytes, *, wall_seconds: float) -> Any:
        child, kept = await self._idle.get(), None
        try:
            child = child or await self._start()
            answer = await child.ask(message, wall_seconds=wall_seconds)
            kept = None if answer.last else child
        finally:
            if child is not None and kept is None:
                await self._end(child)
            self._idle.put_nowait(kept)
        if isinstance(answer.error, MemoryError):
            raise TooHeavy("memory")
        if answer.error is not None:
            raise answer.error
        return answer.value

    async def _start(self) -> "_Child":
        child = _Child(await _spawn(self._limits.memory))
        self._children.add(child)
        try:
            await child.ready()
        except BaseException:
            await self._end(child)
            raise
        return child

    async def _end(self, child: "_Child") -> None:
        self._children.discard(child)
        await asyncio.shield(child.kill())

    async def close(self) -> None:
        """End every process."""
        for child in list(self._children):
            await self._end(child)


@asynccontextmanager
async def opened(limits: Limits) -> AsyncIterator[ConversionPool]:
    """Open a pool for as long as the block runs; its processes start when they are needed."""
    pool = ConversionPool(limits)
    try:
        yield pool
    finally:
        await pool.close()


async def _spawn(memory: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.isolation.child",
        str(memory),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


class _Child:
    """One process, asked one thing at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ready(self) -> None:
        """Wait until the process takes its first task; raise `ChildDied` if it does not."""
        try:
            await asyncio.wait_for(self._receive(), timeout=_START)
        except (TimeoutError, asyncio.IncompleteReadError):
            raise ChildDied from None

    async def ask(self, message: bytes, *, wall_seconds: float) -> Answer:
        """Return the answer to a task; raise `TooHeavy` or `ChildDied` if there is none."""
        try:
            return await asyncio.wait_for(self._exchange(message), timeout=wall_seconds)
        except TimeoutError:
            raise TooHeavy("time") from None
        except (asyncio.IncompleteReadError, ConnectionError, BrokenPipeError):
            if await self._process.wait() == -signal.SIGXCPU:
                raise TooHeavy("processor time") from None
            raise ChildDied from None

    async def _exchange(self, message: bytes) -> Answer:
        assert self._process.stdin
        self._process.stdin.write(message)
        await self._process.stdin.drain()
        return await self._receive()

    async def _receive(self) -> Answer:
        assert self._process.stdout
        head = await self._process.stdout.readexactly(frames.LENGTH_BYTES)
        answer: Answer = frames.unpack(await self._process.stdout.readexactly(frames.length(head)))
        return answer

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
