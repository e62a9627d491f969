"""The notifications of partners."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Identity,
    Index,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base, InstallationId, new_id, of_installation


class NotificationTarget(Base):
    """The URL that an installation's notifications are posted to, and the secret that signs them."""

    __tablename__ = "notification_target"

    installation_id: Mapped[InstallationId] = of_installation(primary_key=True)
    url: Mapped[str]
    secret: Mapped[bytes]
    since: Mapped[datetime] = mapped_column(server_default=func.now())


class Notification(Base):
    """One notification: sent at least once, in order, retried for three days."""

    __tablename__ = "notification"

    id: Mapped[UUID] = new_id()
    sequence: Mapped[int] = mapped_column(Identity(), unique=True)
    installation_id: Mapped[InstallationId] = of_installation()
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
