"""Where a call goes, in the words that faults, limits and statistics share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Method, endpoint name, and company or space."""

    method: str
    endpoint: str
    tenant: str | None = None
