"""What a process logs about a database that is away."""

from dataclasses import dataclass
from time import monotonic

from app import log

_SAY_AGAIN = 60.0  # seconds between two lines about the same cause

_log = log.get(__name__)


@dataclass
class Outage:
    """Logs that the database is away: once for each cause, again every minute, and its end."""

    _cause: str | None = None
    _said_at: float = 0.0

    def note(self, cause: str) -> None:
        """Log this cause unless it was logged just now."""
        now = monotonic()
        if cause != self._cause or now - self._said_at > _SAY_AGAIN:
            _log.warning("database_away", cause=cause)
            self._cause, self._said_at = cause, now

    def end(self) -> None:
        """Log that the database is back, if it was away."""
        if self._cause is not None:
            _log.info("database_back")
            self._cause = None
