"""What every table has: names of constraints, types, and its installation."""

from datetime import datetime
from typing import Any, ClassVar, NewType
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
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


def new_id() -> Any:
    """A primary key that the database makes."""
    return mapped_column(primary_key=True, server_default=func.gen_random_uuid())


def of_installation(**options: Any) -> Any:
    """Whose row it is."""
    return mapped_column(ForeignKey("installation.id"), **options)
