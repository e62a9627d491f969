"""A partner: the installation, the sign-in with Exact, the companies and the clients."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import (
    NEVER,
    ActivationId,
    Base,
    InstallationId,
    LaneId,
    new_id,
    of_installation,
    one_of,
)
from app.vocabulary import (
    ActivationEnd,
    CompanyStatus,
    ConnectionState,
    Cutoff,
    En16931Policy,
    NameSource,
    RelationPolicy,
    RouteName,
)


class Installation(Base):
    """The extension in one Partner Space."""

    __tablename__ = "installation"

    id: Mapped[InstallationId] = new_id()
    partner_space_id: Mapped[UUID] = mapped_column(unique=True)
    partner_name: Mapped[str | None]
    country: Mapped[str]
    permissions: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    cutoff: Mapped[Cutoff] = mapped_column(server_default="arrival")
    en16931: Mapped[En16931Policy] = mapped_column(server_default="deliver")
    installed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    uninstalled_at: Mapped[datetime | None]

    __table_args__ = (one_of("cutoff", Cutoff), one_of("en16931", En16931Policy))


class SignIn(Base):
    """One `state` of the OAuth flow, bound to an installation and to the browser that went to Exact, used once."""

    __tablename__ = "sign_in"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    installation_id: Mapped[InstallationId] = of_installation(index=True)
    firm: Mapped[str | None]
    firm_source: Mapped[NameSource | None]
    return_to: Mapped[str | None]
    browser_hash: Mapped[bytes | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (one_of("firm_source", NameSource),)


class Connection(Base):
    """The Exact sign-in of one installation, and its state."""

    __tablename__ = "connection"

    installation_id: Mapped[InstallationId] = of_installation(primary_key=True)
    host: Mapped[str]
    client_id: Mapped[str]
    exact_user_id: Mapped[UUID]
    user_name: Mapped[str]
    full_name: Mapped[str]
    current_division: Mapped[int]
    state: Mapped[ConnectionState]
    reason: Mapped[dict[str, Any] | None]
    connected_at: Mapped[datetime]
    state_since: Mapped[datetime]
    companies_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", ConnectionState),
        # One Exact account serves one Banqup space.
        Index(
            "uq_connection_account",
            "host",
            "client_id",
            "exact_user_id",
            unique=True,
            postgresql_where=text("state = 'connected'"),
        ),
    )


class TokenChain(Base):
    """The newest token pair of one Exact user, sealed; one installation uses it at a time."""

    __tablename__ = "token_chain"

    host: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    exact_user_id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[InstallationId] = of_installation(index=True)
    access_token: Mapped[bytes | None]
    refresh_token: Mapped[bytes | None]
    # When Exact began this chain; a chain that began later has revoked it.
    granted_at: Mapped[datetime] = mapped_column(server_default=NEVER)
    obtained_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime] = mapped_column(server_default=NEVER)


class TokenAttempt(Base):
    """One refresh of a token chain, committed before it and closed after it; an open one reveals a crash in between."""

    __tablename__ = "token_attempt"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    installation_id: Mapped[InstallationId] = of_installation()
    host: Mapped[str]
    client_id: Mapped[str]
    exact_user_id: Mapped[UUID]
    generation: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    outcome: Mapped[str | None]

    __table_args__ = (Index("ix_token_attempt_chain", "host", "client_id", "exact_user_id", "started_at"),)


class Company(Base):
    """An Exact division that the signed-in user may access, as last listed."""

    __tablename__ = "company"

    installation_id: Mapped[InstallationId] = of_installation(primary_key=True)
    division: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str]
    name: Mapped[str]
    customer_name: Mapped[str | None]
    vat_number: Mapped[str | None]
    enterprise_number: Mapped[str | None]
    country: Mapped[str | None]
    currency: Mapped[str | None]
    status: Mapped[CompanyStatus]

    __table_args__ = (one_of("status", CompanyStatus),)


class CompanyListing(Base):
    """An unfinished listing of companies: those listed so far, and the address of the page that follows."""

    __tablename__ = "company_listing"

    installation_id: Mapped[InstallationId] = of_installation(primary_key=True)
    exact_user_id: Mapped[UUID]
    begun_at: Mapped[datetime]
    place: Mapped[str]
    companies: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class Activation(Base):
    """The binding of a client to one Exact company; another company means another activation."""

    __tablename__ = "activation"

    id: Mapped[ActivationId] = new_id()
    installation_id: Mapped[InstallationId] = of_installation()
    business_space_id: Mapped[UUID]
    lane_id: Mapped[LaneId] = mapped_column(ForeignKey("lane.id"))
    division: Mapped[int]
    company_code: Mapped[str]
    company_name: Mapped[str]
    route: Mapped[RouteName]
    vat_number: Mapped[str | None]
    enterprise_number: Mapped[str | None]
    override_reason: Mapped[str | None]
    relation: Mapped[RelationPolicy] = mapped_column(server_default="none")
    category: Mapped[UUID | None]
    folder: Mapped[UUID | None]
    mailbox: Mapped[str | None]
    activated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[ActivationEnd | None]
    # After a change of company: queued documents still go to the company they came for.
    drains: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        one_of("route", RouteName),
        one_of("relation", RelationPolicy),
        one_of("ended_because", ActivationEnd),
        Index(
            "uq_activation_client",
            "business_space_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )
