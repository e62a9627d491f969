"""Errors as problem+json (RFC 9457): the published code, a sentence, who has to act and how."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from app import log
from app.errors import Problem
from app.reasons import (
    INTERNAL,
    INVALID_REQUEST,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    TOO_LARGE,
    UNAVAILABLE,
    Kind,
    Reason,
    Who,
)
from app.storage import db, reach

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": "5"}

_log = log.get(__name__)


class ProblemBody(BaseModel):
    """What went wrong, who has to act and how (RFC 9457)."""

    type: str = Field(description="`urn:banqup-exact:problem:` and the code.")
    title: str = Field(description="The kind of error; always the same for a code.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened in this case.")
    code: str = Field(description="The published code; branch on this one.")
    who: Who = Field(description="Who has to act.")
    how: str = Field(description="What to do.")
    instance: str = Field(description="The requested path.")
    request_id: str = Field(description="Quote this ID when you contact support; it is also in `X-Request-Id`.")
    details: dict[str, Any] | None = Field(default=None, description="Details of this case; they differ by code.")


def body(reason: Reason, *, instance: str, request_id: str) -> dict[str, Any]:
    """Return the members of a problem."""
    kind = reason.kind
    return {
        "type": f"urn:banqup-exact:problem:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": reason.sentence,
        "code": kind.code,
        "who": kind.who.value,
        "how": kind.how,
        "instance": instance,
        "request_id": request_id,
        **({"details": reason.details} if reason.details else {}),
    }


def respond(reason: Reason, request: Request, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return the reason as a response."""
    content = body(reason, instance=_address(request), request_id=request.scope.get("request_id", ""))
    return JSONResponse(content, reason.kind.status, headers=headers, media_type=MEDIA_TYPE)


def _address(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or b"/"
    return raw.partition(b"?")[0].decode("ascii", "replace")


def unexpected(error: Exception) -> Problem:
    """Return the problem for an unexpected error, and log it: an unreachable database, or a bug."""
    if db.is_away(error):
        _log.warning("database_away", cause=reach.said(error))
        return Problem(UNAVAILABLE.because("The database does not respond."), headers=RETRY_AFTER)
    _log.error("request_failed", exc_info=error)
    return Problem(INTERNAL.because("The request failed unexpectedly. Our log has the details under the request ID."))


def install(app: FastAPI) -> None:
    """Answer every error of the app as problem+json."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return respond(error.reason, request, headers=error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    """Name the invalid fields without repeating their values."""
    assert isinstance(error, RequestValidationError)
    found = [_field_error(problem) for problem in error.errors()]
    fields = ", ".join(dict.fromkeys(problem["field"] for problem in found))
    broken = any(problem["type"] == "json_invalid" for problem in error.errors())
    sentence = "The body is not valid JSON." if broken else f"Invalid fields: {fields}."
    return respond(INVALID_REQUEST.because(sentence, errors=found), request)


def _field_error(problem: dict[str, Any]) -> dict[str, str]:
    """Return the field and its error; for invalid JSON, the position of the first bad character."""
    if problem["type"] == "json_invalid":
        return {"field": "body", "message": f"is not valid JSON at character {problem['loc'][-1] + 1}"}
    return {"field": ".".join(str(part) for part in problem["loc"]), "message": problem["msg"]}


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return from_http_error(error, request)


def from_http_error(error: HTTPException, request: Request) -> Response:
    """Return the framework's own refusal as a problem."""
    match error.status_code:
        case NOT_FOUND.status:
            reason = NOT_FOUND.because("Nothing exists at this address.")
        case METHOD_NOT_ALLOWED.status:
            allowed = ", ".join(_methods_at(request))
            reason = METHOD_NOT_ALLOWED.because(f"This address accepts {allowed}.")
            return respond(reason, request, headers={"Allow": allowed})
        case TOO_LARGE.status:
            reason = TOO_LARGE.because("The body exceeds 1 MiB.")
        case _:
            reason = INVALID_REQUEST.because("The body is unreadable.")
    return respond(reason, request, headers=error.headers)


def _methods_at(request: Request) -> list[str]:
    """Return the methods allowed at this address, over all its routes."""
    routes = request.app.router.routes
    return [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches(dict(request.scope) | {"method": method})[0] is Match.FULL for route in routes)
    ]


def documented(*kinds: Kind, **examples: Reason) -> dict[int | str, dict[str, Any]]:
    """Return an operation's errors for OpenAPI, by status, with an example for each code."""
    reasons = [*(kind.because(f"{kind.title}.") for kind in kinds), *examples.values()]
    by_status: dict[int | str, list[Reason]] = {}
    for reason in reasons:
        by_status.setdefault(reason.kind.status, []).append(reason)
    return {status: _documented(reasons) for status, reasons in sorted(by_status.items(), key=lambda item: item[0])}


def _documented(reasons: list[Reason]) -> dict[str, Any]:
    example = {"instance": "/v1/installations", "request_id": "5f0c1a52f7a94b3f8d7c1f1f0b7f3f11"}
    return {
        "description": "; ".join(f"`{reason.kind.code}`: {reason.kind.title}" for reason in reasons),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {reason.kind.code: {"value": body(reason, **example)} for reason in reasons},
            }
        },
    }
