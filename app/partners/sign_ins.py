"""Sign-ins under way: each `state` belongs to one installation and, once its button is pressed, to one browser."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.storage.models import Installation, InstallationId, SignIn
from app.vocabulary import NameSource

LASTS = timedelta(minutes=10)
MOST = 5  # per installation: a newer one drops the oldest


async def start(
    session: AsyncSession,
    installation: Installation,
    state: str,
    *,
    firm: str | None,
    firm_source: NameSource | None,
    return_to: str | None,
    clock: Clock,
) -> SignIn:
    """Store a sign-in under the hash of its `state`, and drop the oldest of an installation that has too many.

    The caller has locked the installation.
    """
    sign_in = SignIn(
        state_hash=_hash(state),
        installation_id=installation.id,
        firm=firm,
        firm_source=firm_source,
        return_to=return_to,
        expires_at=clock.now() + LASTS,
    )
    session.add(sign_in)
    await session.flush()
    of_installation = SignIn.installation_id == installation.id
    newest = select(SignIn.state_hash).where(of_installation).order_by(SignIn.expires_at.desc()).limit(MOST)
    await session.execute(delete(SignIn).where(of_installation, SignIn.state_hash.not_in(newest)))
    return sign_in


async def find(session: AsyncSession, state: str, *, clock: Clock) -> SignIn | None:
    """Return the sign-in of a `state` that can still be used."""
    return await session.scalar(select(SignIn).where(*_usable(state, clock)))


async def bind(session: AsyncSession, state: str, *, browser: str, clock: Clock) -> bool:
    """Bind a sign-in to this browser; return False if it cannot be used, or not in this one."""
    theirs = or_(SignIn.browser_hash.is_(None), _belongs_to(browser, state))
    bound = await session.scalar(
        update(SignIn)
        .where(*_usable(state, clock), theirs)
        .values(browser_hash=_hash(f"{browser} {state}"))
        .returning(SignIn.state_hash)
    )
    return bound is not None


async def consume(session: AsyncSession, state: str, *, browser: str, clock: Clock) -> SignIn | None:
    """Consume a `state`; return None if it is forged, used or expired, or belongs to another browser."""
    return await session.scalar(
        update(SignIn)
        .where(*_usable(state, clock), _belongs_to(browser, state))
        .values(used_at=clock.sql())
        .returning(SignIn)
    )


async def end(session: AsyncSession, sign_in: SignIn) -> bool:
    """End a consumed sign-in and those of its installation consumed before it; return False if it has ended already.

    It has if a later one was faster, or if the installation or its connection was removed meanwhile.
    """
    ended = await session.scalars(
        delete(SignIn)
        .where(SignIn.installation_id == sign_in.installation_id, SignIn.used_at <= sign_in.used_at)
        .returning(SignIn.state_hash)
    )
    return sign_in.state_hash in set(ended)


async def end_all(session: AsyncSession, installation_id: InstallationId) -> None:
    """End every sign-in of an installation, also one that waits for Exact's answer."""
    await session.execute(delete(SignIn).where(SignIn.installation_id == installation_id))


async def delete_expired(session: AsyncSession, *, clock: Clock) -> None:
    """Delete sign-ins that expired long ago."""
    await session.execute(delete(SignIn).where(SignIn.expires_at < clock.sql() - timedelta(days=1)))


def _usable(state: str, clock: Clock) -> tuple[ColumnElement[bool], ...]:
    standing = exists().where(Installation.id == SignIn.installation_id, Installation.uninstalled_at.is_(None))
    return SignIn.state_hash == _hash(state), SignIn.used_at.is_(None), SignIn.expires_at > clock.now(), standing


def _belongs_to(browser: str, state: str) -> ColumnElement[Any]:
    return SignIn.browser_hash == _hash(f"{browser} {state}")


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
