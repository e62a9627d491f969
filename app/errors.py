"""Exceptions that say what happens next.

`Problem` is answered to a caller; the others decide what becomes of an export.
"""

from datetime import datetime
from math import ceil

from app.reasons import Reason


class Outcome(Exception):
    """Ends an attempt to export; the subclass says what becomes of the export."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


class Rejected(Outcome):
    """Permanent: the export rests in *Error* until a person has acted and sends it again."""


class NotExported(Outcome):
    """On purpose: the document is not for Exact, and the record says why."""


class TryLater(Outcome):
    """Passing: the export is tried again at `until`, or after a growing pause where that is None.

    With `lane` everything that goes to the same company waits as well, since the next document would meet the same.
    """

    def __init__(self, reason: Reason, *, until: datetime | None = None, lane: bool = False) -> None:
        super().__init__(reason)
        self.until = until
        self.lane = lane

    def seconds_left(self, now: datetime) -> int:
        """For a caller who asks when to come back; a minute where no moment is known."""
        return max(1, ceil((self.until - now).total_seconds())) if self.until else 60


class StepAside(Outcome):
    """Not its turn yet: later documents for the same company go first."""


class NeedsSignIn(Outcome):
    """The connection is lost: everything of the installation waits for a new sign-in."""


class Problem(Exception):
    """Answered to a caller as problem+json."""

    def __init__(self, reason: Reason, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason.sentence)
        self.reason = reason
        self.headers = headers or {}
