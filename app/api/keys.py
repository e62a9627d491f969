"""An issuer's public keys (JWKS), cached and fetched again when a token names an unknown key."""

import asyncio
import json
from base64 import urlsafe_b64decode
from time import monotonic

import httpx
from joserfc.jwk import Key, KeySet

from app import log
from app.errors import Problem
from app.outbound.exchange import exchange
from app.reasons import UNAVAILABLE
from app.signed_tokens import UnusableKey, verifying_key

# Minimum seconds between fetches: anyone can send tokens that name unknown keys.
_MINIMUM_INTERVAL = 15.0
# Seconds to trust cached keys: a key withdrawn by the issuer must not stay valid for long.
_CACHED_FOR = 600.0
_DEADLINE = 5.0  # seconds
_LARGEST = 1_000_000  # bytes of a key set

_log = log.get(__name__)


class KeySource:
    """The keys at one URL."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._http = http
        self._keys: KeySet | None = None
        self._names: frozenset[str] = frozenset()
        self._fetched_at = self._requested_at = float("-inf")
        self._lock = asyncio.Lock()

    async def keys_for(self, token: str) -> KeySet:
        """Return the issuer's keys, fetched again if the token needs it.

        Raises `Problem` (503) if the issuer has never responded.
        """
        if not self._is_current_for(token):
            async with self._lock:
                if not self._is_current_for(token):
                    await self._refresh()
        if self._keys is None:
            raise Problem(UNAVAILABLE.because("The issuer's keys are unavailable."), headers={"Retry-After": "15"})
        return self._keys

    def _is_current_for(self, token: str) -> bool:
        now = monotonic()
        if now - self._requested_at < _MINIMUM_INTERVAL:
            return True
        name = _key_named_in(token)
        return now - self._fetched_at < _CACHED_FOR and (name is None or name in self._names)

    async def _refresh(self) -> None:
        self._requested_at = monotonic()
        try:
            keys = await fetch(self._url, self._http)
        except (httpx.HTTPError, ValueError) as error:
            _log.warning("issuer_keys_not_read", url=self._url, failure=type(error).__name__)
            return
        self._keys = KeySet(keys)
        self._names = frozenset(key.kid for key in keys if key.kid)
        self._fetched_at = self._requested_at


async def fetch(url: str, http: httpx.AsyncClient) -> list[Key]:
    """Return the usable keys at this URL; raise `httpx.HTTPError`, or `ValueError` if there is no JWKS."""
    keys, unusable = await read(url, http)
    for kid, error in unusable:
        _log.warning("issuer_key_not_used", kid=kid, cause=str(error))
    return keys


async def read(url: str, http: httpx.AsyncClient) -> tuple[list[Key], list[tuple[str, UnusableKey]]]:
    """Return the usable keys at this URL, and the IDs of the others with what is wrong with each. Raises as `fetch`."""
    answer = await exchange(http, "GET", url, most=_LARGEST, within=_DEADLINE, headers={"Accept": "application/json"})
    document = answer.raise_for_status().json()
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a key set")
    keys: list[Key] = []
    unusable: list[tuple[str, UnusableKey]] = []
    for entry in listed:
        if isinstance(entry, dict):
            try:
                keys.append(verifying_key(entry))
            except UnusableKey as error:
                unusable.append((str(entry.get("kid")), error))
    return keys, unusable


def _key_named_in(token: str) -> str | None:
    """Return the `kid` of an unverified token; None if it has none or is not a token."""
    head = token.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return None
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) else None
