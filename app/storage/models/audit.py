"""The audit log: who changed what, when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base, InstallationId, of_installation, one_of
from app.vocabulary import ActorKind, AuditAction


class AuditLine(Base):
    """One change. A trigger refuses every update, and every deletion in the first year."""

    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    installation_id: Mapped[InstallationId | None] = of_installation()  # None: of the whole service
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    action: Mapped[AuditAction]
    actor_kind: Mapped[ActorKind]
    actor: Mapped[str]
    actor_client: Mapped[str | None]
    subject: Mapped[str | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]

    __table_args__ = (
        one_of("actor_kind", ActorKind),
        Index("ix_audit_line_installation_id_id", "installation_id", "id"),
        Index("ix_audit_line_at", "at"),
    )
