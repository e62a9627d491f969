"""The releases of Peppol BIS Billing 3.0 that the validator knows."""

from datetime import date

from app.peppol.rules.release import Release
from app.peppol.rules.releases.v3_0_21 import V3_0_21
from app.peppol.rules.releases.v3_0_22 import V3_0_22

RELEASES: tuple[Release, ...] = (V3_0_21, V3_0_22)  # oldest first


def release_on(day: date) -> Release:
    """Return the release in force on a day; before the oldest one, that one."""
    return next((release for release in reversed(RELEASES) if release.mandatory_from <= day), RELEASES[0])
