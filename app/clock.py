"""The only source of time. The database's clock decides whenever processes must agree."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, literal
from sqlalchemy.types import DateTime, Interval


@dataclass
class Clock:
    """Wall-clock time, shifted by `offset` in tests so that they need not wait."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """Return this process's time, aware and in UTC."""
        return datetime.now(UTC) + self.offset

    def sql(self) -> ColumnElement[datetime]:
        """Return the database's time, the only one to compare leases, schedules and budgets with."""
        if not self.offset:
            return func.now(type_=DateTime(timezone=True))
        return func.now(type_=DateTime(timezone=True)) + literal(self.offset, Interval())
