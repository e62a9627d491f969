"""Messages between the pool and its processes: pickles behind their length.

Both ends are this program, and the pipes are theirs alone. Only values of ours are pickled, never a stranger's bytes.
"""

import pickle
import struct
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

_LENGTH = struct.Struct(">Q")
LENGTH_BYTES = _LENGTH.size


class Task(NamedTuple):
    """A function by its name, its arguments, and the seconds of processor time that it may take."""

    function: str
    arguments: tuple[Any, ...]
    cpu_seconds: int


class Answer(NamedTuple):
    """A value, or the exception instead of one; `last` if the process ends after this answer."""

    value: Any = None
    error: Exception | None = None
    last: bool = False


class _Pickler(pickle.Pickler):
    """Pickles exceptions by their state: their constructors take other arguments than `args` holds."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, Exception):
            return _restore, (type(obj), obj.args, obj.__dict__)
        return NotImplemented


def _restore(kind: type[Exception], args: tuple[Any, ...], state: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


def pack(value: object) -> bytes:
    """Return a value as a message, with its length in front."""
    stream = BytesIO()
    stream.write(bytes(LENGTH_BYTES))
    _Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    message = stream.getbuffer()
    _LENGTH.pack_into(message, 0, len(message) - LENGTH_BYTES)
    return bytes(message)


def length(head: bytes) -> int:
    """Return the length of the message behind a head."""
    return int(_LENGTH.unpack(head)[0])


def unpack(message: bytes) -> Any:
    """Return the value of a message without its head."""
    return pickle.loads(message)  # noqa: S301 - from a process of ours, over a pipe of ours


def receive(stream: BinaryIO) -> Any | None:
    """Read the next message, None at the end of the stream."""
    head = stream.read(LENGTH_BYTES)
    return unpack(stream.read(length(head))) if len(head) == LENGTH_BYTES else None
