"""How Banqup's JSON is read: camel case, unknown keys ignored, null as absent, amounts as strings or numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Schema(BaseModel):
    """A part of Banqup's JSON; a null is the same as an absent key."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        if isinstance(value, dict) and None in value.values():
            return {key: item for key, item in value.items() if item is not None}
        return value


def _blank_as_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _as_text(value: Any) -> Any:
    """A text or a number as text; a blank one is none."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _as_day(value: Any) -> Any:
    """The day of a timestamp; Banqup's dates are plain, those of other sources in it may not be."""
    return value[:10] if isinstance(value, str) and value[10:11] == "T" else _blank_as_none(value)


def _as_many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


Text = Annotated[str | None, BeforeValidator(_as_text)]
# A decimal string ("20.00") or a number; what has more digits is no amount of anything
Amount = Annotated[Annotated[Decimal, Field(max_digits=40, decimal_places=20)] | None, BeforeValidator(_blank_as_none)]
Day = Annotated[date | None, BeforeValidator(_as_day)]
Moment = Annotated[datetime, AfterValidator(_in_utc)]  # up to nine fractional digits; UTC where no zone is named
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_many)]  # one string or a list of them
