"""Until when a worker may act on a lease, by a clock that runs on while the process is frozen."""

import time
from dataclasses import dataclass, field

# The kernel's clock since boot runs on during suspension too; elsewhere the monotonic clock has to do.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> float:
    """Return the seconds since some fixed moment of this machine."""
    return time.clock_gettime(_CLOCK)


@dataclass
class Deadline:
    """The end of a lease as its holder knows it; each renewal moves it."""

    at: float = field(default_factory=lambda: float("inf"))

    @property
    def is_past(self) -> bool:
        """Whether another worker may have claimed the lane."""
        return now() >= self.at
