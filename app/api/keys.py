"""The public keys of an issuer (JWKS): fetched once, kept, and fetched again when a token names a key that is new."""

import asyncio
import json
from base64 import urlsafe_b64decode
from time import monotonic
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from app import log
from app.errors import Problem
from app.reasons import UNAVAILABLE

# Only signatures that need no secret shared with the issuer; `none` and HMAC are never accepted.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_KINDS = ("RSA", "EC", "OKP")
# A token with an unknown key, of which anybody can send many, makes us ask the issuer at most this often, in seconds.
_ASKED_AGAIN_AFTER = 15.0
# So that a key that the issuer withdrew is not trusted for long, in seconds.
_KEPT_FOR = 600.0
_TIMEOUT = 5.0

_log = log.get(__name__)


class KeySource:
    """The keys behind one URL."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._http = http
        self._keys: KeySet | None = None
        self._names: frozenset[str] = frozenset()
        self._fetched_at = self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def keys_for(self, token: str) -> KeySet:
        """The keys that are known, after a look at the issuer's where the token needs one.

        Raises `Problem` (503) where the issuer has never answered.
        """
        if not self._are_fresh_for(token):
            async with self._lock:
                if not self._are_fresh_for(token):
                    await self._refresh()
        if self._keys is None:
            raise Problem(UNAVAILABLE.because("The issuer's keys cannot be read."), headers={"Retry-After": "15"})
        return self._keys

    def _are_fresh_for(self, token: str) -> bool:
        now = monotonic()
        if now - self._asked_at < _ASKED_AGAIN_AFTER:
            return True
        name = _key_named_in(token)
        return now - self._fetched_at < _KEPT_FOR and (name is None or name in self._names)

    async def _refresh(self) -> None:
        self._asked_at = monotonic()
        try:
            answer = await self._http.get(self._url, headers={"accept": "application/json"}, timeout=_TIMEOUT)
            keys = _usable(answer.raise_for_status().json())
        except (httpx.HTTPError, ValueError) as error:
            _log.warning("issuer_keys_not_read", url=self._url, failure=type(error).__name__)
            return
        self._keys = KeySet(keys)
        self._names = frozenset(key.kid for key in keys if key.kid)
        self._fetched_at = self._asked_at


def _usable(document: Any) -> list[Key]:
    """The asymmetric keys of a JWKS; one that cannot be read does not spoil the others."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a key set")
    keys = []
    for entry in listed:
        if isinstance(entry, dict) and entry.get("kty") in _KINDS:
            try:
                keys.append(JWKRegistry.import_key(entry))
            except (JoseError, ValueError, TypeError, KeyError):
                _log.warning("issuer_key_not_understood", kid=str(entry.get("kid")))
    return keys


def _key_named_in(token: str) -> str | None:
    """The `kid` of a token that nobody has verified yet; None where it names none or is no token."""
    head = token.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return None
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) else None
