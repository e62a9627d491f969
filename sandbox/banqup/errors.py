"""Errors of the Banqup API."""

import uuid
from datetime import datetime

from starlette.responses import Response

from sandbox.answers import json_answer

_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Payload Too Large",
    429: "Too Many Requests",
}


class BanqupError(Exception):
    """A response other than success."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail


def error_answer(error: BanqupError, *, instance: str, moment: datetime) -> Response:
    """Return Banqup's error body; both of its timestamp formats occur."""
    title = _TITLES.get(error.status, "Error")
    stamp = moment.isoformat() if error.status == 404 else f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
    body = {
        "status": error.status,
        "error": title,
        "title": title,
        "detail": error.detail,
        "timestamp": stamp,
        "requestId": str(uuid.uuid4()),
        "instance": instance,
    }
    return json_answer(body, status=error.status)
