"""The parts of a path at Exact."""

import re
from typing import NamedTuple

from starlette.types import Scope

from sandbox.faults.place import Place

_KEYED = re.compile(r"(?P<path>[^(]+)\((?:guid)?'?(?P<key>[^')]+)'?\)")


class Target(NamedTuple):
    """A resource of the REST API; `division` is a code or `current`."""

    division: str
    path: str
    key: str | None


def target_of(path: str) -> Target | None:
    """Parse `/api/v1/{division}/{service}/{Resource}(key)`; return None for another path."""
    parts = path.split("/", 4)
    if len(parts) < 5 or parts[1] != "api" or parts[2] != "v1":
        return None
    match = _KEYED.fullmatch(parts[4])
    if match:
        return Target(parts[3], match["path"], match["key"].lower())
    return Target(parts[3], parts[4].rstrip("/"), None)


def place_of(scope: Scope) -> Place:
    """Return the name of a call in fault rules, limits and statistics."""
    path: str = scope["path"]
    target = target_of(path)
    if target is None:
        return Place(scope["method"], path.removeprefix("/api/").strip("/"))
    if target.division == "current":
        return Place(scope["method"], f"current/{target.path}")
    return Place(scope["method"], target.path, target.division)
