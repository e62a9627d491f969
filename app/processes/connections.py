"""Connections to the API: a request must arrive in time, so that a client that sends slowly holds nothing for long."""

import asyncio
import json
from http import HTTPStatus
from uuid import uuid4

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api import problems
from app.reasons import HEADERS_TOO_LARGE, REQUEST_TIMEOUT, Reason

GRACE = 20  # seconds for open requests at a stop
LARGEST_HEAD = 64 << 10  # bytes of the request line and the headers


def configured(app: ASGIApp, *, request_seconds: float) -> uvicorn.Config:
    """Return the server's configuration: a request's headers, and then its body, must arrive within these seconds."""
    protocol = type("Connection", (TimedConnection,), {"seconds": request_seconds})
    return uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )


class TimedConnection(HttpToolsProtocol):
    """uvicorn's connection with a timer, which runs while a request arrives and never while it is answered."""

    seconds: float
    _timer: asyncio.TimerHandle | None = None
    _head: int | None = 0  # bytes of the headers so far; None outside the headers

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Expect the headers of the first request."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse the bytes; bytes between two requests begin the next one, whatever they are."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._head is not None:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._refuse(HEADERS_TOO_LARGE.because("The request's headers exceed 64 KiB."))
        elif self._timer is None and self.cycle.response_complete:
            self._head = len(data)
            self._expect()

    def on_message_begin(self) -> None:
        """Expect the headers; the time runs from the first byte."""
        super().on_message_begin()
        self._head = 0 if self._head is None else self._head
        if self._timer is None:
            self._expect()

    def on_headers_complete(self) -> None:
        """Expect the body."""
        self._head = None
        super().on_headers_complete()
        self._expect()

    def on_message_complete(self) -> None:
        """Stop the timer: now it is our turn."""
        super().on_message_complete()
        self._stop()

    def _expect(self) -> None:
        self._stop()
        self._timer = self.loop.call_later(self.seconds, self._cut)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut(self) -> None:
        """End the connection, unless we are the one who does not read."""
        if self.flow.read_paused:
            self._expect()
            return
        part = "body" if self._head is None else "headers"
        self._refuse(REQUEST_TIMEOUT.because(f"The request's {part} did not arrive within {self.seconds:g} seconds."))

    def _refuse(self, reason: Reason) -> None:
        """Answer with a problem if nothing else was answered, and close the connection."""
        self._stop()
        if self.transport.is_closing():
            return
        if self._head is None:
            is_unanswered = not self.cycle.response_started
        else:  # nothing may come between the parts of the answer before this one
            is_unanswered = self.cycle is None or self.cycle.response_complete
        if is_unanswered:
            self.transport.write(_response(reason))
        self.transport.close()


def _response(reason: Reason) -> bytes:
    body = json.dumps(problems.body(reason, instance="/", request_id=uuid4().hex)).encode()
    status = HTTPStatus(reason.kind.status)
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"Content-Type: {problems.MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\n"
        "Connection: close\r\n"
        "\r\n"
    ).encode() + body
