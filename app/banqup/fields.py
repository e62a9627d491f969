"""Field types of Banqup's JSON: camel case, unknown keys ignored, texts and amounts as strings or numbers."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Schema(BaseModel):
    """A part of Banqup's JSON."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True, coerce_numbers_to_str=True)


class Root(Schema):
    """A whole JSON document, in which null and blank texts count as absent keys."""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, value: Any) -> Any:
        return _without_blanks(value)


def _without_blanks(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_blanks(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for key, item in value.items():
        if isinstance(item, str):
            if item and not item.isspace():
                kept[key] = item
        elif item is not None:
            kept[key] = _without_blanks(item)
    return kept


def _in_utc(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _as_day(value: Any) -> Any:
    """Return the day of a timestamp: Banqup's own dates are plain, those from other sources may not be."""
    return value[:10] if isinstance(value, str) and value[10:11] == "T" else value


def _as_many(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


Text = str | None
# A decimal string ("20.00") or a number; more digits cannot be a real amount
Amount = Annotated[Decimal, Field(max_digits=40, decimal_places=20)] | None
Day = Annotated[date | None, BeforeValidator(_as_day)]
Moment = Annotated[datetime, AfterValidator(_in_utc)]  # up to nine fractional digits; UTC if no zone is named
Texts = Annotated[tuple[str, ...], BeforeValidator(_as_many)]  # one string or a list of them
