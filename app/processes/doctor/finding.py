"""What the doctor reports."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# Webhooks are refused at five minutes; a clock this far off is about to matter.
_TOLERATED_SKEW = timedelta(seconds=30)


@dataclass(frozen=True)
class Finding:
    """One thing that was checked; without `advice` it is right."""

    subject: str
    seen: str
    advice: str = ""


def clock(whose: str, theirs: datetime) -> Finding:
    """Compare this machine's clock with another one."""
    skew = datetime.now(UTC) - theirs
    seen = f"{skew.total_seconds():+.0f} s from {whose}"
    return Finding("Clock", seen, "Set this machine's clock by NTP." if abs(skew) > _TOLERATED_SKEW else "")
