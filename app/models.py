"""The tables. Every row carries its installation, the key by which the data could be spread over machines."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, NewType
from uuid import UUID

from sqlalchemy import (  # fmt: skip
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime

InstallationId = NewType("InstallationId", UUID)
LaneId = NewType("LaneId", UUID)
ExportId = NewType("ExportId", UUID)
ActivationId = NewType("ActivationId", UUID)

NEVER = text("'-infinity'")
FOREVER = text("'infinity'")


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        list[datetime]: ARRAY(DateTime(timezone=True)),
        bytes: LargeBinary,
        int: BigInteger,
        InstallationId: Uuid,
        LaneId: Uuid,
        ExportId: Uuid,
        ActivationId: Uuid,
    }


def _id() -> Any:
    return mapped_column(primary_key=True, server_default=func.gen_random_uuid())


def _installation(**options: Any) -> Any:
    return mapped_column(ForeignKey("installation.id"), **options)


class Installation(Base):
    """The extension in one Partner Space."""

    __tablename__ = "installation"

    id: Mapped[InstallationId] = _id()
    partner_space_id: Mapped[UUID] = mapped_column(unique=True)
    country: Mapped[str]
    permissions: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    cutoff: Mapped[str] = mapped_column(server_default="arrival")
    installed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    uninstalled_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("cutoff in ('arrival', 'event')", name="cutoff"),)


class SignIn(Base):
    """One `state` of the OAuth flow: single-use, bound to an installation."""

    __tablename__ = "sign_in"

    state_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    installation_id: Mapped[InstallationId] = _installation(index=True)
    return_to: Mapped[str | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Connection(Base):
    """The Exact sign-in of one installation and its state."""

    __tablename__ = "connection"

    installation_id: Mapped[InstallationId] = _installation(primary_key=True)
    host: Mapped[str]
    client_id: Mapped[str]
    exact_user_id: Mapped[UUID]
    user_name: Mapped[str]
    full_name: Mapped[str]
    current_division: Mapped[int]
    state: Mapped[str]
    reason: Mapped[dict[str, Any] | None]
    connected_at: Mapped[datetime]
    state_since: Mapped[datetime]
    companies_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state in ('connected', 'needs_sign_in', 'superseded')", name="state"),
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
    """The newest token pair of one Exact user, sealed; it serves one installation at a time."""

    __tablename__ = "token_chain"

    host: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)
    exact_user_id: Mapped[UUID] = mapped_column(primary_key=True)
    installation_id: Mapped[InstallationId] = _installation(index=True)
    access_token: Mapped[bytes | None]
    refresh_token: Mapped[bytes | None]
    obtained_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    retry_at: Mapped[datetime] = mapped_column(server_default=NEVER)


class TokenAttempt(Base):
    """Committed before each refresh, closed after it: an open one tells of a crash in between."""

    __tablename__ = "token_attempt"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    installation_id: Mapped[InstallationId] = _installation()
    host: Mapped[str]
    client_id: Mapped[str]
    exact_user_id: Mapped[UUID]
    generation: Mapped[int]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    outcome: Mapped[str | None]

    __table_args__ = (Index("ix_token_attempt_chain", "host", "client_id", "exact_user_id", "started_at"),)


class Company(Base):
    """An Exact division that the signed-in user may open, as last listed."""

    __tablename__ = "company"

    installation_id: Mapped[InstallationId] = _installation(primary_key=True)
    division: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str]
    name: Mapped[str]
    customer_name: Mapped[str | None]
    vat_number: Mapped[str | None]
    enterprise_number: Mapped[str | None]
    country: Mapped[str | None]
    currency: Mapped[str | None]
    status: Mapped[str]

    __table_args__ = (CheckConstraint("status in ('active', 'inactive', 'archived', 'blocked')", name="status"),)


class Lane(Base):
    """The queue, the pace and the health of everything that goes from one installation to one company.

    `due_at` says when to look again; while leased it is the end of the lease. `epoch` fences a worker that lost its
    lease. `wake_seq` grows with every new export, so that no wake-up is lost. `blocked_until` is kept by wake-ups.
    """

    __tablename__ = "lane"

    id: Mapped[LaneId] = _id()
    installation_id: Mapped[InstallationId] = _installation()
    division: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(server_default=FOREVER)
    leased: Mapped[bool] = mapped_column(server_default=text("false"))
    epoch: Mapped[int] = mapped_column(server_default=text("0"))
    wake_seq: Mapped[int] = mapped_column(server_default=text("0"))
    blocked_until: Mapped[datetime] = mapped_column(server_default=NEVER)
    blocked_reason: Mapped[dict[str, Any] | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    minute_ends: Mapped[datetime] = mapped_column(server_default=NEVER)
    minute_calls: Mapped[int] = mapped_column(server_default=text("0"))
    day_ends: Mapped[datetime] = mapped_column(server_default=NEVER)
    day_calls: Mapped[int] = mapped_column(server_default=text("0"))
    sender_mailbox: Mapped[UUID | None]
    recipient_mailbox: Mapped[UUID | None]

    __table_args__ = (
        UniqueConstraint("installation_id", "division"),
        Index("ix_lane_due_at", "due_at", postgresql_where=text("due_at < 'infinity'")),
        {
            "postgresql_with": {
                "fillfactor": "50",
                "autovacuum_vacuum_scale_factor": "0",
                "autovacuum_vacuum_threshold": "500",
            }
        },
    )


class Circuit(Base):
    """The moments of the counted errors of one endpoint in one lane, of the last hour."""

    __tablename__ = "circuit"

    lane_id: Mapped[LaneId] = mapped_column(ForeignKey("lane.id"), primary_key=True)
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    installation_id: Mapped[InstallationId] = _installation()
    errors: Mapped[list[datetime]]


class Activation(Base):
    """A client, bound to one Exact company since a moment; ended, never changed."""

    __tablename__ = "activation"

    id: Mapped[ActivationId] = _id()
    installation_id: Mapped[InstallationId] = _installation()
    business_space_id: Mapped[UUID]
    lane_id: Mapped[LaneId] = mapped_column(ForeignKey("lane.id"))
    division: Mapped[int]
    company_code: Mapped[str]
    company_name: Mapped[str]
    route: Mapped[str]
    vat_number: Mapped[str | None]
    enterprise_number: Mapped[str | None]
    override_reason: Mapped[str | None]
    relation: Mapped[str] = mapped_column(server_default="none")
    category: Mapped[UUID | None]
    folder: Mapped[UUID | None]
    activated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    # After a change of company: what waited still goes to the company it came for.
    drains: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint("route in ('documents', 'postbox')", name="route"),
        CheckConstraint("relation in ('none', 'link', 'create')", name="relation"),
        Index(
            "uq_activation_client",
            "business_space_id",
            "installation_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )


class Message(Base):
    """What Banqup posted, kept once by its id: ids and the outcome, no content."""

    __tablename__ = "message"

    id: Mapped[str] = mapped_column(primary_key=True)
    installation_id: Mapped[InstallationId | None] = mapped_column()
    category: Mapped[str | None]
    type: Mapped[str | None]
    business_space_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    outcome: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class Export(Base):
    """One document on its way to one company.

    `generation` grows with every message about the document, so that one that comes during an attempt is not
    overlooked. `intent` is the step that was about to be posted: after a crash Exact is asked before it is posted
    again. While it `holds`, later ones of its lane wait for it, so that documents arrive in the order of their events;
    one that keeps failing steps aside.
    """

    __tablename__ = "export"

    id: Mapped[ExportId] = _id()
    sequence: Mapped[int] = mapped_column(Identity(), unique=True)
    installation_id: Mapped[InstallationId] = _installation()
    lane_id: Mapped[LaneId] = mapped_column(ForeignKey("lane.id"))
    activation_id: Mapped[ActivationId] = mapped_column(ForeignKey("activation.id"))
    business_space_id: Mapped[UUID]
    document_id: Mapped[UUID]
    division: Mapped[int]
    trigger: Mapped[str]
    event_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # The moment of the activation under which it was first taken: what arrived before is history.
    eligible_from: Mapped[datetime]
    generation: Mapped[int] = mapped_column(server_default=text("1"))

    status: Mapped[str] = mapped_column(server_default="queued")
    reason: Mapped[dict[str, Any] | None]
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    holds: Mapped[bool] = mapped_column(server_default=text("true"))
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]

    folder: Mapped[str | None]
    kind: Mapped[str | None]
    number: Mapped[str | None]
    issue_date: Mapped[date | None]
    seller: Mapped[str | None]
    seller_key: Mapped[str | None]
    buyer: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric)
    origin: Mapped[str | None]
    losses: Mapped[list[str] | None]
    ubl_sha256: Mapped[str | None]

    subject: Mapped[str | None]
    intent: Mapped[str | None]
    intent_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(server_default=text("0"))
    look_first: Mapped[bool] = mapped_column(server_default=text("false"))
    exact_id: Mapped[UUID | None]
    exact_number: Mapped[str | None]
    exact_url: Mapped[str | None]
    attached: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    released: Mapped[bool] = mapped_column(server_default=text("false"))
    exact_state: Mapped[str | None]
    follow_at: Mapped[datetime | None]
    follows: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        CheckConstraint("status in ('queued', 'ready_to_process', 'error', 'not_exported')", name="status"),
        UniqueConstraint("business_space_id", "document_id", "division", "installation_id"),
        Index("ix_export_in_line", "lane_id", "sequence", postgresql_where=text("status = 'queued' and holds")),
        Index("ix_export_aside", "lane_id", "due_at", postgresql_where=text("status = 'queued' and not holds")),
        Index("ix_export_followed", "lane_id", "follow_at", postgresql_where=text("follow_at is not null")),
        Index(
            "ix_export_same_invoice",
            "division",
            "seller_key",
            "number",
            postgresql_where=text("exact_id is not null"),
        ),
        Index("ix_export_client", "installation_id", "business_space_id", "sequence"),
        Index("ix_export_newest", "installation_id", "sequence"),
        Index("ix_export_by_status", "installation_id", "status", "sequence"),
    )


class ExportEvent(Base):
    """One line of an export's history."""

    __tablename__ = "export_event"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    export_id: Mapped[ExportId] = mapped_column(ForeignKey("export.id"), index=True)
    installation_id: Mapped[InstallationId] = _installation()
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    event: Mapped[str]
    detail: Mapped[dict[str, Any] | None]


