"""One offset of time for all processes of a campaign, so that nobody has to wait for the pauses of the service."""

import mmap
import struct
from datetime import timedelta
from pathlib import Path

from app.clock import Clock

VARIABLE = "CAMPAIGN_CLOCK"
_SECONDS = struct.Struct("d")


class SharedClock(Clock):
    """Time that follows eight bytes of a file: whoever writes them moves it in every process at once."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_SECONDS.pack(0.0))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _SECONDS.size)

    @property
    def offset(self) -> timedelta:
        """How far this time is ahead of the real one."""
        return timedelta(seconds=_SECONDS.unpack(self._memory[:])[0])

    @offset.setter
    def offset(self, value: timedelta) -> None:
        self._memory[:] = _SECONDS.pack(value.total_seconds())
