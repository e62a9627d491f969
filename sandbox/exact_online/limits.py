"""Exact's three limits: calls a minute, calls a day and errors an hour."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from sandbox.exact_online.errors import LimitError
from sandbox.exact_online.state import World

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_COUNTED = frozenset({400, 401, 403, 404})


class Caller(NamedTuple):
    """The key by which errors are counted."""

    app: str
    user: str
    company: str
    endpoint: str


@dataclass(slots=True)
class Window:
    """Calls of one app and company in the current minute and day."""

    minute: int = 0
    in_minute: int = 0
    day: int = 0
    in_day: int = 0


class Limits:
    """Counts calls and errors, unless limits are switched off in the settings."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clear()

    def clear(self) -> None:
        self.windows: dict[tuple[str, str], Window] = {}
        self.errors: Counter[tuple[Caller, int]] = Counter()
        self.blocked_until: dict[str, float] = {}
        self.blocks: Counter[str] = Counter()
        self.hits: Counter[str] = Counter()

    def spend(self, app: str, company: str) -> dict[str, str]:
        """Count one call and return the headers for its response; raise `LimitError` if a limit is used up."""
        settings, now = self.world.settings, self.world.clock.timestamp()
        if not settings.limits:
            return {}
        window = self._window(app, company, now)
        if now < self.blocked_until.get(app, 0):
            self.refuse("error")
        if window.in_day >= settings.day_limit:
            self.refuse("day")
        if window.in_minute >= settings.minute_limit:
            self.refuse("minute")
        window.in_minute += 1
        window.in_day += 1
        return self._day(window.in_day) | self._minute(window.in_minute)

    def refuse(self, family: str, *, injected: bool = False) -> None:
        """Raise `LimitError` with the headers of one family: minute, day, or none for the error block."""
        self.hits[f"{family}, injected" if injected else family] += 1
        settings = self.world.settings
        headers = {"day": self._day(settings.day_limit), "minute": self._minute(settings.minute_limit)}
        raise LimitError(headers.get(family, {}))

    def note(self, caller: Caller, status: int) -> None:
        """Count an error; the eleventh in an hour blocks the app, for longer each time."""
        settings = self.world.settings
        if status not in _COUNTED or not settings.limits:
            return
        now = self.world.clock.timestamp()
        key = (caller, int(now // _HOUR))
        self.errors[key] += 1
        if self.errors[key] > settings.error_limit and now >= self.blocked_until.get(caller.app, 0):
            self.blocks[caller.app] += 1
            self.blocked_until[caller.app] = now + _HOUR * self.blocks[caller.app]

    def _window(self, app: str, company: str, now: float) -> Window:
        window = self.windows.setdefault((app, company), Window())
        minute, day = int(now // _MINUTE), int(now // _DAY)
        if window.minute != minute:
            window.minute, window.in_minute = minute, 0
        if window.day != day:
            window.day, window.in_day = day, 0
        return window

    def _day(self, used: int) -> dict[str, str]:
        return self._family("X-RateLimit-", self.world.settings.day_limit, used, _DAY)

    def _minute(self, used: int) -> dict[str, str]:
        return self._family("X-RateLimit-Minutely-", self.world.settings.minute_limit, used, _MINUTE)

    def _family(self, start: str, limit: int, used: int, seconds: int) -> dict[str, str]:
        reset = (int(self.world.clock.timestamp() // seconds) + 1) * seconds * 1000  # epoch milliseconds
        return {
            f"{start}Limit": str(limit),
            f"{start}Remaining": str(max(0, limit - used)),
            f"{start}Reset": str(reset),
        }
