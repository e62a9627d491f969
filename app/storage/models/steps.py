"""Steps of an upgrade that are completed once all processes of the previous version have stopped."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base, one_of
from app.vocabulary import Step


class CompletedStep(Base):
    """A step that is completed. While it is absent, this version writes what the previous one can read."""

    __tablename__ = "completed_step"

    name: Mapped[Step] = mapped_column(primary_key=True)
    completed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (one_of("name", Step),)
