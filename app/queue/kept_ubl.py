"""The UBL as exported, kept for a while: for people to download, and for later attempts to post the same bytes."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.storage.models import Export, ExportedUbl


async def store(session: AsyncSession, export: Export, content: bytes, *, kept_for: timedelta, clock: Clock) -> bytes:
    """Store the UBL for a while; return the one to post.

    After a post has begun that is the UBL it began with: a new version of ours may convert to other bytes, and Exact
    may already have the first.
    """
    if export.intent is not None or export.exact_id is not None:
        begun = await session.scalar(select(ExportedUbl.content).where(ExportedUbl.export_id == export.id))
        if begun is not None:
            return begun
    values = {"content": content, "delete_after": clock.sql() + kept_for}
    await session.execute(
        upsert(ExportedUbl)
        .values(export_id=export.id, installation_id=export.installation_id, **values)
        .on_conflict_do_update(index_elements=["export_id"], set_=values)
    )
    return content


async def delete_expired(session: AsyncSession, *, clock: Clock) -> None:
    """Delete the UBL whose retention period has expired."""
    await session.execute(delete(ExportedUbl).where(ExportedUbl.delete_after < clock.sql()))
