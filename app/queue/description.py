"""What an export's record says of its document."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.vocabulary import DocumentKind, ExportGrade, Folder, Origin


@dataclass(frozen=True, kw_only=True)
class Header:
    """Enough for a person to recognise a document, as Banqup's own data state it."""

    folder: Folder | None
    kind: DocumentKind | None
    number: str | None
    issue_date: date | None
    seller: str | None
    buyer: str | None
    currency: str | None
    amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Description(Header):
    """A document as it goes to Exact; `seller_key` finds the same invoice again, `subject` finds it in Exact."""

    seller_key: str
    origin: Origin | None
    grade: ExportGrade
    losses: list[str]
    ubl_sha256: str | None
    subject: str
