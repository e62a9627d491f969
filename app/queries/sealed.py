"""Which sealed values the listed secret keys cannot open."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.crypto import KEY_ID, Sealer

# The sealed columns of all tables; a value begins with the ID of its key.
BY_KEY = f"""select substr(sealed, 1, {KEY_ID}) as key_id, count(*) as total from (
    select access_token as sealed from token_chain where access_token is not null
    union all select refresh_token from token_chain where refresh_token is not null
    union all select secret from notification_target) as everything group by 1"""  # noqa: S608 - a constant


async def count_unknown(session: AsyncSession, sealer: Sealer) -> int:
    """Count the values sealed with a key that this process does not list."""
    rows = await session.execute(text(BY_KEY))
    return sum(row.total for row in rows if not sealer.knows(bytes(row.key_id)))
