"""Which sealed values the listed secret keys cannot open."""

from time import monotonic

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.crypto import KEY_ID, Sealer

# The sealed columns of all tables; a value begins with the ID of its key.
BY_KEY = f"""select substr(sealed, 1, {KEY_ID}) as key_id, count(*) as total from (
    select access_token as sealed from token_chain where access_token is not null
    union all select refresh_token from token_chain where refresh_token is not null
    union all select secret from notification_target) as everything group by 1"""  # noqa: S608 - a constant


# Stops at the first such value; a key's ID of a value that is null is null.
_ANY_UNKNOWN = text(f"""select
    exists (select from token_chain where substr(access_token, 1, {KEY_ID}) <> all (:known)
        or substr(refresh_token, 1, {KEY_ID}) <> all (:known))
    or exists (select from notification_target where substr(secret, 1, {KEY_ID}) <> all (:known))""")  # noqa: S608
CACHED_FOR = 5.0  # seconds


async def count_by_key(session: AsyncSession) -> list[tuple[bytes, int]]:
    """Return the IDs of the keys that sealed, each with the number of its values."""
    return [(bytes(row.key_id), row.total) for row in await session.execute(text(BY_KEY))]


async def count_unknown(session: AsyncSession, sealer: Sealer) -> int:
    """Count the values sealed with a key that this process does not list."""
    return sum(total for key_id, total in await count_by_key(session) if not sealer.knows(key_id))


class KeyCheck:
    """Whether our keys open every stored secret, cached for a few seconds: anyone may ask for our readiness."""

    def __init__(self, sealer: Sealer) -> None:
        self._known = sealer.key_ids
        self._read_at = float("-inf")
        self._lacks_key = False

    async def lacks_key(self, session: AsyncSession) -> bool:
        """Return whether a value is sealed with a key that this process does not list."""
        if monotonic() - self._read_at >= CACHED_FOR:
            self._lacks_key = bool(await session.scalar(_ANY_UNKNOWN, {"known": self._known}))
            self._read_at = monotonic()
        return self._lacks_key
