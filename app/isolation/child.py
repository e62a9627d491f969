"""A process that reads and converts documents for a worker, one at a time, until its input ends.

It limits itself: beyond its memory it fails, beyond its processor time the kernel ends it. The worker kills it when it
takes too long. When the worker dies, the input ends, and so does this process.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app import log
from app.isolation import frames, work
from app.isolation.frames import Answer, Task

# A process that has grown beyond this is replaced, so that one large document does not keep the memory for ever.
KEPT_BELOW = 200_000_000  # bytes
NICENESS = 5  # leases, calls and other documents go first

FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function for function in (work.read_document, work.convert_document, work.readable_document)
}
_log = log.get(__name__)


def main(memory: int) -> None:
    """Answer tasks from standard input on standard output, with at most this many bytes of memory."""
    log.configure()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the worker decides when to end
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nothing that prints may end up between the answers
    answers.write(frames.pack(Answer()))  # ready: what starting takes is no document's time
    answers.flush()
    while (task := frames.receive(sys.stdin.buffer)) is not None:
        message, last = _message(task)
        answers.write(message)
        answers.flush()
        if last:
            break


def _message(task: Task) -> tuple[bytes, bool]:
    """Return the answer as a message, and whether it is this process's last."""
    _limit_cpu(task.cpu_seconds)
    try:
        answer = _answer(task)
        return frames.pack(answer), answer.last
    except MemoryError as error:
        return frames.pack(Answer(error=error, last=True)), True


def _answer(task: Task) -> Answer:
    try:
        value = FUNCTIONS[task.function](*task.arguments)
    except MemoryError:
        raise
    except work.EXPECTED as error:
        return Answer(error=error, last=_memory() > KEPT_BELOW)
    except Exception as error:
        _log.exception("conversion_failed")
        return Answer(error=RuntimeError(f"{type(error).__name__} in {task.function}"), last=True)
    return Answer(value, last=_memory() > KEPT_BELOW)


def _limit_cpu(seconds: int) -> None:
    """Let the kernel end this process after so many more seconds of processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _memory() -> int:
    """Return the memory that this process holds now; 0 if the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main(int(sys.argv[1]))
