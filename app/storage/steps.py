"""Whether a step of an upgrade is completed."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.storage.models import CompletedStep
from app.vocabulary import Step


async def is_completed(session: AsyncSession, step: Step) -> bool:
    """Read the step in the transaction that depends on it."""
    return await session.get(CompletedStep, step, populate_existing=True) is not None


async def complete(session: AsyncSession, step: Step) -> None:
    """Record the step, if it is not recorded yet."""
    await session.execute(insert(CompletedStep).values(name=step).on_conflict_do_nothing())
