"""The Exact user behind a sign-in (`current/Me`)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

FIELDS = "UserID,UserName,FullName,Email,CurrentDivision"


@dataclass(frozen=True, kw_only=True)
class ExactUser:
    """A user; `current_division` changes with every company they open, so it only serves to list companies."""

    id: UUID
    login: str
    full_name: str
    current_division: int


def parse(row: dict[str, Any]) -> ExactUser:
    """Return the user in a row of `Me`; raise ValueError if its keys are missing or malformed."""
    login = row.get("UserName") or ""
    try:
        return ExactUser(
            id=UUID(str(row["UserID"])),
            login=login,
            full_name=row.get("FullName") or row.get("Email") or login,
            current_division=int(row["CurrentDivision"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError("current/Me lacks a key") from error
