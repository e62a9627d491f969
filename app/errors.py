"""Exceptions that say what happens next.

`Problem` is returned to a caller; every `Outcome` ends an attempt to export.
"""

from datetime import datetime
from math import ceil

from app.reasons import Reason


class Outcome(Exception):
    """Ends an attempt to export; the subclass decides the export's next state."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


class Rejected(Outcome):
    """Permanent: the export stays in *Error* until a person resends it."""


class NotExported(Outcome):
    """Intentional: the document does not belong in Exact, and its record says why."""


class TryLater(Outcome):
    """Temporary: the export is retried at `until`, or with backoff if that is None.

    With `lane`, everything for the same company waits as well, because the next document would fail the same way;
    `everywhere`, for every company of the connection. With `aside`, later documents go first from now on.
    """

    def __init__(
        self,
        reason: Reason,
        *,
        until: datetime | None = None,
        lane: bool = False,
        everywhere: bool = False,
        aside: bool = False,
    ) -> None:
        super().__init__(reason)
        self.until = until
        self.lane = lane
        self.everywhere = everywhere
        self.aside = aside

    def seconds_left(self, now: datetime) -> int:
        """Return the seconds until a retry makes sense; a minute if unknown."""
        return max(1, ceil((self.until - now).total_seconds())) if self.until else 60


class StepAside(Outcome):
    """Not its turn yet, or not before `until`: later documents for the same company go first."""

    def __init__(self, reason: Reason, *, until: datetime | None = None) -> None:
        super().__init__(reason)
        self.until = until


class NeedsSignIn(Outcome):
    """The connection is lost: the whole installation waits for a new sign-in."""


class Problem(Exception):
    """An error returned to a caller as problem+json."""

    def __init__(self, reason: Reason, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason.sentence)
        self.reason = reason
        self.headers = headers or {}
