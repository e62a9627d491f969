"""Installations: the extension in a Partner Space."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.errors import Problem
from app.reasons import NOT_FOUND
from app.storage.models import (
    Installation,
    InstallationId,
)


async def install(
    session: AsyncSession,
    partner_space_id: UUID,
    *,
    country: str,
    permissions: Sequence[str],
    partner_name: str | None = None,
    clock: Clock,
) -> tuple[Installation, bool]:
    """Return the installation of a Partner Space and whether it is new; reinstall one that was uninstalled."""
    standing = await find(session, partner_space_id)
    if standing is not None:
        return standing, False
    values = {"country": country, "permissions": list(permissions), "partner_name": partner_name}
    again = {"active": True, "uninstalled_at": None, "installed_at": clock.sql()}
    statement = (
        insert(Installation)
        .values(partner_space_id=partner_space_id, installed_at=clock.sql(), **values)
        .on_conflict_do_update(index_elements=["partner_space_id"], set_={**values, **again})
        .returning(Installation)
    )
    installed = (await session.scalars(statement, execution_options={"populate_existing": True})).one()
    return installed, True


async def find(session: AsyncSession, partner_space_id: UUID, *, lock: bool = False) -> Installation | None:
    """Return the current installation of a Partner Space; `lock` blocks changes by others until the commit."""
    query = select(Installation).where(
        Installation.partner_space_id == partner_space_id, Installation.uninstalled_at.is_(None)
    )
    return await session.scalar(query.with_for_update(key_share=True) if lock else query)


async def expect_installation(session: AsyncSession, partner_space_id: UUID, *, lock: bool = False) -> Installation:
    """Return the current installation of a Partner Space; raise `Problem` if it is not installed."""
    installation = await find(session, partner_space_id, lock=lock)
    if installation is None:
        raise Problem(NOT_FOUND.because("The extension is not installed in this Partner Space."))
    return installation


async def lock(session: AsyncSession, installation_id: InstallationId) -> None:
    """Block changes to the installation and its connection by others until the commit."""
    await session.execute(
        select(Installation.id).where(Installation.id == installation_id).with_for_update(key_share=True)
    )
