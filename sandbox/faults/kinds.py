"""Every kind of fault, with its effect on the wire."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from starlette.types import Message

from sandbox.faults.exchange import Exchange
from sandbox.faults.place import Place

Params = Mapping[str, Any]
Wire = Callable[[Exchange, Params], Awaitable[None]]

BOTH, EXACT, BANQUP = frozenset({"exact", "banqup"}), frozenset({"exact"}), frozenset({"banqup"})
_HTML = "text/html; charset=utf-8"
_JSON = "application/json"
_MAINTENANCE = b"<html><head><title>Maintenance</title></head><body><h1>Service unavailable</h1></body></html>"
_PORTAL = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>"
_OWN_FAULT = "A problem has occurred. The cause of this issue will be investigated as soon as possible."
_AMBIGUOUS = {"effect": "none"}  # "done": it took effect although the response says otherwise


def _anywhere(_: Place) -> bool:
    return True


def _in_a_company(place: Place) -> bool:
    return place.tenant is not None


def _reading(place: Place) -> bool:
    return place.tenant is not None and place.method == "GET"


def _creating(place: Place) -> bool:
    return place.tenant is not None and place.method == "POST"


def _changing(place: Place) -> bool:
    return place.tenant is not None and place.method != "GET"


def _at_the_token_endpoint(place: Place) -> bool:
    return place.endpoint == "oauth2/token"


def _at_consent(place: Place) -> bool:
    return place.endpoint == "oauth2/auth" and place.method == "POST"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault, on the wire (the middleware injects it) or inside (the server's code reads it)."""

    name: str
    servers: frozenset[str]
    does: str
    wire: Wire | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    fits: Callable[[Place], bool] = _anywhere


def answering(status: int, body: bytes, content_type: str | None, headers: Mapping[str, str] | None = None) -> Wire:
    """Return a fault that sends a fixed response, after the request took effect (`effect` is `done`) or instead."""

    async def wire(exchange: Exchange, params: Params) -> None:
        if params.get("effect") == "done":
            await exchange.capture()
        await exchange.answer(status, body, content_type=content_type, headers=headers or {})

    return wire


async def _created_without_record(exchange: Exchange, params: Params) -> None:
    if params.get("effect") == "done":
        await exchange.capture()
    await exchange.answer(201, str(params["body"]).encode(), content_type=_JSON, headers={})


async def _own_fault(exchange: Exchange, params: Params) -> None:
    if params.get("effect") == "done":
        await exchange.capture()
    body = json.dumps({"error": {"code": "", "message": {"lang": "", "value": params["message"]}}}).encode()
    await exchange.answer(500, body, content_type=_JSON, headers={})


async def _token_refused(exchange: Exchange, params: Params) -> None:
    body = str(params["body"]).encode()
    await exchange.answer(params["status"], body, content_type=str(params["type"]), headers={})


async def _busy(exchange: Exchange, params: Params) -> None:
    await exchange.answer(503, b"", content_type=None, headers={"retry-after": str(params["seconds"])})


def _banqup_error(status: int, error: str, detail: str) -> bytes:
    body = {"status": status, "error": error, "title": error, "detail": detail, "timestamp": "2026-01-29T10:15:30.123Z"}
    return json.dumps(body).encode()


async def _lost_answer(exchange: Exchange, _: Params) -> None:
    await exchange.capture()
    await exchange.reset()


async def _reset_before(exchange: Exchange, _: Params) -> None:
    await exchange.reset()


async def _reset_mid_body(exchange: Exchange, _: Params) -> None:
    start, body = await exchange.capture()
    content = body["body"]
    await exchange.send(_with_length(start, len(content)))
    await exchange.send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
    await exchange.pause(0.01)
    await exchange.reset()


async def _slow_headers(exchange: Exchange, params: Params) -> None:
    start, body = await exchange.capture()
    await exchange.pause(params["seconds"])
    await exchange.send(start)
    await exchange.send(body)


