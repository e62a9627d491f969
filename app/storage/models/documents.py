"""The path of a document: the message, the lane, the export and its history."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import (
    FOREVER,
    NEVER,
    ActivationId,
    Base,
    ExportId,
    InstallationId,
    LaneId,
    new_id,
    of_installation,
    one_of,
)
from app.storage.models.intent import Intent, IntentText
from app.vocabulary import (
    DocumentKind,
    ExportEventName,
    ExportGrade,
    ExportStatus,
    Folder,
    MessageOutcome,
    Origin,
    PostboxState,
    Trigger,
)


class Message(Base):
    """A message of Banqup, stored once by its id: ids and the outcome, no content."""

    __tablename__ = "message"

    id: Mapped[str] = mapped_column(primary_key=True)
    installation_id: Mapped[InstallationId | None] = mapped_column()
    category: Mapped[str | None]
    type: Mapped[str | None]
    business_space_id: Mapped[UUID | None]
    document_id: Mapped[UUID | None]
    outcome: Mapped[MessageOutcome]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)

    __table_args__ = (one_of("outcome", MessageOutcome),)


class Lane(Base):
    """The queue, pace and health of everything that goes from one installation to one company.

    `due_at` is the time of the next claim, and the end of the lease while leased. `epoch` fences off a worker that lost
    its lease. `wake_seq` grows with every wake-up, so that none is lost during a lease. It keeps `blocked_until`.
    """

    __tablename__ = "lane"

    id: Mapped[LaneId] = new_id()
    installation_id: Mapped[InstallationId] = of_installation()
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
    # As Exact announced them last; until then, what its pages say.
    minute_limit: Mapped[int] = mapped_column(server_default=text("60"))
    day_limit: Mapped[int] = mapped_column(server_default=text("5000"))
    next_export: Mapped[UUID | None]  # at the last claim
    lost_leases: Mapped[int] = mapped_column(server_default=text("0"))
    sender_mailbox: Mapped[UUID | None]
    recipient_mailbox: Mapped[UUID | None]
    # The partner's name for which the mailboxes were looked up, and when.
    mailbox_named: Mapped[str | None]
    mailboxes_at: Mapped[datetime | None]

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
    """The times of the last hour's counted errors at one endpoint, for one lane."""

    __tablename__ = "circuit"

    lane_id: Mapped[LaneId] = mapped_column(ForeignKey("lane.id"), primary_key=True)
    endpoint: Mapped[str] = mapped_column(primary_key=True)
    installation_id: Mapped[InstallationId] = of_installation()
    errors: Mapped[list[datetime]]


class Relation(Base):
    """The Exact relation of a party, as last looked up by VAT number, else by enterprise number."""

    __tablename__ = "relation"

    installation_id: Mapped[InstallationId] = of_installation(primary_key=True)
    division: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    party: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None]
    looked_up_at: Mapped[datetime]


class Export(Base):
    """The export of one document to one company.

    `generation` grows with every message about the document, so that none is missed during an attempt. `intent` is the
    post in flight: after a crash it is looked up in Exact before it is posted again. While an export `blocks_lane`,
    later ones of its lane wait, so that documents arrive in the order of their events; one that keeps failing steps
    aside.
    """

    __tablename__ = "export"

    id: Mapped[ExportId] = new_id()
    sequence: Mapped[int] = mapped_column(Identity(), unique=True)
    installation_id: Mapped[InstallationId] = of_installation()
    lane_id: Mapped[LaneId] = mapped_column(ForeignKey("lane.id"))
    activation_id: Mapped[ActivationId] = mapped_column(ForeignKey("activation.id"))
    business_space_id: Mapped[UUID]
    document_id: Mapped[UUID]
    division: Mapped[int]
    trigger: Mapped[Trigger]
    event_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # When its first activation began: documents that arrived earlier are not exported.
    eligible_from: Mapped[datetime]
    generation: Mapped[int] = mapped_column(server_default=text("1"))

    status: Mapped[ExportStatus] = mapped_column(server_default="queued")
    reason: Mapped[dict[str, Any] | None]
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    blocks_lane: Mapped[bool] = mapped_column(server_default=text("true"))
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]

    folder: Mapped[Folder | None]
    kind: Mapped[DocumentKind | None]
    number: Mapped[str | None]
    issue_date: Mapped[date | None]
    seller: Mapped[str | None]
    seller_key: Mapped[str | None]
    buyer: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric)
    origin: Mapped[Origin | None]
    grade: Mapped[ExportGrade | None]
    losses: Mapped[list[str] | None]
    left_out: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    ubl_sha256: Mapped[str | None]

    subject: Mapped[str | None]
    intent: Mapped[Intent | None] = mapped_column(IntentText)
    intent_at: Mapped[datetime | None]
    lookup_count: Mapped[int] = mapped_column(server_default=text("0"))
    look_first: Mapped[bool] = mapped_column(server_default=text("false"))
    # The first post of the document with an unknown outcome; `intent_at` is the last.
    posted_since: Mapped[datetime | None]
    unclear_posts: Mapped[int] = mapped_column(server_default=text("0"))
    # Where the search for the document goes on, and the calls it has made.
    search_next: Mapped[str | None]
    search_calls: Mapped[int] = mapped_column(server_default=text("0"))
    exact_id: Mapped[UUID | None]
    exact_number: Mapped[str | None]
    exact_url: Mapped[str | None]
    attached: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    released: Mapped[bool] = mapped_column(server_default=text("false"))
    # The codes of the holds that a person has lifted.
    released_from: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    # Set once a person has released it as readable: `because`, and the `error` that stopped it.
    readable: Mapped[dict[str, Any] | None]
    exact_state: Mapped[PostboxState | None]
    follow_at: Mapped[datetime | None]
    status_checks: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        one_of("trigger", Trigger),
        one_of("status", ExportStatus),
        one_of("folder", Folder),
        one_of("kind", DocumentKind),
        one_of("origin", Origin),
        one_of("grade", ExportGrade),
        one_of("exact_state", PostboxState),
        UniqueConstraint("business_space_id", "document_id", "division", "installation_id"),
        Index("ix_export_blocking", "lane_id", "sequence", postgresql_where=text("status = 'queued' and blocks_lane")),
        Index(
            "ix_export_stepped_aside",
            "lane_id",
            "due_at",
            postgresql_where=text("status = 'queued' and not blocks_lane"),
        ),
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
        Index(
            "ix_export_below_peppol",
            "installation_id",
            "grade",
            "sequence",
            postgresql_where=text("grade <> 'peppol'"),
        ),
    )


class ExportEvent(Base):
    """One line of an export's history."""

    __tablename__ = "export_event"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    export_id: Mapped[ExportId] = mapped_column(ForeignKey("export.id"), index=True)
    installation_id: Mapped[InstallationId] = of_installation()
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    event: Mapped[ExportEventName]
    detail: Mapped[dict[str, Any] | None]


class ExportedUbl(Base):
    """The UBL as exported, kept until its retention period expires."""

    __tablename__ = "exported_ubl"

    export_id: Mapped[ExportId] = mapped_column(ForeignKey("export.id"), primary_key=True)
    installation_id: Mapped[InstallationId] = of_installation()
    content: Mapped[bytes]
    delete_after: Mapped[datetime] = mapped_column(index=True)
