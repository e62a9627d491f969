"""Responses in the forms that both servers use."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def json_answer(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_encode(data), status_code=status, headers=headers, media_type="application/json")


def text_answer(text: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(text, status_code=status, headers=headers, media_type="text/plain")


def html_answer(text: str, *, status: int = 200) -> Response:
    return Response(text, status_code=status, media_type="text/html")


def empty_answer(status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(b"", status_code=status, headers=headers)
