"""Moments as Exact writes them in JSON."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_FORM = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_moment(value: Any) -> datetime | None:
    """Return the moment in `/Date(milliseconds)/` or ISO 8601; None for anything else, or beyond the year 9999.

    Exact labels wall-clock time as UTC, so it may differ by two hours.
    """
    if not isinstance(value, str):
        return None
    found = _FORM.fullmatch(value)
    try:
        if found:
            return _EPOCH + timedelta(milliseconds=int(found.group(1)))
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
