"""Refresh attempts: a row committed before each refresh and closed with its outcome, so that a crash leaves a trace."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.exact.account import account_of
from app.storage.models import TokenAttempt, TokenChain

Outcome = Literal["rotated", "too_early", "lost", "refused", "app_refused", "unknown"]

# The process behind an open attempt may still store its outcome: others leave the chain alone this long.
OPEN_ATTEMPT_LASTS = timedelta(seconds=20)
_KEPT_FOR = timedelta(days=40)


async def start(session: AsyncSession, chain: TokenChain, *, clock: Clock) -> int:
    """Add an open attempt and return its ID. The caller commits it before the refresh."""
    attempt = TokenAttempt(
        **account_of(chain)._asdict(),
        installation_id=chain.installation_id,
        generation=chain.generation,
        started_at=clock.sql(),
    )
    session.add(attempt)
    await session.flush()
    return attempt.id


async def close(session: AsyncSession, attempt_id: int, outcome: Outcome) -> None:
    """Close an attempt with its outcome."""
    await session.execute(update(TokenAttempt).where(TokenAttempt.id == attempt_id).values(outcome=outcome))


async def count_refused(session: AsyncSession, chain: TokenChain) -> int:
    """Return how often Exact has refused the chain's present refresh token."""
    refused = select(func.count()).where(*_of_pair(chain), TokenAttempt.outcome == "refused")
    return await session.scalar(refused) or 0


async def open_until(session: AsyncSession, chain: TokenChain) -> datetime | None:
    """Return until when an open attempt keeps others from refreshing the chain; None if no attempt is open."""
    started_at = await session.scalar(
        select(func.max(TokenAttempt.started_at)).where(*_of_pair(chain), TokenAttempt.outcome.is_(None))
    )
    return started_at + OPEN_ATTEMPT_LASTS if started_at else None


def _of_pair(chain: TokenChain) -> tuple[ColumnElement[bool], ...]:
    return (
        TokenAttempt.host == chain.host,
        TokenAttempt.client_id == chain.client_id,
        TokenAttempt.exact_user_id == chain.exact_user_id,
        TokenAttempt.generation == chain.generation,
    )


async def forget_old(session: AsyncSession, *, clock: Clock) -> None:
    """Delete attempts that ended long ago."""
    await session.execute(delete(TokenAttempt).where(TokenAttempt.started_at < clock.sql() - _KEPT_FOR))
