"""Types of values in requests and responses."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints

from app.reasons import Who

# No control characters: Postgres cannot store NUL, and people do not type the others.
_LINE = r"^[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"

Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=_LINE)]
# Trimmed: a code is copied from Exact's screen, often with a blank.
CompanyCode = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]
MailboxName = CompanyCode
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=_LINE)]
Country = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


def _in_utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[datetime, PlainSerializer(_in_utc, return_type=str, when_used="json")]


Number = Annotated[str, StringConstraints(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]*$")]


GRADE = (
    "What Exact receives. `peppol`: UBL that meets every rule of Peppol BIS. `en16931`: UBL that meets every rule "
    "except those that only the Peppol network needs, such as electronic addresses. `readable`: a PDF, released by a "
    "person."
)

Confirm = Annotated[bool, Query(description="Required: the step stops the export for all clients.")]


class Body(BaseModel):
    """A request body; unknown members are refused as mistakes."""

    model_config = ConfigDict(extra="forbid")


class Reason(BaseModel):
    """The reason for a status: who has to act, and how."""

    code: str = Field(description="The published code.", examples=["document_invalid"])
    sentence: str = Field(description="What happened in this case.")
    who: Who = Field(description="Who has to act.")
    how: str = Field(description="What to do.")
    details: dict[str, Any] | None = Field(default=None, description="Details of this case; they differ by code.")


def reason(stored: dict[str, Any] | None) -> Reason | None:
    """Parse a stored reason."""
    return Reason(**stored) if stored else None
