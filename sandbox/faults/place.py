"""The destination of a call, as faults, limits and statistics name it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Method, endpoint name, and company or space."""

    method: str
    endpoint: str
    tenant: str | None = None
