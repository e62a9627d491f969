"""The `postbox` route: a message to the company's digital postbox, and its status there."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.exact.client import Exact, OutcomeUnknown
from app.exact.details import Detail
from app.exact.mailboxes import Mailboxes
from app.exact.route import CreatedDocument, Draft, created_document
from app.exact.search import Look, Search, Window
from app.reasons import EXACT_UNAVAILABLE
from app.vocabulary import PostboxState

PURCHASE_MESSAGE = 1000
SALES_MESSAGE = 1100
PDF = 10
MOST_AT_ONCE = 60  # a page

_MESSAGES = "mailbox/MailMessagesSent"
_ATTACHMENTS = "mailbox/MailMessageAttachments"

# RecipientStatus as shown to people; the last three are failures, `processed` is success.
STATES: dict[int, PostboxState] = {
    10: "open",
    20: "open",
    25: "in process",
    30: "in process",
    42: "in process",
    43: "in process",
    40: "processed",
    50: "processed",
    5: "rejected",
    45: "error",
    46: "blocked",
}
FAILED: frozenset[PostboxState] = frozenset({"rejected", "error", "blocked"})
NOT_FOUND: PostboxState = "not found"
REMOVED: PostboxState = "removed"
FINAL: frozenset[PostboxState] = FAILED | {"processed", REMOVED}


@dataclass(frozen=True, kw_only=True)
class PostboxRoute:
    """The postbox of one company; `ubl_type` is 130 (UBL 2.1) or 23 (PEPPOL)."""

    exact: Exact
    division: int
    mailboxes: Mailboxes
    ubl_type: int
    refused: frozenset[Detail] = frozenset()

    def details(self, draft: Draft) -> frozenset[Detail]:
        """Return none: a message has no details that it can do without."""
        return frozenset()

    async def create(self, draft: Draft, *, without: Collection[Detail] = ()) -> CreatedDocument:
        """Create the message; it stays a draft until its first attachment."""
        entity = {
            "SenderMailboxID": str(self.mailboxes.sender),
            "RecipientMailboxID": str(self.mailboxes.recipient),
            "Subject": draft.subject,
            "Type": _type(draft),
        }
        created = created_document(await self.exact.post(self.division, _MESSAGES, entity))
        if created is None:
            raise OutcomeUnknown(EXACT_UNAVAILABLE.because("Exact did not return the key of the new message."))
        return created

    async def attach(self, key: UUID, *, filename: str, content: bytes) -> None:
        """Attach a file to a message."""
        entity = {
            "MailMessageID": str(key),
            "AttachmentFileName": filename,
            "Attachment": base64.b64encode(content).decode("ascii"),
            "Type": PDF if filename.endswith(".pdf") else self.ubl_type,
        }
        await self.exact.post(self.division, _ATTACHMENTS, entity)

    @property
    def _search(self) -> Search:
        return Search(exact=self.exact, division=self.division, endpoints=(_MESSAGES,), fields="ID,Subject")

    async def find(self, draft: Draft) -> CreatedDocument | None:
        """Return the message with this subject."""
        return await self._search.by_subject(draft)

    async def look_through(self, draft: Draft, *, window: Window, place: str | None) -> Look:
        """Search one page of what was sent in the window for the reference in the subject."""
        return await self._search.look_through(draft, document_type=_type(draft), window=window, place=place)

    async def exists(self, key: UUID) -> bool:
        """Return whether the message still exists."""
        return bool(await self.exact.get(self.division, _MESSAGES, filter=f"ID eq guid'{key}'", select="ID"))

    async def attached(self, key: UUID) -> Sequence[str]:
        """Return the names of a message's files."""
        rows = await self.exact.get(
            self.division, _ATTACHMENTS, filter=f"MailMessageID eq guid'{key}'", select="ID,AttachmentFileName"
        )
        return [str(row.get("AttachmentFileName")) for row in rows]


async def states(exact: Exact, division: int, keys: Sequence[UUID]) -> dict[UUID, PostboxState]:
    """Return the recipient status of up to sixty messages, with one call."""
    named = " or ".join(f"ID eq guid'{key}'" for key in keys[:MOST_AT_ONCE])
    rows = await exact.get(division, _MESSAGES, filter=named, select="ID,RecipientStatus")
    return {UUID(str(row["ID"])): _state(row) for row in rows}


def _state(row: dict[str, Any]) -> PostboxState:
    return STATES.get(int(row.get("RecipientStatus") or 0), "open")


def _type(draft: Draft) -> int:
    return PURCHASE_MESSAGE if draft.purchase else SALES_MESSAGE
