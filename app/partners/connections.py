"""Connections to Exact: their sign-ins, their state and the companies of the signed-in user."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, exists, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.errors import Problem
from app.exact.account import Account
from app.exact.companies import ExactCompany
from app.notifications import events, outbox
from app.partners import sign_ins
from app.queue import lanes
from app.reasons import CONNECTION_SUPERSEDED, NOT_CONNECTED, Reason
from app.storage.models import (
    Company,
    Connection,
    Installation,
    InstallationId,
    TokenChain,
)


async def lock_account(session: AsyncSession, account: Account) -> None:
    """Let one sign-in of an Exact user at a time decide which installation the user serves."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(account.row, 0))))


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
    reason = CONNECTION_SUPERSEDED.because("The same Exact user signed in for another Banqup space.")
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
    """Delete the connection, its tokens and every sign-in under way; return False if there was no connection."""
    await sign_ins.end_all(session, installation_id)
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
