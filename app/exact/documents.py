"""Route `documents`: an Exact document of type 10 or 20 with the UBL (and the PDF) attached to it."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.exact.client import Exact, OutcomeUnknown
from app.reasons import EXACT_UNAVAILABLE

SALES_INVOICE = 10
PURCHASE_INVOICE = 20
LARGEST_FILE = 10_000_000  # bytes; the smaller of the two limits that Exact's pages name

_FIELDS = "ID,HID,Subject,DocumentViewUrl"
_GUID = re.compile(r"guid'([0-9a-fA-F-]{36})'")


@dataclass(frozen=True)
class Draft:
    """What an Exact document is made from. `subject` starts with the reference by which it is found again."""

    type: int
    subject: str
    body: str
    document_date: date | None
    amount: Decimal | None
    currency: str


@dataclass(frozen=True)
class Document:
    """A document as Exact has it: its key, its number as people see it, and its address."""

    id: UUID
    number: str | None
    url: str | None


async def create(exact: Exact, division: int, draft: Draft) -> Document:
    """POST the document; raises `OutcomeUnknown` where it may exist without our knowing its key."""
    entity: dict[str, Any] = {
        "Type": draft.type,
        "Subject": draft.subject,
        "Body": draft.body,
        "Currency": draft.currency,
    }
    if draft.document_date is not None:
        entity["DocumentDate"] = draft.document_date.isoformat()
    if draft.amount is not None:
        entity["AmountFC"] = float(draft.amount)
    created = _document(await exact.post(division, "documents/Documents", entity))
    if created is None:
        raise OutcomeUnknown(EXACT_UNAVAILABLE.because("Exact did not say which document it made."))
    return created


async def attach(exact: Exact, division: int, document_id: UUID, *, filename: str, content: bytes) -> None:
    """POST one file to a document."""
    entity = {
        "Document": str(document_id),
        "FileName": filename,
        "Attachment": base64.b64encode(content).decode("ascii"),
    }
    await exact.post(division, "documents/DocumentAttachments", entity)


async def find(exact: Exact, division: int, *, draft: Draft, reference: str, since: datetime) -> Document | None:
    """The document with this subject; else, of those made since, the one that still bears the reference.

    A person may have renamed it: the reference is in its body as well. `since` is padded by two hours, since Exact
    writes wall-clock times as if they were UTC.
    """
    rows = await exact.get(division, "documents/Documents", filter=f"Subject eq {_text(draft.subject)}", select=_FIELDS)
    if not rows:
        moment = (since - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
        recent = await exact.get(
            division,
            "documents/Documents",
            filter=f"Created ge datetime'{moment}' and Type eq {draft.type}",
            select=f"{_FIELDS},Body",
        )
        rows = [row for row in recent if reference in f"{row.get('Subject')} {row.get('Body')}"]
    return _document(rows[0]) if rows else None


async def attached(exact: Exact, division: int, document_id: UUID) -> Sequence[str]:
    """The names of the files that a document has."""
    rows = await exact.get(
        division, "documents/DocumentAttachments", filter=f"Document eq guid'{document_id}'", select="ID,FileName"
    )
    return [str(row.get("FileName")) for row in rows]


def _document(row: dict[str, Any]) -> Document | None:
    key = row.get("ID") or _key_in_uri(row)
    if key is None:
        return None
    number = row.get("HID")
    return Document(UUID(str(key)), str(number) if number is not None else None, row.get("DocumentViewUrl"))


def _key_in_uri(row: dict[str, Any]) -> str | None:
    """A created entity may come back with a null ID; its address still names the key."""
    found = _GUID.search(str(row.get("__metadata", {}).get("uri", "")))
    return found.group(1) if found else None


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