async def _slow_body(exchange: Exchange, params: Params) -> None:
    start, body = await exchange.capture()
    content, steps = body["body"], 8
    size = max(1, -(-len(content) // steps))
    await exchange.send(_with_length(start, len(content)))
    for at in range(0, len(content), size):
        await exchange.pause(params["seconds"] / steps)
        await exchange.send({"type": "http.response.body", "body": content[at : at + size], "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})


async def _clock_skew(exchange: Exchange, params: Params) -> None:
    start, body = await exchange.capture()
    headers = [(name, _shifted(name, value, params["seconds"])) for name, value in start["headers"]]
    await exchange.send({**start, "headers": headers})
    await exchange.send(body)


def _shifted(name: bytes, value: bytes, seconds: float) -> bytes:
    if name.endswith(b"-reset"):
        return str(int(value) + int(seconds * 1000)).encode()
    if name == b"date":
        moment = parsedate_to_datetime(value.decode()) + timedelta(seconds=seconds)
        return format_datetime(moment, usegmt=True).encode()
    return value


def _with_length(start: Message, length: int) -> Message:
    headers = [(k, v) for k, v in start["headers"] if k != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", str(length).encode())]}


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("lost_answer", BOTH, "the request takes effect, then the connection is reset", _lost_answer),
        Kind("reset_before", BOTH, "the connection is reset before anything happens", _reset_before),
        Kind("reset_mid_body", BOTH, "the request takes effect, then a reset after half of the body", _reset_mid_body),
        Kind(
            "slow_headers",
            BOTH,
            "the request takes effect at once, the response is late",
            _slow_headers,
            {"seconds": 5.0},
        ),
        Kind(
            "slow_body", BOTH, "the request takes effect at once, the body arrives slowly", _slow_body, {"seconds": 5.0}
        ),
        Kind("timeout_408", BOTH, "408 with an empty body", answering(408, b"", None), _AMBIGUOUS),
        Kind(
            "server_error_500",
            BOTH,
            "500 without a readable body",
            answering(500, b"Internal Server Error", "text/plain"),
            _AMBIGUOUS,
        ),
        Kind("html_503", BOTH, "503 with an HTML page", answering(503, _MAINTENANCE, _HTML), _AMBIGUOUS),
        Kind("empty_599", BOTH, "599 with an empty body", answering(599, b"", None), _AMBIGUOUS),
        Kind("html_200", BOTH, "200 with an HTML page instead of JSON", answering(200, _PORTAL, _HTML), _AMBIGUOUS),
        Kind(
            "garbage",
            BOTH,
            "200 with JSON that does not parse",
            answering(200, b'{"d":{"resu\xff\x00', _JSON),
            _AMBIGUOUS,
        ),
        Kind(
            "created_without_record",
            EXACT,
            "201 with a body that holds no record: `null`, `[]` or `results` without rows",
            _created_without_record,
            {"effect": "done", "body": '{"d":null}'},
            _creating,
        ),
        Kind(
            "own_fault_500",
            EXACT,
            "500 with Exact's own body about a failure of its own, or with an empty message",
            _own_fault,
            {"effect": "none", "message": _OWN_FAULT},
            _in_a_company,
        ),
        Kind(
            "redirect_302",
            EXACT,
            "302 to a sign-in page",
            answering(302, b"", None, {"location": "/docs/Login.aspx"}),
            _AMBIGUOUS,
            _in_a_company,
        ),
        Kind("locked_423", EXACT, "423 with an empty body", answering(423, b"", None), _AMBIGUOUS, _in_a_company),
        Kind("too_early_425", EXACT, "425 with an empty body", answering(425, b"", None), _AMBIGUOUS, _in_a_company),
        Kind("html_400", EXACT, "400 with an HTML page", answering(400, _PORTAL, _HTML), _AMBIGUOUS, _in_a_company),
        Kind(
            "html_403",
            EXACT,
            "403 with an HTML page of the edge in front of Exact",
            answering(403, _PORTAL, _HTML),
            _AMBIGUOUS,
            _in_a_company,
        ),
        Kind(
            "busy_503",
            EXACT,
            "503 with Retry-After",
            _busy,
            {"seconds": 120},
            _in_a_company,
        ),
        Kind("clock_skew", BOTH, "times in the headers shifted by seconds", _clock_skew, {"seconds": 90.0}),
        Kind("unauthorized_401", BOTH, "401 although the token is valid"),
        Kind("not_found_404", BOTH, "404 although it is there"),
        Kind(
            "limit_429",
            BANQUP,
            "429 with Retry-After",
            answering(429, _banqup_error(429, "Too Many Requests", "Rate limit exceeded"), _JSON, {"retry-after": "1"}),
        ),
        Kind(
            "empty_data",
            BANQUP,
            "200 with empty data, as without a grant",
            answering(200, b"{}", _JSON),
            fits=_in_a_company,
        ),
        Kind(
            "exact_error_500",
            EXACT,
            "500 with an Exact error body: a functional refusal",
            params={"message": None},
            fits=_changing,
        ),
        Kind("null_id", EXACT, "the created entity has a null ID; its metadata still names it", fits=_creating),
        Kind(
            "search_lag",
            EXACT,
            "searches find the created entity only later",
            params={"seconds": 5.0},
            fits=_creating,
        ),
        Kind(
            "forbidden_403",
            EXACT,
            "403, by reason: scope, right, module, company, division_scope, or a code for the `Reason` header",
            params={"reason": "right"},
            fits=_in_a_company,
        ),
        Kind("mandatory_filter", EXACT, "400: mandatory filtering applied to this endpoint", fits=_reading),
        Kind("minute_limit", EXACT, "429 with the headers of the minute only", fits=_in_a_company),
        Kind("day_limit", EXACT, "429 with the headers of the day only", fits=_in_a_company),
        Kind("error_limit", EXACT, "the error block: 429 without headers", fits=_in_a_company),
        Kind(
            "too_early",
            EXACT,
            "the refresh is refused as too early",
            params={"status": 400},
            fits=_at_the_token_endpoint,
        ),
        Kind(
            "old_token",
            EXACT,
            "the chain is revoked: old refresh token used",
            params={"status": 401},
            fits=_at_the_token_endpoint,
        ),
        Kind(
            "expired_refresh_token",
            EXACT,
            "the refresh token has expired",
            params={"status": 400},
            fits=_at_the_token_endpoint,
        ),
        Kind(
            "token_refused",
            EXACT,
            "the refresh is refused in the given words",
            _token_refused,
            {"status": 400, "body": '{"error":"invalid_grant"}', "type": _JSON},
            _at_the_token_endpoint,
        ),
        Kind(
            "supersede_at",
            EXACT,
            "on oauth2/auth: when this sign-in revokes the old chain",
            params={"moment": "exchange"},
            fits=_at_consent,
        ),
        Kind(
            "right_lost",
            EXACT,
            "the user may not open this company for a while",
            params={"seconds": 60.0},
            fits=_in_a_company,
        ),
        Kind(
            "company_archived",
            EXACT,
            "the company is archived for a while",
            params={"seconds": 60.0},
            fits=_in_a_company,
        ),
        Kind(
            "company_blocked", EXACT, "the company is blocked for a while", params={"seconds": 60.0}, fits=_in_a_company
        ),
        Kind(
            "company_moved",
            EXACT,
            "the company cannot be reached for a while",
            params={"seconds": 60.0},
            fits=_in_a_company,
        ),
    )
}