class ExportedUbl(Base):
    """The UBL as exported, for a while."""

    __tablename__ = "exported_ubl"

    export_id: Mapped[ExportId] = mapped_column(ForeignKey("export.id"), primary_key=True)
    installation_id: Mapped[InstallationId] = _installation()
    content: Mapped[bytes]
    delete_after: Mapped[datetime] = mapped_column(index=True)


class Relation(Base):
    """The Exact relation of a party, as last found: by VAT number, else by enterprise number."""

    __tablename__ = "relation"

    installation_id: Mapped[InstallationId] = _installation(primary_key=True)
    division: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    party: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None]
    looked_up_at: Mapped[datetime]


class NotificationTarget(Base):
    """Where an installation wants to be told what happens; the secret signs what is sent."""

    __tablename__ = "notification_target"

    installation_id: Mapped[InstallationId] = _installation(primary_key=True)
    url: Mapped[str]
    secret: Mapped[bytes]
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class Notification(Base):
    """One thing to tell; sent at least once, in order, tried again for three days."""

    __tablename__ = "notification"

    id: Mapped[UUID] = _id()
    sequence: Mapped[int] = mapped_column(Identity(), unique=True)
    installation_id: Mapped[InstallationId] = _installation()
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]

    __table_args__ = (
        Index("ix_notification_waiting", "installation_id", "sequence", postgresql_where=text("ended_at is null")),
        Index("ix_notification_due", "due_at", postgresql_where=text("ended_at is null")),
    )
