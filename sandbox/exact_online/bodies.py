"""The body of a POST or PUT: JSON with known fields of the right types."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.exact_online.entities import BINARY, BOOLEAN, DATE, DOUBLE, GUID, INT16, INT32, INT64, STRING, EntitySet
from sandbox.exact_online.errors import malformed

_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")


def read_body(body: bytes, entity: EntitySet) -> dict[str, Any]:
    """Return the fields as typed values; raise `ExactError` 400 if one is unknown or of a wrong type."""
    try:
        sent = json.loads(body)
    except ValueError as error:
        raise malformed("Error processing request stream. The request body is not valid JSON.") from error
    if not isinstance(sent, dict):
        raise malformed("Error processing request stream. An object was expected.")
    return {name: _typed(name, value, entity) for name, value in sent.items() if name != "__metadata"}


def _typed(name: str, value: Any, entity: EntitySet) -> Any:
    edm = entity.fields.get(name)
    if edm is None:
        raise malformed(f"The property '{name}' does not exist on type '{entity.type}'.")
    if value is None:
        return None
    try:
        return _READERS[edm](value)
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise malformed(f"Error processing request stream. The value of '{name}' is not of type {edm}.") from error


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise TypeError(value)
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError(value)
    return float(value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _guid(value: Any) -> str:
    match = _GUID.fullmatch(_text(value))
    if match is None:
        raise ValueError(value)
    return match.group(1).lower()


def _date(value: Any) -> datetime:
    match = _DATE.fullmatch(_text(value))
    if match:
        return datetime.fromtimestamp(int(match.group(1)) / 1000, tz=UTC).replace(tzinfo=None)
    return datetime.fromisoformat(value).replace(tzinfo=None)


def _binary(value: Any) -> bytes:
    return base64.b64decode(_text(value), validate=True)


_READERS: dict[str, Callable[[Any], Any]] = {
    STRING: _text,
    INT16: _whole,
    INT32: _whole,
    INT64: _whole,
    DOUBLE: _number,
    BOOLEAN: _truth,
    GUID: _guid,
    DATE: _date,
    BINARY: _binary,
}
