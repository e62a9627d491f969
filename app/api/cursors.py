"""Cursors of paged lists: opaque to callers, a sequence number to us."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from fastapi import Query

from app.errors import Problem
from app.reasons import INVALID_REQUEST

_LARGEST = (1 << 63) - 1

After = Annotated[str | None, Query(max_length=40, description="`next` from the previous page.")]


def cursor(sequence: int) -> str:
    """Return the cursor of a sequence number."""
    return urlsafe_b64encode(f"s{sequence}".encode()).decode().rstrip("=")


def place(after: str) -> int:
    """Return the sequence number in a cursor; raise `Problem` if we did not issue the cursor."""
    try:
        text = urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
        found = int(text.removeprefix("s"))
    except ValueError:
        found = -1
    if not 0 <= found <= _LARGEST or cursor(found) != after:
        field = {"field": "query.after", "message": "is not a cursor returned as next"}
        raise Problem(INVALID_REQUEST.because("Invalid fields: query.after.", errors=[field]))
    return found
