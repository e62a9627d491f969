"""The one source of time. The database's clock decides wherever two processes must agree."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, literal
from sqlalchemy.types import DateTime, Interval


@dataclass
class Clock:
    """Wall-clock time, moved by `offset` in tests so that nobody has to wait for it."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The time of this process, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def sql(self) -> ColumnElement[datetime]:
        """The time of the database: leases, schedules and budgets are compared with this one only."""
        if not self.offset:
            return func.now(type_=DateTime(timezone=True))
        return func.now(type_=DateTime(timezone=True)) + literal(self.offset, Interval())
