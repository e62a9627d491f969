"""Signed tokens (JWT) by the rules of RFC 8725: which keys verify, and what a token must say.

Each kind of token has rules of its own, so that one kind is never accepted in place of another.
"""

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

# Asymmetric only: `none` proves nothing, and with a shared secret (HMAC) a public key could sign.
# The library refuses an algorithm that does not fit the key's type, curve or `alg`.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_CURVES = {"EC": ("P-256", "P-384", "P-521"), "OKP": ("Ed25519",)}
_RSA_BITS = range(2048, 16_384 + 1)
_LAST_SECOND = 253_402_300_799  # of the year 9999
# The `typ` of access tokens, or of any token. An issuer may leave it out.
GENERAL_TYPES = frozenset({"jwt", "at+jwt"})


class UnusableKey(Exception):
    """A published key cannot verify tokens; the text says why."""


class WeakKey(UnusableKey):
    """A published key has a size that we do not accept."""


class BadToken(Exception):
    """A token is not valid for this use; the text says why, and quotes nothing of it."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What one kind of token must say. A `typ` in `types` is compared as `type_of` writes it; None allows its absence.

    `exp` is mandatory, `iat` if `issued_within` is set. `leeway` is the tolerated difference between two clocks.
    """

    issuer: str
    audience: str
    types: frozenset[str | None]
    leeway: timedelta
    longest: timedelta
    issued_within: timedelta | None = None


def verifying_key(published: dict[str, Any]) -> Key:
    """Return a key of a JWKS. Raises `UnusableKey` if it is weak, or not for signatures."""
    kind = published.get("kty")
    if kind == "RSA":
        _expect_strong(published)
    elif published.get("crv") not in _CURVES.get(str(kind), ()):
        raise UnusableKey("is neither RSA nor on the curves P-256, P-384, P-521 or Ed25519")
    if published.get("use", "sig") != "sig":
        raise UnusableKey("is not for signatures")
    try:
        return JWKRegistry.import_key(published)
    except (JoseError, ValueError, TypeError, KeyError):
        raise UnusableKey("cannot be parsed") from None


def _expect_strong(published: dict[str, Any]) -> None:
    try:
        bits = int.from_bytes(urlsafe_b64decode(f"{published['n']}===")).bit_length()
    except (ValueError, KeyError):
        raise UnusableKey("cannot be parsed") from None
    if bits not in _RSA_BITS:
        raise WeakKey(f"is RSA with {bits} bits; {_RSA_BITS.start} to {_RSA_BITS.stop - 1} are accepted")


def opened(token: str, keys: KeySet, rules: Rules, *, now: datetime) -> dict[str, Any]:
    """Return the claims of a token that one of the keys signed and that obeys the rules. Raises `BadToken`."""
    try:
        signed = jwt.decode(token, keys, algorithms=_ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
        raise BadToken("The token is not signed by a known key.") from None
    if type_of(signed.header.get("typ")) not in rules.types:
        raise BadToken("The token is of another type.")
    if signed.claims.get("iss") != rules.issuer:
        raise BadToken("The token comes from another issuer.")
    if not _includes(signed.claims.get("aud"), rules.audience):
        raise BadToken("The token is intended for another service.")
    _expect_in_time(signed.claims, rules, now=now.timestamp())
    return signed.claims


def type_of(typ: object) -> str | None:
    """Return a `typ` in the form of `Rules.types`: in lower case and without `application/` (RFC 7515, 4.1.9)."""
    return None if typ is None else str(typ).lower().removeprefix("application/")


def _includes(audience: object, ours: str) -> bool:
    return audience == ours or (isinstance(audience, list) and ours in audience)


def _expect_in_time(claims: dict[str, Any], rules: Rules, *, now: float) -> None:
    leeway, longest = rules.leeway.total_seconds(), rules.longest.total_seconds()
    expires, issued, begins = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or expires + leeway <= now:
        raise BadToken("The token has expired, or does not say when it expires.")
    if expires > now + longest + leeway:
        raise BadToken("The token is valid for too long.")
    if max(issued or 0, begins or 0) > now + leeway:
        raise BadToken("The token is not valid yet.")
    within = rules.issued_within
    if within is not None and (issued is None or issued + within.total_seconds() < now):
        raise BadToken(f"The token was not issued within the last {within.total_seconds() / 60:.0f} minutes.")


def _seconds(claims: dict[str, Any], name: str) -> float | None:
    """Return a time of the token; None if it says none. Raises `BadToken` for a text, NaN, an infinity or a bool."""
    if name not in claims:
        return None
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LAST_SECOND:
        raise BadToken(f"The token's {name} is not a time.")
    return value
