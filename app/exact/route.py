"""A way into Exact: what is brought, and the few things that every route can do with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

LARGEST_FILE = 10_000_000  # bytes; the smaller of the two limits that Exact's pages name

_GUID = re.compile(r"guid'([0-9a-fA-F-]{36})'")


@dataclass(frozen=True)
class Draft:
    """A purchase or sales document. `subject` starts with the reference by which it is found again."""

    purchase: bool
    reference: str
    subject: str
    body: str
    document_date: date | None
    amount: Decimal | None
    currency: str


@dataclass(frozen=True)
class CreatedDocument:
    """What Exact made of a draft: its key, its number as people see it, and its address."""

    id: UUID
    number: str | None
    url: str | None


class Route(Protocol):
    """Makes a draft in Exact, adds files to it, and finds both again after an unclear answer."""

    async def create(self, draft: Draft) -> CreatedDocument:
        """POST it. Raises `OutcomeUnknown` where it may exist without our knowing its key."""

    async def attach(self, key: UUID, *, filename: str, content: bytes) -> None:
        """POST one file. Raises `OutcomeUnknown`."""

    async def find(self, draft: Draft, *, since: datetime) -> CreatedDocument | None:
        """The one that was made of this draft, not before `since`, also when a person renamed it."""

    async def exists(self, key: UUID) -> bool:
        """Whether Exact still has it."""

    async def attached(self, key: UUID) -> Sequence[str]:
        """The names of its files."""


def created_document(row: dict[str, Any]) -> CreatedDocument | None:
    """Return the created or found document; None if the row names no key."""
    key = key_of(row)
    if key is None:
        return None
    number = row.get("HID")
    return CreatedDocument(key, str(number) if number is not None else None, row.get("DocumentViewUrl"))


def key_of(row: dict[str, Any]) -> UUID | None:
    """Return an entity's key, also when its ID is null and only its address names it."""
    key = row.get("ID") or _key_in_uri(row)
    return UUID(str(key)) if key else None


def _key_in_uri(row: dict[str, Any]) -> str | None:
    found = _GUID.search(str(row.get("__metadata", {}).get("uri", "")))
    return found.group(1) if found else None


def text(value: str) -> str:
    """A text literal of a filter."""
    return "'" + value.replace("'", "''") + "'"


def moment(value: datetime) -> str:
    """A moment of a filter, two hours early: Exact writes wall-clock times as if they were UTC."""
    return (value - timedelta(hours=2)).strftime("datetime'%Y-%m-%dT%H:%M:%S'")
