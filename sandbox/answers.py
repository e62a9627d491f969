"""Responses in the forms that both servers use."""

import json
import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

_SURROGATE = re.compile("[\ud800-\udfff]")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def _body(data: Any) -> bytes:
    """Encode as UTF-8, a lone surrogate as the escape that JSON has for it."""
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", _encode(data)).encode()


def json_answer(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_body(data), status_code=status, headers=headers, media_type="application/json")


def text_answer(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(text, status_code=status, headers=headers, media_type="text/plain")


def html_answer(text: str, *, status: int = 200) -> Response:
    return Response(text, status_code=status, media_type="text/html")


def empty_answer(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(b"", status_code=status, headers=headers)
