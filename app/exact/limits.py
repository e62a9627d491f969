"""Exact's rate-limit headers, translated to our clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

ERROR_BLOCK = timedelta(hours=1)
# A larger limit is taken for a mistake.
_MOST_CALLS = 10_000_000
# A longer Retry-After is taken for a mistake.
_LONGEST_WAIT = timedelta(days=1)
_SOONEST = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Window:
    """One limit: its size, the calls used and when the window ends."""

    limit: int
    used: int
    remaining: int
    ends: datetime


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The minute and day limits; a 429 has only the exceeded one. `retry_at` is what Retry-After asks for."""

    minute: Window | None
    day: Window | None
    retry_at: datetime | None = None

    def hit(self) -> Window | None:
        """Return the exhausted window, the longer one if both are."""
        return next((window for window in (self.day, self.minute) if window and window.remaining <= 0), None)


def read(headers: Mapping[str, str], *, now: datetime) -> Limits:
    """Read both limits; a missing or non-numeric header counts as absent."""
    skew = _skew(headers, now=now)
    return Limits(
        minute=_window(headers, "X-RateLimit-Minutely-", now=now, skew=skew, lasts=timedelta(minutes=1)),
        day=_window(headers, "X-RateLimit-", now=now, skew=skew, lasts=timedelta(days=1)),
        retry_at=_retry_at(headers, now=now, skew=skew),
    )


def _window(
    headers: Mapping[str, str], family: str, *, now: datetime, skew: timedelta, lasts: timedelta
) -> Window | None:
    """Return a window that ends in the future but no later than its length, whatever the clocks say."""
    try:
        limit, remaining = int(headers[f"{family}Limit"]), int(headers[f"{family}Remaining"])
        reset = datetime.fromtimestamp(int(headers[f"{family}Reset"]) / 1000, UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return None
    if not 0 < limit <= _MOST_CALLS:
        return None
    ends = min(max(reset + skew, now + _SOONEST), now + lasts)
    return Window(limit=limit, used=max(0, limit - remaining), remaining=remaining, ends=ends)


def _retry_at(headers: Mapping[str, str], *, now: datetime, skew: timedelta) -> datetime | None:
    """Return the moment in Retry-After, which is a number of seconds or a date (RFC 9110, 10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    try:
        at = now + timedelta(seconds=int(value)) if value.isdecimal() else parsedate_to_datetime(value) + skew
        return min(max(at, now + _SOONEST), now + _LONGEST_WAIT)
    except (ValueError, TypeError, OverflowError):
        return None


def _skew(headers: Mapping[str, str], *, now: datetime) -> timedelta:
    """Return how far our clock is ahead of Exact's; below two seconds it is noise from the header's resolution."""
    try:
        skew = now - parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError, TypeError):
        return timedelta()
    return skew if abs(skew) > timedelta(seconds=2) else timedelta()
