"""The input and the outcome of a conversion."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.peppol.findings import Finding
from app.peppol.grade import Grade
from app.vocabulary import Origin

_MOST_SAID = 5  # reasons in one text
_LONGEST = 1_000  # characters of a loss, however long the document's own text
_HEAD, _TAIL = 600, 300  # what remains of a longer one: its subject and its outcome


@dataclass(frozen=True, slots=True)
class File:
    """A file of a document, with its bytes; `role` is UBL, CII, PDF or ATTACHMENT."""

    id: str
    role: str
    filename: str
    content_type: str
    content: bytes


def briefly(losses: Iterable[str]) -> tuple[str, ...]:
    """Return the losses, shortened in the middle if a document made them long."""
    return tuple([loss if len(loss) <= _LONGEST else f"{loss[:_HEAD]} … {loss[-_TAIL:]}" for loss in losses])


@dataclass(frozen=True, slots=True)
class Trader:
    """A seller or a buyer, by name and numbers."""

    name: str  # BT-27, BT-44
    vat_number: str | None  # BT-31, BT-48
    enterprise_number: str | None  # BT-30, BT-47


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The terms by which a receiver files a document."""

    is_credit_note: bool
    number: str  # BT-1
    issue_date: date | None  # BT-2
    due_date: date | None  # BT-9
    seller: Trader  # BG-4
    buyer: Trader  # BG-7
    currency: str  # BT-5
    total_with_vat: Decimal | None  # BT-112
    payable_amount: Decimal | None  # BT-115
    preceding_invoices: tuple[str, ...] = ()  # BT-25
    is_self_billed: bool = False  # BT-3: the buyer has issued it


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A document as UBL, and how it was made.

    `origin`: from Banqup's own data, untouched as it came, or from another UBL or CII. `losses` names what could not
    be carried or had to be inferred. `findings` are warnings, and in the grade `en16931` the rules of the network that
    it breaks. `pdf` goes next to the UBL, when it is not in it.
    """

    ubl: bytes
    origin: Origin
    grade: Grade = Grade.PEPPOL
    summary: Summary
    losses: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    pdf: File | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A document for people, without UBL: its terms as far as they could be read, and the PDF that shows it."""

    summary: Summary
    pdf: File | None
    losses: tuple[str, ...] = ()


class Cause(StrEnum):
    """Why a document is refused: it decides who acts and how. Of several causes the first listed counts."""

    TOO_HEAVY = "too_heavy"  # the bookkeeper: more of something than any invoice needs
    NOT_AN_INVOICE = "not_an_invoice"  # nobody: an order, a pro forma invoice, a reminder
    FAULTY = "faulty_invoice"  # the issuer: the invoice contradicts itself or lacks a mandatory term
    UNSUPPORTED = "unsupported_invoice"  # the bookkeeper: correct, but Peppol has no form for it
    INCOMPLETE = "incomplete_data"  # the client: Banqup's data contradict themselves or lack something
    UNREADABLE = "unreadable_file"  # the client: the file is damaged or not an invoice file
    NO_DATA = "no_invoice_data"  # the bookkeeper: a file to look at, no data to book from


class Unconvertible(Exception):
    """The document cannot be converted; `findings` holds every reason, the message the first few."""

    def __init__(self, findings: Sequence[Finding], *, cause: Cause) -> None:
        super().__init__("; ".join(finding.message for finding in findings[:_MOST_SAID]))
        self.findings = tuple(findings)
        self.cause = cause
