"""Exact Online's OAuth 2: the sign-in address and the token endpoint, with its responses classified."""

from dataclasses import dataclass
from typing import Any

import httpx
from authlib.common.urls import add_params_to_qs
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from pydantic import SecretStr

from app.outbound.exchange import exchange

DEADLINE = 60.0  # seconds for a whole exchange
LARGEST_RESPONSE = 1_000_000  # bytes
# An access token of Exact is valid for ten minutes, whatever its response says or leaves out.
LIFETIME = 600  # seconds


class TokenError(Exception):
    """The token endpoint returned no tokens; the subclass says why."""


class TooEarly(TokenError):
    """Exact refuses a refresh before 570 s: the access token is still valid."""


class ChainLost(TokenError):
    """The refresh token is spent, expired or revoked: only a new sign-in helps."""


class Refused(TokenError):
    """Exact refuses the code or the refresh token in other words; repeated, that means the same as `ChainLost`."""


class AppRefused(Refused):
    """Exact does not accept our app or the request itself, whatever the token."""


class Unknown(TokenError):
    """No clear response: Exact may have rotated the refresh token anyway."""


@dataclass(frozen=True, kw_only=True)
class TokenPair:
    """An access token, valid for `expires_in` seconds, and the refresh token that replaces every earlier one."""

    access_token: str
    refresh_token: str
    expires_in: int


@dataclass(frozen=True, kw_only=True)
class App:
    """Our app as registered on one Exact host. Tokens are not portable between hosts."""

    host: str
    client_id: str
    client_secret: SecretStr
    redirect_uri: str


# S: a wrong client or request is answered with a bare `invalid_request`; RFC 6749: `invalid_client`.
_OF_THE_APP = ("invalid_request", "invalid_client", "unsupported_grant_type")
_CHAIN_LOST_PHRASES = ("old refresh token", "refresh token expired", "invalid or empty chainid")


def authorization_url(app: App, *, state: str) -> str:
    """Return the sign-in address. Exact documents no PKCE; scopes belong to the app's registration."""
    url: str = prepare_grant_uri(
        f"{app.host}/api/oauth2/auth", app.client_id, "code", app.redirect_uri, state=state, force_login="1"
    )
    return url


async def exchange_code(app: App, code: str, *, http: httpx.AsyncClient) -> TokenPair:
    """Exchange an authorization code (valid once, for three minutes); Exact revokes the user's earlier chain."""
    return await _request_tokens(
        app, prepare_token_request("authorization_code", redirect_uri=app.redirect_uri, code=code), http
    )


async def refresh(app: App, refresh_token: str, *, http: httpx.AsyncClient) -> TokenPair:
    """Rotate the chain with one POST, never repeated: the old refresh token is revoked at once."""
    return await _request_tokens(app, prepare_token_request("refresh_token", refresh_token=refresh_token), http)


async def _request_tokens(app: App, grant: str, http: httpx.AsyncClient) -> TokenPair:
    client = [("client_id", app.client_id), ("client_secret", app.client_secret.get_secret_value())]
    form = add_params_to_qs(grant, client)  # Exact expects the client in the body, not as basic authentication
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        address = f"{app.host}/api/oauth2/token"
        response = await exchange(
            http, "POST", address, most=LARGEST_RESPONSE, within=DEADLINE, content=form, headers=headers
        )
    except httpx.HTTPError as error:
        raise Unknown("Exact did not respond") from error
    return _parse_pair(_expect_tokens(response))


def _parse_pair(response: httpx.Response) -> TokenPair:
    try:
        body = response.json()
        access, refresh = body["access_token"], body["refresh_token"]
    except (KeyError, TypeError, ValueError) as error:
        raise Unknown("the response contains no token pair") from error
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh):
        raise Unknown("the response contains no token pair")
    return TokenPair(access_token=access, refresh_token=refresh, expires_in=_seconds(body.get("expires_in")))


def _seconds(given: object) -> int:
    """Return the lifetime, at most Exact's own; a pair is not lost because its lifetime is missing or unreadable."""
    try:
        seconds = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else LIFETIME
    except (ValueError, OverflowError):
        return LIFETIME
    return int(seconds) if 0 < seconds <= LIFETIME else LIFETIME  # false for NaN


def _expect_tokens(response: httpx.Response) -> httpx.Response:
    """Return a response with tokens; raise `TokenError` otherwise. Exact uses several statuses for the same case."""
    if response.is_success:
        return response
    body = _body(response)
    if response.status_code not in (400, 401, 403) or _is_not_of_the_endpoint(response, body):
        raise Unknown(f"Exact returned status {response.status_code}")
    description = str(body.get("error_description") or "").lower()
    if "TooEarlyToRefresh" in response.headers.get("Reason", "") or "not expired" in description:
        raise TooEarly
    if any(mark in description for mark in _CHAIN_LOST_PHRASES):
        raise ChainLost
    refused = AppRefused if body.get("error") in _OF_THE_APP and not description else Refused
    raise refused(f"Exact returned status {response.status_code}")


def _is_not_of_the_endpoint(response: httpx.Response, body: dict[str, Any]) -> bool:
    """Return whether a gateway (`{"fault": …}`, S) or a page of an edge (V) answered in place of the endpoint."""
    return "fault" in body or "html" in response.headers.get("Content-Type", "").lower()


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
