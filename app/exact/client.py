"""Exact Online's REST client: one paced call at a time, with responses parsed and errors classified.

What an answer means is decided in `app.exact.answers`; here it becomes a record, rows or an `Outcome`.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx

from app.clock import Clock
from app.errors import TryLater
from app.exact import answers, limits, users
from app.exact.answers import Answer, Meaning
from app.exact.limits import Limits
from app.exact.refusals import PROBE_AFTER, refusal
from app.exact.users import ExactUser
from app.outbound.exchange import exchange
from app.reasons import EXACT_EDGE_REFUSES, EXACT_UNAVAILABLE, RATE_LIMIT, Reason

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
DEADLINE = 90.0  # seconds for a whole exchange
LARGEST_RESPONSE = 20_000_000  # bytes; a page of 1,000 rows has a tenth of that
MOST_ROWS = 100_000
_PIECE = 65_536  # bytes
_COUNTED = frozenset({400, 401, 403, 404})


class OutcomeUnknown(TryLater):
    """A POST without a clear response: Exact may have stored it. Search before posting again.

    `limited` if the failure is probably due to this one document, so that it is not posted for ever.
    """

    def __init__(
        self, reason: Reason, *, until: datetime | None = None, limited: bool = False, lane: bool = True
    ) -> None:
        super().__init__(reason, until=until, lane=lane, aside=limited)
        self.limited = limited


class Unauthorized(Exception):
    """The access token is expired, superseded or unknown; Exact did nothing."""


@dataclass(frozen=True, kw_only=True)
class Minute:
    """A company's calls in the present minute: those allowed, those made, and when it ends."""

    limit: int
    used: int
    ends: datetime


class Pace(Protocol):
    """Counts the calls to one company."""

    @property
    def minute(self) -> Minute | None:
        """The present minute as of the last call; None before the first."""

    async def before(self, endpoint: str) -> None:
        """Raise an `Outcome` if no call is allowed now."""

    def while_sending(self) -> None:
        """Raise if the caller may no longer send: called before each piece of a body."""

    async def after(self, endpoint: str, seen: Limits, *, counted_error: bool) -> None:
        """Record a response."""


class AccessToken(Protocol):
    """Provides the access token of one Exact user."""

    async def current(self) -> str:
        """Return a valid access token."""

    async def renew(self, refused: str) -> str:
        """Return another token after Exact refused this one; raise an `Outcome` otherwise."""


class NoPace:
    """Allows every call: for calls outside a company's limits, and the few a user is waiting for."""

    minute = None

    async def before(self, endpoint: str) -> None:
        """Allow the call."""

    def while_sending(self) -> None:
        """Allow it."""

    async def after(self, endpoint: str, seen: Limits, *, counted_error: bool) -> None:
        """Count nothing."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some rows of a list, and the address of the page that follows."""

    rows: list[dict[str, Any]]
    following: str | None


