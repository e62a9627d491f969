"""A list of companies that takes more than a minute's calls: what was listed so far, and where it goes on."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.exact.companies import ExactCompany
from app.storage.models import CompanyListing, Connection

# An older one begins again: companies and access rights change.
_CONTINUED_FOR = timedelta(hours=1)


async def begun(session: AsyncSession, connection: Connection, *, now: datetime) -> CompanyListing | None:
    """Return the unfinished listing of this Exact user, unless it is too old."""
    listing = await session.get(CompanyListing, connection.installation_id)
    if listing is None or listing.exact_user_id != connection.exact_user_id or now - listing.begun_at > _CONTINUED_FOR:
        return None
    return listing


def listed(listing: CompanyListing) -> list[ExactCompany]:
    """Return the companies listed so far."""
    return [ExactCompany(**company) for company in listing.companies]


async def keep(
    session: AsyncSession, connection: Connection, companies: Sequence[ExactCompany], place: str, *, begun_at: datetime
) -> None:
    """Keep what was listed so far, to go on at `place`."""
    values = {
        "exact_user_id": connection.exact_user_id,
        "begun_at": begun_at,
        "place": place,
        "companies": [asdict(company) for company in companies],
    }
    statement = insert(CompanyListing).values(installation_id=connection.installation_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["installation_id"], set_=values))


async def forget(session: AsyncSession, connection: Connection) -> None:
    """Forget an unfinished listing, because it is finished or cannot be continued."""
    await session.execute(delete(CompanyListing).where(CompanyListing.installation_id == connection.installation_id))
