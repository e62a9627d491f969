"""The name of the partner's firm, as a person reads it before signing in."""

import asyncio
from uuid import UUID

from app.banqup.client import Banqup
from app.errors import Outcome

_LONGEST = 100  # characters
_WITHIN = 3.0  # seconds; a person waits


async def name_in_banqup(banqup: Banqup, partner_space_id: UUID) -> str | None:
    """Return the firm's name in Banqup; None if there is none, or no quick answer."""
    try:
        async with asyncio.timeout(_WITHIN):
            return legible(await banqup.name_of(partner_space_id))
    except (Outcome, TimeoutError):
        return None


def legible(name: str | None) -> str | None:
    """Return a name without characters that control a line or its direction, cut to a line; None if it is empty."""
    plain = "".join(letter for letter in name or "" if letter.isprintable())
    return " ".join(plain.split())[:_LONGEST] or None