class Exact:
    """The REST API as seen by one user; `division` is the company's key in URLs."""

    def __init__(self, http: httpx.AsyncClient, host: str, *, token: AccessToken, pace: Pace, clock: Clock) -> None:
        self._http = http
        self._base = f"{host}/api/v1"
        self._token = token
        self.pace = pace
        self._clock = clock

    async def me(self) -> ExactUser:
        """Return the signed-in user. This call does not count towards the limits."""
        rows, _ = _rows(await self._send("GET", "current/Me", "current/Me", params={"$select": users.FIELDS}))
        try:
            return users.parse(rows[0])
        except (IndexError, ValueError):
            raise TryLater(EXACT_UNAVAILABLE.because("Exact did not identify the signed-in user.")) from None

    async def get(
        self, division: int, endpoint: str, *, arguments: Mapping[str, str] | None = None, **options: str
    ) -> list[dict[str, Any]]:
        """Return all rows of a query, across its pages."""
        page = await self.page(division, endpoint, arguments=arguments, **options)
        rows = page.rows
        while page.following:
            page = await self.follow(page.following, endpoint)
            rows = [*rows, *page.rows]
            if len(rows) > MOST_ROWS:
                raise TryLater(EXACT_UNAVAILABLE.because(f"Exact's answer to {endpoint} has too many rows."))
        return rows

    async def page(
        self, division: int, endpoint: str, *, arguments: Mapping[str, str] | None = None, **options: str
    ) -> Page:
        """Return the first page of a query: 60 rows, or 1,000 of a bulk endpoint.

        `options` are OData's, such as `filter` and `select`; `arguments` are the endpoint's own.
        """
        query = {**(arguments or {}), **{f"${name}": value for name, value in options.items()}}
        return self._page(await self._send("GET", f"{division}/{endpoint}", endpoint, params=query))

    async def follow(self, address: str, endpoint: str) -> Page:
        """Return the page at the address that an earlier page named as the following one."""
        return self._page(await self._send("GET", address, endpoint))

    def _page(self, data: Any) -> Page:
        rows, following = _rows(data)
        return Page(rows=rows, following=self._next_page(following))

    def _next_page(self, address: str | None) -> str | None:
        """Return the path of the next page; raise `TryLater` for an address elsewhere, which must not see our token."""
        if not address:
            return None
        if not address.startswith(f"{self._base}/"):
            raise TryLater(EXACT_UNAVAILABLE.because("Exact named a next page outside its API."))
        return address.removeprefix(f"{self._base}/")

    async def post(self, division: int, endpoint: str, entity: dict[str, Any]) -> dict[str, Any]:
        """Create an entity and return it in full; raise `OutcomeUnknown` if Exact may have stored it."""
        body = json.dumps(entity, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        return _record(await self._send("POST", f"{division}/{endpoint}", endpoint, body=body))

    async def _send(self, method: str, path: str, endpoint: str, **content: Any) -> Any:
        token = await self._token.current()
        try:
            return await self._send_once(method, path, endpoint, token=token, **content)
        except Unauthorized:
            token = await self._token.renew(token)
        try:
            return await self._send_once(method, path, endpoint, token=token, **content)
        except Unauthorized:
            raise TryLater(EXACT_UNAVAILABLE.because("Exact rejected a token it has just issued.")) from None

    async def _send_once(
        self, method: str, path: str, endpoint: str, *, token: str, body: bytes | None = None, **content: Any
    ) -> Any:
        await self.pace.before(endpoint)
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Prefer": "return=representation"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
            content["content"] = self._pieces(body)
        url = f"{self._base}/{path}"
        response = await _exchange(
            lambda: exchange(
                self._http, method, url, most=LARGEST_RESPONSE, within=DEADLINE, headers=headers, **content
            ),
            method,
        )
        answer = answers.read(response.status_code, response.headers, response.content)
        seen = limits.read(response.headers, now=self._clock.now())
        await self.pace.after(endpoint, seen, counted_error=response.status_code in _COUNTED)
        return self._data(answer, method, seen)

    async def _pieces(self, body: bytes) -> AsyncIterator[bytes]:
        """Yield the body as long as sending is allowed: without its end, Exact stores nothing."""
        for start in range(0, len(body), _PIECE):
            self.pace.while_sending()
            yield body[start : start + _PIECE]

    def _data(self, answer: Answer, method: str, seen: Limits) -> Any:
        """Return the data of an answer; raise what any other answer means."""
        match answer.meaning:
            case Meaning.RECORD:
                return answer.data
            case Meaning.LIMIT:
                raise self._rate_limited(seen)
            case Meaning.UNAUTHORIZED:
                raise Unauthorized
            case Meaning.OUTAGE | Meaning.FAULT:
                raise _unclear(answer, method, until=self._until(answer, seen))
            case _:
                raise refusal(answer, now=self._clock.now())

    def _until(self, answer: Answer, seen: Limits) -> datetime | None:
        """Return when to try again, if that is not a matter of backoff: errors that Exact counts come rarely."""
        if answer.status in _COUNTED:
            return max(self._clock.now() + PROBE_AFTER, seen.retry_at or self._clock.now())
        return seen.retry_at

    def _rate_limited(self, seen: Limits) -> TryLater:
        window = seen.hit()
        until = window.ends if window else seen.retry_at or self._clock.now() + limits.ERROR_BLOCK
        return TryLater(
            RATE_LIMIT.because("This company's limit of calls to Exact is reached."),
            until=max(until, seen.retry_at or until),
            lane=True,
        )


async def _exchange(call: Callable[[], Awaitable[httpx.Response]], method: str) -> httpx.Response:
    try:
        return await call()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:  # nothing was sent
        raise TryLater(EXACT_UNAVAILABLE.because("Exact Online is unreachable."), lane=True) from error
    except httpx.HTTPError as error:
        raise _transient(method, EXACT_UNAVAILABLE.because("Exact Online did not respond.")) from error


def _transient(method: str, reason: Reason, *, until: datetime | None = None) -> TryLater:
    if method == "POST":
        return OutcomeUnknown(reason, until=until)
    return TryLater(reason, until=until, lane=True)


def _unclear(answer: Answer, method: str, *, until: datetime | None) -> TryLater:
    """Return the outcome of an answer that does not say what Exact did."""
    if answer.status == httpx.codes.FORBIDDEN:
        sentence = "A page of the edge in front of Exact Online refuses our calls."
        return _transient(method, EXACT_EDGE_REFUSES.because(sentence), until=until)
    what = f"Exact says: {answer.message}" if answer.message else "The body is not readable."
    reason = EXACT_UNAVAILABLE.because(f"Exact failed with status {answer.status}. {what}")
    if method == "POST" and answer.meaning is Meaning.FAULT:
        return OutcomeUnknown(reason, until=until, limited=True, lane=answer.status not in _COUNTED)
    return _transient(method, reason, until=until)


def _rows(data: Any) -> tuple[list[dict[str, Any]], str | None]:
    """Return the rows in the data of an answer to a GET, and the address of the next page.

    Raises `TryLater` for data without rows or a record: taken for an empty list, it would cause a second post.
    """
    rows: Any = data
    following: str | None = None
    match data:
        case {"results": rows}:
            following = data.get("__next")
        case dict():
            rows = [data]
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row for row in rows):
        raise TryLater(EXACT_UNAVAILABLE.because("Exact's answer contains neither rows nor a record."), lane=True)
    return rows, following


def _record(data: Any) -> dict[str, Any]:
    """Return the record in the data of an answer to a POST. Raises `OutcomeUnknown` without one."""
    match data:
        case {"results": [dict(record), *_]} | [dict(record), *_] if record:
            return record
        case dict(record) if record and "results" not in record:
            return record
    raise OutcomeUnknown(EXACT_UNAVAILABLE.because("Exact answered with success, but without a record."), limited=True)
