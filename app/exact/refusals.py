"""Whose fault a refusal is: the `Reason` header says it (O, quoted by a client), else the words of a 403 (S)."""

from datetime import datetime, timedelta

from app.errors import Outcome, Rejected, TryLater
from app.exact.answers import Answer, Meaning
from app.reasons import (
    COMPANY_GONE,
    COMPANY_NOT_GRANTED,
    EXACT_COMPANY_BLOCKED,
    EXACT_CUSTOMER_BLOCKED,
    EXACT_FORBIDS,
    EXACT_LICENCE_EXPIRED,
    EXACT_NO_ACCESS,
    EXACT_REFUSED,
    EXACT_SCOPE,
    EXACT_USER_BLOCKED,
    EXACT_USER_INACTIVE,
    Kind,
)

# People restore rights and companies, so we probe; three probes an hour stay far below Exact's error limit.
PROBE_AFTER = timedelta(minutes=20)

_WHOLE_CONNECTION = (EXACT_USER_BLOCKED, EXACT_USER_INACTIVE)


def refusal(answer: Answer, *, now: datetime) -> Outcome:
    """Return the outcome of a clear refusal: of this document, of its company, or of the whole connection."""
    quote = f" Exact says: {answer.message}" if answer.message else ""
    if answer.meaning is Meaning.REFUSED:
        return Rejected(EXACT_REFUSED.because(f"Exact Online refused the document.{quote}", status=answer.status))
    kind, sentence = _cause(answer)
    reason = kind.because(f"{sentence}{quote}")
    return TryLater(reason, until=now + PROBE_AFTER, lane=True, everywhere=kind in _WHOLE_CONNECTION)


def _named_cause(code: str) -> tuple[Kind, str] | None:
    """Return the cause that the header names; None for a code that we do not know."""
    match code.lower():
        case "blockeduser":
            return EXACT_USER_BLOCKED, "The signed-in user is blocked in Exact Online."
        case "inactiveuser":
            return EXACT_USER_INACTIVE, "The signed-in user is inactive in Exact Online."
        case "blockedcustomer":
            return EXACT_CUSTOMER_BLOCKED, "Exact has blocked the customer of this company."
        case "licenseexpired" | "licenceexpired":
            return EXACT_LICENCE_EXPIRED, "The Exact licence of this company has expired."
        case "divisionblocked":
            return EXACT_COMPANY_BLOCKED, "The company is blocked in Exact Online."
        case "nodivisionaccess":
            return EXACT_NO_ACCESS, "The signed-in user has no access to this company."
    return None


def _cause(answer: Answer) -> tuple[Kind, str]:
    named = _named_cause(answer.reason or "")
    said = (answer.message or "").lower()
    if named is not None:
        return named
    if answer.meaning is Meaning.COMPANY_GONE:
        return COMPANY_GONE, "Exact cannot find the company."
    if "division scope" in said:
        return COMPANY_NOT_GRANTED, "The sign-in does not cover this company: our app was granted other companies."
    if "scope" in said:
        return EXACT_SCOPE, "Our app lacks a scope in Exact."
    more = f" ({answer.reason})" if answer.reason else ""
    return EXACT_FORBIDS, f"The Exact user lacks the right to do this in this company{more}."
