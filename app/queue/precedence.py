"""Checks before the first post: was the same invoice exported before, and is the invoice of a credit note queued?"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.clock import Clock
from app.storage.models import Export, Installation

# How long a credit note waits for an invoice that no message has named yet.
INVOICE_WAITED_FOR = timedelta(minutes=10)


async def same_invoice(session: AsyncSession, export: Export) -> Export | None:
    """Find another document of the same seller, number, kind and year that this company has received."""
    if export.issue_date is None:
        return None
    other = aliased(Installation)
    return await session.scalar(
        select(Export)
        .join(other, other.id == Export.installation_id)
        .join(Installation, and_(Installation.id == export.installation_id, Installation.country == other.country))
        .where(
            Export.division == export.division,
            Export.seller_key == export.seller_key,
            Export.number == export.number,
            Export.kind == export.kind,
            Export.folder == export.folder,
            func.extract("year", Export.issue_date) == export.issue_date.year,
            Export.document_id != export.document_id,
            Export.exact_id.is_not(None),
        )
        .order_by(Export.sequence)
        .limit(1)
    )


async def is_invoice_queued(session: AsyncSession, export: Export, numbers: Sequence[str], *, clock: Clock) -> bool:
    """Return whether an invoice that a credit note corrects is still queued for the same company.

    Messages come in any order, so for ten minutes a later export that is not read yet counts as that invoice.
    """
    known = and_(Export.number.in_(numbers), Export.kind == "invoice")
    unread = and_(Export.number.is_(None), Export.sequence > export.sequence)
    if await _any(session, export, known):
        return True
    if export.event_at < clock.now() - INVOICE_WAITED_FOR or await _exported(session, export, numbers):
        return False
    return await _any(session, export, unread)


async def _any(session: AsyncSession, export: Export, which: ColumnElement[bool]) -> bool:
    others = select(Export.id).where(
        Export.lane_id == export.lane_id, Export.status == "queued", Export.id != export.id
    )
    return (await session.scalar(others.where(which).limit(1))) is not None


async def _exported(session: AsyncSession, export: Export, numbers: Sequence[str]) -> bool:
    there = select(Export.id).where(
        Export.lane_id == export.lane_id, Export.number.in_(numbers), Export.status == "ready_to_process"
    )
    return (await session.scalar(there.limit(1))) is not None
