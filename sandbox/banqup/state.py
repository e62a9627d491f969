"""The state of the sandboxed Banqup, in memory."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.clock import Clock

URL_SECONDS = 3600


@dataclass(slots=True)
class Settings:
    """Settings that can change while the sandbox runs."""

    token_seconds: int = 300
    expiry: str = "expires_in"
    approved_type: str = "document.approved"
    sent_type: str = "document.sent"


@dataclass(slots=True)
class Space:
    """A Business Space, linked to the accountant's Partner Space; without a grant it looks empty."""

    id: str
    name: str
    partner_space_id: str
    vat_number: str | None = None
    enterprise_number: str | None = None
    granted: bool = True


@dataclass(slots=True)
class StoredFile:
    """A file in storage; without content it awaits its upload."""

    id: str
    space_id: str
    filename: str
    content_type: str
    content: bytes | None = None
    size: int = 0

    @property
    def status(self) -> str:
        return "AWAITING_UPLOAD" if self.content is None else "AVAILABLE"


@dataclass(slots=True)
class Cabinet:
    """The documents of one space."""

    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    final: set[str] = field(default_factory=set)


class World:
    """Spaces, documents and files."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.clear()

    def clear(self) -> None:
        self.settings = Settings()
        self.spaces: dict[str, Space] = {}
        self.partners: dict[str, str] = {}  # names of firms, by Partner Space
        self.cabinets: dict[str, Cabinet] = {}
        self.files: dict[str, StoredFile] = {}

    def cabinet(self, space_id: str) -> Cabinet:
        return self.cabinets.setdefault(space_id, Cabinet())

    def stamp(self) -> str:
        return banqup_time(self.clock.now())

    def put_document(self, space_id: str, document: dict[str, Any], *, created_at: str | None = None) -> dict[str, Any]:
        """Store a document with the fields that Banqup itself sets."""
        now = self.stamp()
        stamps = {"createdAt": now, "updatedAt": now} | document.get("timestamps", {})
        if created_at:
            stamps["createdAt"] = created_at
        stored: dict[str, Any] = {
            "folder": "PURCHASES",
            "category": "INVOICE",
            "source": "SANDBOX",
            "status": {"document": "AWAITING_VALIDATION", "pay": "UNPAID", "delivery": "RECEIVED"},
        }
        stored |= document
        stored |= {"id": document.get("id") or str(uuid.uuid4()), "spaceId": space_id, "timestamps": stamps}
        self.cabinet(space_id).documents[stored["id"]] = stored
        return stored

    def put_file(self, space_id: str, *, filename: str, content_type: str, content: bytes | None) -> StoredFile:
        size = len(content) if content is not None else 0
        stored = StoredFile(str(uuid.uuid4()), space_id, filename, content_type, content, size)
        self.files[stored.id] = stored
        return stored


def banqup_time(moment: datetime) -> str:
    """Format a time with nine fractional digits, as Banqup does."""
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}000Z"
