"""Connections to Exact: their sign-ins, their state and the companies of the signed-in user."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import delete, exists, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.errors import Problem
from app.exact.companies import ExactCompany
from app.notifications import events, outbox
from app.queue import lanes
from app.reasons import NOT_CONNECTED, WAITS_FOR_CONNECTION, Reason
from app.storage.models import (
    Company,
    Connection,
    Installation,
    InstallationId,
    SignIn,
    TokenChain,
)

SIGN_IN_LASTS = timedelta(minutes=10)


async def start_sign_in(
    session: AsyncSession, installation: Installation, state: str, *, return_to: str | None, clock: Clock
) -> SignIn:
    """Store a sign-in under the hash of its `state`."""
    sign_in = SignIn(
        state_hash=_hash(state),
        installation_id=installation.id,
        return_to=return_to,
        expires_at=clock.now() + SIGN_IN_LASTS,
    )
    session.add(sign_in)
    await session.flush()
    return sign_in


async def consume_sign_in(session: AsyncSession, state: str, *, clock: Clock) -> SignIn | None:
    """Consume a `state`; return None if it is forged, used or expired, or if its installation is gone."""
    standing = exists().where(Installation.id == SignIn.installation_id, Installation.uninstalled_at.is_(None))
    return await session.scalar(
        update(SignIn)
        .where(SignIn.state_hash == _hash(state), SignIn.used_at.is_(None), SignIn.expires_at > clock.now(), standing)
        .values(used_at=clock.now())
        .returning(SignIn)
    )


async def forget_old_sign_ins(session: AsyncSession, *, clock: Clock) -> None:
    """Delete sign-ins that expired long ago."""
    await session.execute(delete(SignIn).where(SignIn.expires_at < clock.sql() - timedelta(days=1)))


def _hash(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


async def connect(session: AsyncSession, connection: Connection, *, clock: Clock) -> InstallationId | None:
    """Activate a new sign-in and unblock its lanes.

    Returns the other installation served by this Exact user until now, if any: it is superseded and its lanes wait.
    """
    superseded = await _supersede(session, connection, clock=clock)
    await _delete_other_chains(session, connection)
    again = await session.get(Connection, connection.installation_id) is not None
    await session.merge(connection)
    await session.flush()
    await lanes.unblock_all(session, connection.installation_id, clock=clock)
    if again:
        restored = events.connection_restored(connection)
        await outbox.enqueue(session, connection.installation_id, restored, clock=clock)
    return superseded


async def _delete_other_chains(session: AsyncSession, connection: Connection) -> None:
    """Delete the token chains of users who signed in for this installation before."""
    this = (connection.host, connection.client_id, connection.exact_user_id)
    await session.execute(
        delete(TokenChain).where(
            TokenChain.installation_id == connection.installation_id,
            tuple_(TokenChain.host, TokenChain.client_id, TokenChain.exact_user_id) != tuple_(*this),
        )
    )


async def _supersede(session: AsyncSession, connection: Connection, *, clock: Clock) -> InstallationId | None:
    reason = WAITS_FOR_CONNECTION.because("The same Exact user signed in for another Banqup space.")
    superseded = await session.scalar(
        update(Connection)
        .where(
            Connection.host == connection.host,
            Connection.client_id == connection.client_id,
            Connection.exact_user_id == connection.exact_user_id,
            Connection.installation_id != connection.installation_id,
            Connection.state == "connected",
        )
        .values(state="superseded", state_since=connection.connected_at, reason=reason.as_json())
        .returning(Connection.installation_id)
    )
    if superseded is not None:
        await lanes.block_all(session, superseded, reason=reason)
        await outbox.enqueue(session, superseded, events.connection_lost(reason), clock=clock)
    return superseded


async def connection_of(session: AsyncSession, installation_id: InstallationId) -> Connection | None:
    """Return the installation's latest sign-in, whatever its state."""
    return await session.get(Connection, installation_id)


async def expect_connection(session: AsyncSession, installation: Installation) -> Connection:
    """Return the active connection; raise `Problem` if Exact is not connected."""
    connection = await connection_of(session, installation.id)
    if connection is None or connection.state != "connected":
        raise Problem(NOT_CONNECTED.because("This Partner Space is not connected to Exact Online."))
    return connection


async def lose_connection(
    session: AsyncSession, installation_id: InstallationId, *, reason: Reason, clock: Clock
) -> bool:
    """Mark the connection as needing a sign-in and block its lanes; return False if a new sign-in came first."""
    chain_stands = exists().where(
        TokenChain.host == Connection.host,
        TokenChain.client_id == Connection.client_id,
        TokenChain.exact_user_id == Connection.exact_user_id,
        TokenChain.installation_id == Connection.installation_id,
        TokenChain.refresh_token.is_not(None),
    )
    lost = await session.scalar(
        update(Connection)
        .where(Connection.installation_id == installation_id, Connection.state == "connected", ~chain_stands)
        .values(state="needs_sign_in", state_since=clock.sql(), reason=reason.as_json())
        .returning(Connection.installation_id)
    )
    if lost is None:
        return False
    await lanes.block_all(session, installation_id, reason=reason)
    await outbox.enqueue(session, installation_id, events.connection_lost(reason), clock=clock)
    return True


async def erase_connection(session: AsyncSession, installation_id: InstallationId) -> bool:
    """Delete the sign-in and its tokens in this transaction; return False if there was none."""
    await session.execute(delete(TokenChain).where(TokenChain.installation_id == installation_id))
    erased = await session.scalar(
        delete(Connection).where(Connection.installation_id == installation_id).returning(Connection.installation_id)
    )
    return erased is not None


async def replace_companies(
    session: AsyncSession, installation_id: InstallationId, companies: Sequence[ExactCompany], *, clock: Clock
) -> None:
    """Replace the stored list of companies."""
    await session.execute(delete(Company).where(Company.installation_id == installation_id))
    session.add_all(Company(installation_id=installation_id, **asdict(company)) for company in companies)
    await session.execute(
        update(Connection).where(Connection.installation_id == installation_id).values(companies_at=clock.sql())
    )


async def companies_of(session: AsyncSession, installation_id: InstallationId) -> list[ExactCompany]:
    """Return the stored list of companies."""
    rows = await session.scalars(
        select(Company).where(Company.installation_id == installation_id).order_by(Company.name, Company.division)
    )
    return [_exact_company(row) for row in rows]


def _exact_company(row: Company) -> ExactCompany:
    return ExactCompany(
        division=row.division,
        code=row.code,
        name=row.name,
        customer_name=row.customer_name,
        vat_number=row.vat_number,
        enterprise_number=row.enterprise_number,
        country=row.country,
        currency=row.currency,
        status=row.status,
    )
