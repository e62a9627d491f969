"""A route into Exact: the draft to create, and the operations every route offers."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

LARGEST_FILE = 10_000_000  # bytes; the lower of the two limits on Exact's pages

_GUID = re.compile(r"guid'([0-9a-fA-F-]{36})'")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A purchase or sales document to create. `subject` starts with the reference to search for."""

    purchase: bool
    reference: str
    subject: str
    body: str
    document_date: date | None
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, kw_only=True)
class CreatedDocument:
    """A document in Exact: its key, its number as shown to people, and its URL."""

    id: UUID
    number: str | None
    url: str | None


def created_document(row: dict[str, Any]) -> CreatedDocument | None:
    """Return the created or found document; None if the row names no key."""
    key = key_of(row)
    if key is None:
        return None
    number = row.get("HID")
    shown = str(number) if number is not None else None
    return CreatedDocument(id=key, number=shown, url=row.get("DocumentViewUrl"))


def key_of(row: dict[str, Any]) -> UUID | None:
    """Return an entity's key; its ID may be null after a POST, but its URI contains the key."""
    key = row.get("ID") or _key_in_uri(row)
    try:
        return UUID(str(key)) if key else None
    except ValueError:
        return None


def _key_in_uri(row: dict[str, Any]) -> str | None:
    found = _GUID.search(str((row.get("__metadata") or {}).get("uri", "")))
    return found.group(1) if found else None


def text(value: str) -> str:
    """Return a text literal for a filter."""
    return "'" + value.replace("'", "''") + "'"
