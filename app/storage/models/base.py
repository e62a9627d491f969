"""What all tables share: constraint names, column types, keys and checks."""

from collections.abc import Iterable
from datetime import datetime
from enum import EnumMeta
from typing import Any, ClassVar, Literal, NewType, get_args
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
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

from app.vocabulary import Folder

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
        Literal: Text,
        Folder: Text,
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
    """Return a primary key that the database generates."""
    return mapped_column(primary_key=True, server_default=func.gen_random_uuid())


def one_of(column: str, values: Any) -> CheckConstraint:
    """Let a column hold only the values of a `Literal` or a `StrEnum`."""
    members: Iterable[str] = values if isinstance(values, EnumMeta) else get_args(values)
    listed = ", ".join(f"'{value}'" for value in members)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def of_installation(**options: Any) -> Any:
    """Return the column of the installation that owns the row."""
    return mapped_column(ForeignKey("installation.id"), **options)
