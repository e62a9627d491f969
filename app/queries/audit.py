"""Reads of the audit log."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Problem
from app.reasons import NOT_FOUND
from app.storage.models import AuditLine, Installation


async def page(session: AsyncSession, partner_space_id: UUID, *, before: int | None, limit: int) -> Sequence[AuditLine]:
    """Return lines newest first, also of an uninstalled extension; raise `Problem` if it was never installed."""
    installation_id = await session.scalar(
        select(Installation.id).where(Installation.partner_space_id == partner_space_id)
    )
    if installation_id is None:
        raise Problem(NOT_FOUND.because("The extension is not installed in this Partner Space."))
    query = select(AuditLine).where(AuditLine.installation_id == installation_id)
    if before is not None:
        query = query.where(AuditLine.id < before)
    return (await session.scalars(query.order_by(AuditLine.id.desc()).limit(limit))).all()
