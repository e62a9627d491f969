"""Activations: clients, each bound to an Exact company."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import Clock
from app.storage.models import (
    Activation,
    InstallationId,
    Lane,
    LaneId,
)
from app.vocabulary import ActivationEnd


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


async def end_activation(
    session: AsyncSession, activation: Activation, *, because: ActivationEnd, clock: Clock
) -> None:
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
        "mailbox",
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
