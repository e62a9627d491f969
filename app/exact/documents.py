"""The `documents` route: an Exact document of type 10 or 20 with the UBL (and PDF) attached."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.exact.client import Exact, OutcomeUnknown
from app.exact.route import CreatedDocument, Draft, created_document, moment, text
from app.reasons import EXACT_UNAVAILABLE

SALES_INVOICE = 10
PURCHASE_INVOICE = 20

_DOCUMENTS = "documents/Documents"
_ATTACHMENTS = "documents/DocumentAttachments"
_FIELDS = "ID,HID,Subject,DocumentViewUrl"


@dataclass(frozen=True, kw_only=True)
class DocumentsRoute:
    """Documents of one company, created with `account`, `category` and `folder` if given."""

    exact: Exact
    division: int
    account: UUID | None = None
    category: UUID | None = None
    folder: UUID | None = None

    async def create(self, draft: Draft) -> CreatedDocument:
        """Create the document; raise `OutcomeUnknown` if Exact did not return its key."""
        created = created_document(await self.exact.post(self.division, _DOCUMENTS, self._entity(draft)))
        if created is None:
            raise OutcomeUnknown(EXACT_UNAVAILABLE.because("Exact did not return the key of the new document."))
        return created

    def _entity(self, draft: Draft) -> dict[str, Any]:
        values = {
            "Type": _type(draft),
            "Subject": draft.subject,
            "Body": draft.body,
            "DocumentDate": draft.document_date.isoformat() if draft.document_date else None,
            "AmountFC": float(draft.amount) if draft.amount is not None else None,
            "Currency": draft.currency,
            "Account": str(self.account) if self.account else None,
            "Category": str(self.category) if self.category else None,
            "DocumentFolder": str(self.folder) if self.folder else None,
        }
        return {name: value for name, value in values.items() if value is not None}

    async def attach(self, key: UUID, *, filename: str, content: bytes) -> None:
        """Attach a file to a document."""
        encoded = base64.b64encode(content).decode("ascii")
        entity = {"Document": str(key), "FileName": filename, "Attachment": encoded}
        await self.exact.post(self.division, _ATTACHMENTS, entity)

    async def find(self, draft: Draft, *, since: datetime) -> CreatedDocument | None:
        """Return the document with this subject, else a recent one with the reference in its subject or body."""
        rows = await self.exact.get(
            self.division, _DOCUMENTS, filter=f"Subject eq {text(draft.subject)}", select=_FIELDS
        )
        if not rows:
            recent = f"Created ge {moment(since)} and Type eq {_type(draft)}"
            made = await self.exact.get(self.division, _DOCUMENTS, filter=recent, select=f"{_FIELDS},Body")
            rows = [row for row in made if draft.reference in f"{row.get('Subject')} {row.get('Body')}"]
        return created_document(rows[0]) if rows else None

    async def exists(self, key: UUID) -> bool:
        """Return whether the document still exists."""
        return bool(await self.exact.get(self.division, _DOCUMENTS, filter=f"ID eq guid'{key}'", select="ID"))

    async def attached(self, key: UUID) -> Sequence[str]:
        """Return the names of a document's files."""
        rows = await self.exact.get(
            self.division, _ATTACHMENTS, filter=f"Document eq guid'{key}'", select="ID,FileName"
        )
        return [str(row.get("FileName")) for row in rows]


def _type(draft: Draft) -> int:
    return PURCHASE_INVOICE if draft.purchase else SALES_INVOICE
