"""Middleware: request IDs, a body limit, and a response to every failure."""

import re
from collections.abc import Awaitable, Callable
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import log
from app.api import problems
from app.errors import Problem
from app.reasons import TOO_LARGE

LARGEST_BODY = 1 << 20  # bytes
REQUEST_ID = "X-Request-Id"

_CALLER_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_log = log.get(__name__)


class RequestIds:
    """Gives each request an ID, in the response and in every log line; accepts one chosen by the caller."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = _caller_id(scope) or uuid4().hex
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        started = perf_counter()
        with log.bound(request=request_id):
            await self._app(scope, receive, send_with_id)
            if scope["path"].startswith("/v1/"):
                took = round((perf_counter() - started) * 1000, 1)
                who = scope.get("caller")
                _log.info("request", method=scope["method"], path=scope["path"], status=status, ms=took, caller=who)


def _caller_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _CALLER_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return None


class Failures:
    """Turns unexpected errors into problem+json; the traceback goes to the log, never to the caller."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_tracked(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_tracked)
        except ClientDisconnect:
            _log.info("request_cut", method=scope["method"], path=scope["path"])
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            problem = problems.unexpected(error)
            response = problems.respond(problem.reason, Request(scope), headers=problem.headers)
            await response(scope, receive, send)


class BodyLimit:
    """Refuses bodies over 1 MiB: by Content-Length before reading, otherwise as soon as the limit is exceeded."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _content_length(scope) > LARGEST_BODY:
            reason = TOO_LARGE.because("The body exceeds 1 MiB.")
            response = problems.respond(reason, Request(scope), headers={"Connection": "close"})
            await response(scope, receive, send)
            return
        size = 0

        async def receive_limited() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST_BODY:
                raise HTTPException(TOO_LARGE.status, headers={"Connection": "close"})
            return message

        await self._app(scope, receive_limited, send)


class FastPath:
    """Bypasses the router for one busy path: routing would take a third of a message's time."""

    def __init__(self, app: ASGIApp, *, path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint
        self._fast_path = Failures(BodyLimit(self._answer))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == self._path and scope["method"] == "POST":
            await self._fast_path(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._endpoint(request)
        except Problem as problem:
            response = problems.respond(problem.reason, request, headers=problem.headers)
        except HTTPException as refusal:
            response = problems.from_http_error(refusal, request)
        await response(scope, receive, send)


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
