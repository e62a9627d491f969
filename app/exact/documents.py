"""The `documents` route: an Exact document of type 10 or 20 with the UBL (and PDF) attached."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.exact.client import Exact, OutcomeUnknown
from app.exact.details import Detail
from app.exact.route import CreatedDocument, Draft, created_document
from app.exact.search import Look, Search, Window
from app.reasons import EXACT_UNAVAILABLE

SALES_INVOICE = 10
PURCHASE_INVOICE = 20

_DOCUMENTS = "documents/Documents"
# O: 1,000 rows a page instead of 60; Subject, Created and Type are filters.
_BULK = "bulk/Documents/Documents"
_ATTACHMENTS = "documents/DocumentAttachments"
_FIELDS = "ID,HID,Subject,Body,DocumentViewUrl"


@dataclass(frozen=True, kw_only=True)
class DocumentsRoute:
    """Documents of one company, created with `account`, `category` and `folder` if given.

    `refused` names what Exact refused already, before the document.
    """

    exact: Exact
    division: int
    account: UUID | None = None
    category: UUID | None = None
    folder: UUID | None = None
    refused: frozenset[Detail] = frozenset()

    def details(self, draft: Draft) -> frozenset[Detail]:
        """Return the details that the document can do without."""
        return frozenset({Detail.CURRENCY, *([Detail.ACCOUNT] if self.account else [])})

    async def create(self, draft: Draft, *, without: Collection[Detail] = ()) -> CreatedDocument:
        """Create the document; raise `OutcomeUnknown` if Exact did not return its key."""
        entity = self._entity(draft)
        for detail in without:
            entity.pop(detail.value, None)
        if Detail.CURRENCY in without:
            entity.pop("AmountFC", None)  # it would be read in the company's own currency
        created = created_document(await self.exact.post(self.division, _DOCUMENTS, entity))
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

    @property
    def _search(self) -> Search:
        return Search(exact=self.exact, division=self.division, endpoints=(_BULK, _DOCUMENTS), fields=_FIELDS)

    async def find(self, draft: Draft) -> CreatedDocument | None:
        """Return the document with this subject."""
        return await self._search.by_subject(draft)

    async def look_through(self, draft: Draft, *, window: Window, place: str | None) -> Look:
        """Search one page of what was created in the window for the reference, in subject or body."""
        return await self._search.look_through(draft, document_type=_type(draft), window=window, place=place)

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
