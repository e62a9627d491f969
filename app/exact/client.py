"""Exact Online's REST client: one paced call at a time, with responses parsed and errors classified.

Errors are classified by status, never by text: Exact writes its messages in the user's language.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx

from app.clock import Clock
from app.errors import Outcome, Rejected, TryLater
from app.exact import limits, users
from app.exact.limits import Limits
from app.exact.users import ExactUser
from app.outbound.exchange import exchange
from app.reasons import COMPANY_GONE, EXACT_FORBIDS, EXACT_REFUSED, EXACT_SCOPE, EXACT_UNAVAILABLE, RATE_LIMIT

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
DEADLINE = 90.0  # seconds for a whole exchange
LARGEST_RESPONSE = 20_000_000  # bytes; a page of 1,000 rows has a tenth of that
MOST_ROWS = 100_000
# People restore rights and companies, so we probe; three probes an hour stay far below Exact's error limit.
PROBE_AFTER = timedelta(minutes=20)
_PIECE = 65_536  # bytes
_COUNTED = frozenset({400, 401, 403, 404})
_UNCLEAR = frozenset({408, 599})


class OutcomeUnknown(TryLater):
    """A POST without a clear response: Exact may have stored it. Search before posting again."""


class Unauthorized(Exception):
    """The access token is expired, superseded or unknown; Exact did nothing."""


class Pace(Protocol):
    """Counts the calls to one company."""

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

    async def before(self, endpoint: str) -> None:
        """Allow the call."""

    def while_sending(self) -> None:
        """Allow it."""

    async def after(self, endpoint: str, seen: Limits, *, counted_error: bool) -> None:
        """Count nothing."""


class Exact:
    """The REST API as seen by one user; `division` is the company's key in URLs."""

    def __init__(self, http: httpx.AsyncClient, host: str, *, token: AccessToken, pace: Pace, clock: Clock) -> None:
        self._http = http
        self._base = f"{host}/api/v1"
        self._token = token
        self._pace = pace
        self._clock = clock

    async def me(self) -> ExactUser:
        """Return the signed-in user. This call does not count towards the limits."""
        row = _first(await self._send("GET", "current/Me", "current/Me", params={"$select": users.FIELDS}))
        try:
            return users.parse(row)
        except ValueError:
            raise TryLater(EXACT_UNAVAILABLE.because("Exact did not identify the signed-in user.")) from None

    async def get(self, division: int, endpoint: str, **params: str) -> list[dict[str, Any]]:
        """Return all rows of a query, across its pages of 60 rows."""
        rows: list[dict[str, Any]] = []
        url: str | None = f"{division}/{endpoint}"
        query: dict[str, str] | None = {f"${name}": value for name, value in params.items()}
        while url:
            body = await self._send("GET", url, endpoint, params=query)
            page, following = _rows(body)
            rows += page
            if len(rows) > MOST_ROWS:
                raise TryLater(EXACT_UNAVAILABLE.because(f"Exact's answer to {endpoint} has too many rows."))
            url, query = self._next_page(following), None
        return rows

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
        return _first(await self._send("POST", f"{division}/{endpoint}", endpoint, body=body))

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
        await self._pace.before(endpoint)
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
        seen = limits.read(response.headers, now=self._clock.now())
        await self._pace.after(endpoint, seen, counted_error=response.status_code in _COUNTED)
        return self._parse(response, method, seen)

    async def _pieces(self, body: bytes) -> AsyncIterator[bytes]:
        """Yield the body as long as sending is allowed: without its end, Exact stores nothing."""
        for start in range(0, len(body), _PIECE):
            self._pace.while_sending()
            yield body[start : start + _PIECE]

    def _parse(self, response: httpx.Response, method: str, seen: Limits) -> Any:
        status, body = response.status_code, _json(response)
        if response.is_success and isinstance(body, dict) and "d" in body:
            return body["d"]
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise self._rate_limited(seen)
        if status == httpx.codes.UNAUTHORIZED:
            raise Unauthorized
        said = exact_message(body)
        functional = status == httpx.codes.INTERNAL_SERVER_ERROR and said is not None  # "Ongeldig: …", "Verplicht: …"
        if functional or (status < 500 and status not in _UNCLEAR and not response.is_success):
            raise _refusal(status, said, now=self._clock.now())
        raise _transient(method, f"Exact returned status {status} without a readable body.")

    def _rate_limited(self, seen: Limits) -> TryLater:
        window = seen.hit()
        until = window.ends if window else self._clock.now() + limits.ERROR_BLOCK
        return TryLater(
            RATE_LIMIT.because("This company's limit of calls to Exact is reached."), until=until, lane=True
        )


async def _exchange(call: Callable[[], Awaitable[httpx.Response]], method: str) -> httpx.Response:
    try:
        return await call()
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:  # nothing was sent
        raise TryLater(EXACT_UNAVAILABLE.because("Exact Online is unreachable."), lane=True) from error
    except httpx.HTTPError as error:
        raise _transient(method, "Exact Online did not respond.") from error


def _transient(method: str, sentence: str) -> TryLater:
    kind = OutcomeUnknown if method == "POST" else TryLater
    return kind(EXACT_UNAVAILABLE.because(sentence), lane=True)


def _refusal(status: int, said: str | None, *, now: datetime) -> Outcome:
    """Return the outcome of a clear refusal: of this document, or of everything for this company."""
    quote = f" Exact says: {said}" if said else ""
    if status == httpx.codes.FORBIDDEN and said and "scope" in said.lower():
        reason = EXACT_SCOPE.because(f"Our app lacks a scope in Exact.{quote}")
    elif status == httpx.codes.FORBIDDEN:
        reason = EXACT_FORBIDS.because(f"The Exact user lacks the right to do this in this company.{quote}")
    elif status == httpx.codes.NOT_FOUND:
        reason = COMPANY_GONE.because(f"Exact cannot find the company.{quote}")
    else:
        return Rejected(EXACT_REFUSED.because(f"Exact Online refused the document.{quote}", status=status))
    return TryLater(reason, until=now + PROBE_AFTER, lane=True)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def exact_message(body: Any) -> str | None:
    """Return the text of an Exact error body; None if the body is not one."""
    match body:
        case {"error": {"message": {"value": str(text)}}} | {"error": {"message": str(text)}}:
            return text.strip()
    return None


def _rows(body: Any) -> tuple[list[dict[str, Any]], str | None]:
    match body:
        case {"results": list(rows)}:
            return rows, body.get("__next")
        case list(rows):
            return rows, None
    return [body], None


def _first(body: Any) -> dict[str, Any]:
    rows, _ = _rows(body)
    if not rows or not isinstance(rows[0], dict):
        raise TryLater(EXACT_UNAVAILABLE.because("Exact's response contains no record."))
    return rows[0]
