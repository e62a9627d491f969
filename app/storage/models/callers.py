"""What callers of the REST API have spent of their quotas."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base


class SpentQuota(Base):
    """The moment until which a caller's calls, spread evenly, have used a quota. It belongs to no installation."""

    __tablename__ = "spent_quota"

    caller: Mapped[str] = mapped_column(primary_key=True)  # a hash of subject and OAuth client
    policy: Mapped[str] = mapped_column(primary_key=True)
    spent_until: Mapped[datetime]

    __table_args__ = ({"prefixes": ["UNLOGGED"]},)  # a crash may forget it
