"""Installations, their connection to Exact, their companies and their clients, as rows."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.errors import Problem
from app.exact.companies import ExactCompany
from app.notifications import outbox
from app.queue import lanes
from app.reasons import NOT_CONNECTED, NOT_FOUND, WAITS_FOR_CONNECTION, Reason
from app.storage.models import (
    Activation,
    Company,
    Connection,
    Installation,
    InstallationId,
    Lane,
    LaneId,
    SignIn,
    TokenChain,
)

SIGN_IN_LASTS = timedelta(minutes=10)


async def install(
    session: AsyncSession, partner_space_id: UUID, *, country: str, permissions: Sequence[str], clock: Clock
) -> tuple[Installation, bool]:
    """Return the installation of a Partner Space and whether it is new; reinstall one that was uninstalled."""
    standing = await find(session, partner_space_id)
    if standing is not None:
        return standing, False
    values = {"country": country, "permissions": list(permissions)}
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
        who = {"full_name": connection.full_name}
        await outbox.enqueue(session, connection.installation_id, "connection.restored", who, clock=clock)
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
        await outbox.enqueue(session, superseded, "connection.lost", {"reason": reason.as_json()}, clock=clock)
    return superseded


async def lock(session: AsyncSession, installation_id: InstallationId) -> None:
    """Block changes to the installation and its connection by others until the commit."""
    await session.execute(
        select(Installation.id).where(Installation.id == installation_id).with_for_update(key_share=True)
    )


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
    await outbox.enqueue(session, installation_id, "connection.lost", {"reason": reason.as_json()}, clock=clock)
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


async def lane_to(session: AsyncSession, installation_id: InstallationId, division: int) -> LaneId:
    """Return the lane to a company, created if it is missing."""
    await session.execute(
        insert(Lane).values(installation_id=installation_id, division=division).on_conflict_do_nothing()
    )
    lane_id = await session.scalar(
        select(Lane.id).where(Lane.installation_id == installation_id, Lane.division == division)
    )
    assert lane_id is not None
    return lane_id


async def activation_of(
    session: AsyncSession, installation_id: InstallationId, business_space_id: UUID
) -> Activation | None:
    """Return the client's current activation."""
    return await session.scalar(
        select(Activation).where(
            Activation.installation_id == installation_id,
            Activation.business_space_id == business_space_id,
            Activation.ended_at.is_(None),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Conflicts:
    """Conflicting bindings: the client's in another installation, the company's to another client of this one."""

    client_elsewhere: bool
    company_taken: bool


async def conflicts_of(
    session: AsyncSession, installation_id: InstallationId, business_space_id: UUID, division: int
) -> Conflicts:
    """Return which bindings conflict with binding this client to this company."""
    standing = select(Activation.id).where(Activation.ended_at.is_(None))
    elsewhere = standing.where(
        Activation.business_space_id == business_space_id, Activation.installation_id != installation_id
    )
    taken = standing.where(
        Activation.installation_id == installation_id,
        Activation.division == division,
        Activation.business_space_id != business_space_id,
    )
    return Conflicts(
        client_elsewhere=await session.scalar(elsewhere.limit(1)) is not None,
        company_taken=await session.scalar(taken.limit(1)) is not None,
    )


async def activations_of(session: AsyncSession, installation_id: InstallationId) -> list[Activation]:
    """Return all current activations, ordered by company name."""
    rows = await session.scalars(
        select(Activation)
        .where(Activation.installation_id == installation_id, Activation.ended_at.is_(None))
        .order_by(Activation.company_name, Activation.business_space_id)
    )
    return list(rows)


async def end_activation(session: AsyncSession, activation: Activation, *, because: str, clock: Clock) -> None:
    """End an activation; the caller decides about its queued exports in the same transaction."""
    await session.execute(
        update(Activation).where(Activation.id == activation.id).values(ended_at=clock.sql(), ended_because=because)
    )


async def renew_activations(
    session: AsyncSession, installation_id: InstallationId, *, clock: Clock
) -> list[Activation]:
    """Start a new activation for every client, after the export was switched off."""
    standing = await activations_of(session, installation_id)
    for activation in standing:
        await end_activation(session, activation, because="renewed", clock=clock)
    await session.flush()
    renewed = [_same_binding(activation, clock=clock) for activation in standing]
    session.add_all(renewed)
    return renewed


def _same_binding(activation: Activation, *, clock: Clock) -> Activation:
    kept = [
        "installation_id",
        "business_space_id",
        "lane_id",
        "division",
        "company_code",
        "company_name",
        "route",
        "relation",
        "category",
        "folder",
        "vat_number",
        "enterprise_number",
        "override_reason",
    ]
    return Activation(**{name: getattr(activation, name) for name in kept}, activated_at=clock.sql())


async def count_active_clients(session: AsyncSession, installation_id: InstallationId) -> int:
    """Return the number of clients with a current activation."""
    count = await session.scalar(
        select(func.count()).where(Activation.installation_id == installation_id, Activation.ended_at.is_(None))
    )
    return count or 0
