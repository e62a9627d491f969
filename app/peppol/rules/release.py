"""The releases of Peppol BIS Billing 3.0 that the validator knows, and from which day each of them decides."""

from datetime import date
from typing import NamedTuple


class Release(NamedTuple):
    """One published rule set."""

    mandatory_from: date
    name: str


MAY_2026 = Release(date(2026, 5, 18), "3.0.21")
NOVEMBER_2026 = Release(date(2027, 2, 24), "3.0.22")


def release_on(day: date) -> Release:
    """The release in force on a day; days before the oldest one we know are held against that one."""
    return NOVEMBER_2026 if day >= NOVEMBER_2026.mandatory_from else MAY_2026
