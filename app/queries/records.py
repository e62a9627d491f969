"""Reads for people: an installation's overview, connection, clients, and exports with their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Problem
from app.partners import activations, connections
from app.queue import exports
from app.reasons import (
    CONNECTION_SUPERSEDED,
    NOT_CONNECTED,
    NOT_FOUND,
    UBL_GONE,
)
from app.storage.db import FOREVER
from app.storage.models import (
    Activation,
    Company,
    Connection,
    Export,
    ExportedUbl,
    ExportEvent,
    ExportId,
    Installation,
    InstallationId,
    Lane,
)
from app.vocabulary import ExportGrade, ExportStatus, PartnerConnection


@dataclass(frozen=True, kw_only=True)
class Overview:
    """An installation in numbers."""

    installation: Installation
    connection: PartnerConnection
    clients: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class ConnectionStatus:
    """The connection's state; `reason` says what to do, or is None if no action is needed."""

    state: PartnerConnection
    connection: Connection | None
    reason: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client's activation and its company as last listed; None if the user no longer has access to it."""

    activation: Activation
    company: Company | None


@dataclass(frozen=True, kw_only=True)
class Record:
    """An export as shown to people; `waits_for` is its own or its lane's reason, `until` the known end of it."""

    export: Export
    company_code: str
    company_name: str
    waits_for: dict[str, Any] | None
    until: datetime | None


async def overview(session: AsyncSession, installation: Installation) -> Overview:
    """Return an installation in numbers."""
    connection = await connections.connection_of(session, installation.id)
    return Overview(
        installation=installation,
        connection=connection.state if connection else "missing",
        clients=await activations.count_active_clients(session, installation.id),
        waiting=await exports.count_queued(session, installation.id),
    )


async def connection_status(session: AsyncSession, installation: Installation) -> ConnectionStatus:
    """Return the connection to Exact and what to do if it is broken."""
    connection = await connections.connection_of(session, installation.id)
    if connection is None:
        reason = NOT_CONNECTED.because("No user has signed in to Exact Online yet.")
        return ConnectionStatus(state="missing", connection=None, reason=reason.as_json())
    if connection.state == "superseded":
        reason = CONNECTION_SUPERSEDED.because("The same Exact user has since signed in for another Banqup space.")
        return ConnectionStatus(state=connection.state, connection=connection, reason=reason.as_json())
    return ConnectionStatus(state=connection.state, connection=connection, reason=connection.reason)


async def clients(session: AsyncSession, installation: Installation) -> list[Client]:
    """Return the active clients, ordered by company name."""
    query = _clients(installation.id).order_by(Activation.company_name, Activation.business_space_id)
    return [Client(activation=activation, company=company) for activation, company in await session.execute(query)]


async def client(session: AsyncSession, installation: Installation, business_space_id: UUID) -> Client:
    """Return one active client; raise `Problem` if it is not active."""
    query = _clients(installation.id).where(Activation.business_space_id == business_space_id)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise Problem(NOT_FOUND.because("This client is not activated."))
    activation, company = row
    return Client(activation=activation, company=company)


def _clients(installation_id: InstallationId) -> Any:
    same = and_(Company.installation_id == Activation.installation_id, Company.division == Activation.division)
    in_force = and_(Activation.installation_id == installation_id, Activation.ended_at.is_(None))
    return select(Activation, Company).join(Company, same, isouter=True).where(in_force)


async def page(
    session: AsyncSession,
    installation_id: InstallationId,
    *,
    client: UUID | None = None,
    status: ExportStatus | None = None,
    grade: ExportGrade | None = None,
    after: int | None = None,
    limit: int,
) -> list[Record]:
    """Return exports older than the cursor `after` (a sequence number), newest first."""
    query = _records(installation_id).order_by(Export.sequence.desc()).limit(limit)
    if client is not None:
        query = query.where(Export.business_space_id == client)
    if status is not None:
        query = query.where(Export.status == status)
    if grade is not None:
        query = query.where(Export.grade == grade)
    if after is not None:
        query = query.where(Export.sequence < after)
    return [_record(*row) for row in await session.execute(query)]


async def one(session: AsyncSession, installation_id: InstallationId, export_id: UUID) -> Record | None:
    """Return an export of this installation, or None."""
    query = _records(installation_id).where(Export.id == export_id)
    row = (await session.execute(query, execution_options={"populate_existing": True})).one_or_none()
    return _record(*row) if row else None


async def expect_one(session: AsyncSession, installation: Installation, export_id: UUID) -> Record:
    """Return an export of this installation; raise `Problem` if it does not exist."""
    record = await one(session, installation.id, export_id)
    if record is None:
        raise Problem(NOT_FOUND.because("This installation has no such export."))
    return record


async def history(session: AsyncSession, export_id: ExportId) -> Sequence[ExportEvent]:
    """Return an export's history, oldest first."""
    rows = await session.scalars(
        select(ExportEvent).where(ExportEvent.export_id == export_id).order_by(ExportEvent.at, ExportEvent.id)
    )
    return rows.all()


async def ubl(session: AsyncSession, export_id: ExportId) -> bytes | None:
    """Return the exported UBL; None if it was deleted or never made."""
    return await session.scalar(select(ExportedUbl.content).where(ExportedUbl.export_id == export_id))


async def expect_ubl(session: AsyncSession, installation: Installation, export_id: UUID) -> tuple[Export, bytes]:
    """Return an export and its UBL; raise `Problem` if it was never made or has been deleted."""
    export = (await expect_one(session, installation, export_id)).export
    content = await ubl(session, export.id)
    if export.ubl_sha256 is None:
        raise Problem(NOT_FOUND.because("This document was not converted to UBL."))
    if content is None:
        raise Problem(UBL_GONE.because("This UBL's retention period has expired."))
    return export, content


def _records(installation_id: InstallationId) -> Any:
    return (
        select(Export, Lane, Activation.company_code, Activation.company_name)
        .join(Lane, Lane.id == Export.lane_id)
        .join(Activation, Activation.id == Export.activation_id)
        .where(Export.installation_id == installation_id)
    )


def _record(export: Export, lane: Lane, company_code: str, company_name: str) -> Record:
    waits_for, until = (None, None) if export.status != "queued" else _waiting(export, lane)
    return Record(export=export, company_code=company_code, company_name=company_name, waits_for=waits_for, until=until)


def _waiting(export: Export, lane: Lane) -> tuple[dict[str, Any] | None, datetime | None]:
    if lane.blocked_reason is not None and lane.blocked_until > export.due_at:
        return lane.blocked_reason, None if lane.blocked_until == FOREVER else lane.blocked_until
    return export.reason, export.due_at if export.reason else None
