"""The sandbox's own clock, which tests and people can move."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """A UTC clock that can be shifted or frozen."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.frozen_at: float | None = None

    def timestamp(self) -> float:
        """Return the seconds since the epoch."""
        return (time.time() if self.frozen_at is None else self.frozen_at) + self.offset

    def milliseconds(self) -> int:
        return int(self.timestamp() * 1000)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.timestamp(), tz=UTC)

    def in_(self, seconds: float) -> datetime:
        return self.now() + timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        self.offset += seconds

    def freeze(self, moment: datetime | None = None) -> None:
        """Freeze the clock, now or at this moment; `advance` still moves it."""
        self.frozen_at = (moment or self.now()).timestamp()
        self.offset = 0.0

    def reset(self) -> None:
        self.offset = 0.0
        self.frozen_at = None
