"""How Banqup's JSON is read: camel case, unknown keys ignored, texts and amounts as strings or numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Schema(BaseModel):
    """A part of Banqup's JSON."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True, coerce_numbers_to_str=True)


class Root(Schema):
    """The whole of a JSON document, in which null and a blank text are the same as an absent key."""

    @model_validator(mode="before")
    @classmethod
    def _without_nothing(cls, value: Any) -> Any:
        return _without_nothing(value)


def _without_nothing(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nothing(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if isinstance(item, str):
            if item and not item.isspace():
                kept[key] = item
        elif item is not None:
            kept[key] = _without_nothing(item)
    return kept


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _as_day(value: Any) -> Any:
    """The day of a timestamp; Banqup's dates are plain, those of other sources in it may not be."""
    return value[:10] if isinstance(value, str) and value[10:11] == "T" else value


def _as_many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


Text = str | None
# A decimal string ("20.00") or a number; what has more digits is no amount of anything
Amount = Annotated[Decimal, Field(max_digits=40, decimal_places=20)] | None
Day = Annotated[date | None, BeforeValidator(_as_day)]
Moment = Annotated[datetime, AfterValidator(_in_utc)]  # up to nine fractional digits; UTC where no zone is named
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_many)]  # one string or a list of them
