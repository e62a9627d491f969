"""The mailboxes of a company: which one receives, and which one sends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from app.errors import Rejected, TryLater
from app.exact.client import Exact
from app.exact.moments import read_moment
from app.exact.route import key_of
from app.reasons import MAILBOX_MISSING, RATE_LIMIT

_MAILBOXES = "mailbox/Mailboxes"
_PREFERRED = "read/mailbox/PreferredMailboxForOperation"
# C: the call needs `operation`. I: its values are those of a message's type; a refusal costs only the preference.
_OPERATION = "1000"
_FIELDS = "ID,Mailbox,ForDivision,Type,ValidFrom,ValidTo"


@dataclass(frozen=True)
class Mailboxes:
    """The sending and the receiving mailbox."""

    sender: UUID
    recipient: UUID


async def find_mailboxes(exact: Exact, division: int, *, named: str | None = None, now: datetime) -> Mailboxes:
    """Return the recipient's mailbox, the one with the partner's name if given, and the preferred one as sender.

    Raises `Rejected` without a valid mailbox for this company.
    """
    listed = await exact.get(division, _MAILBOXES, select=_FIELDS)
    valid = [row for row in listed if _is_valid(row, now=now)]
    candidates = [row for row in valid if _serves(row, division)]
    recipient = _named(candidates, named) if named else _own(candidates, division)
    if recipient is None:
        raise Rejected(MAILBOX_MISSING.because(_missing(named)))
    expired = {key_of(row) for row in listed} - {key_of(row) for row in valid}
    preferred = await _preferred(exact, division, now=now)
    sender = recipient if preferred is None or preferred in expired else preferred
    return Mailboxes(sender=sender, recipient=recipient)


def _own(candidates: list[dict[str, Any]], division: int) -> UUID | None:
    """Return the company's own mailbox, else one that serves every company of the customer."""
    own = sorted(candidates, key=lambda row: row.get("ForDivision") != division)
    return key_of(own[0]) if own else None


def _named(candidates: Iterable[dict[str, Any]], name: str) -> UUID | None:
    wanted = name.strip().casefold()
    for row in candidates:
        if wanted in (str(row.get("Mailbox")).strip().casefold(), str(row.get("ID")).casefold()):
            return key_of(row)
    return None


def _serves(row: dict[str, Any], division: int) -> bool:
    """Return whether a mailbox is this company's: `ForDivision` is only set if it is for one company (O)."""
    return str(row.get("ForDivision") or division) == str(division)


def _is_valid(row: dict[str, Any], *, now: datetime) -> bool:
    begins, ends = read_moment(row.get("ValidFrom")), read_moment(row.get("ValidTo"))
    is_date = ends is not None and ends.time() == time.min  # the mailbox is valid on that day
    latest = now - timedelta(days=1) if is_date else now
    return (begins is None or begins <= now + timedelta(days=1)) and (ends is None or ends > latest)


async def _preferred(exact: Exact, division: int, *, now: datetime) -> UUID | None:
    """Return the sender that the customer prefers; None if Exact refuses to say."""
    operation = {"operation": _OPERATION}
    try:
        rows = await exact.get(division, _PREFERRED, arguments=operation, select="ID,ValidFrom,ValidTo")
    except (Rejected, TryLater) as outcome:
        if outcome.reason.kind is RATE_LIMIT:
            raise
        return None
    return next((key_of(row) for row in rows if _is_valid(row, now=now)), None)


def _missing(named: str | None) -> str:
    if named:
        return f"Exact lists no valid mailbox “{named}” for this company."
    return "The company has no valid mailbox in Exact Online."
