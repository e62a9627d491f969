"""Message authentication without I/O: Standard Webhooks (HMAC of the raw bytes) or a JWT signed by Banqup."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

TOLERANCE = timedelta(minutes=5)
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]


class BadSignature(Exception):
    """The message is not from Banqup or too old; the text says which, and reveals no content."""


def verify_standard(headers: Mapping[str, str], body: bytes, *, keys: Sequence[bytes], now: datetime) -> None:
    """Verify Standard Webhooks headers over the raw body; one of several signatures suffices. Raises `BadSignature`."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not (message_id and timestamp and signatures):
        raise BadSignature("The headers webhook-id, webhook-timestamp and webhook-signature are required.")
    _expect_recent(timestamp, now=now)
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in keys]
    given = [part.removeprefix("v1,").encode() for part in signatures.split(" ") if part.startswith("v1,")]
    if not any(hmac.compare_digest(one, other) for one in expected for other in given):
        raise BadSignature("No signature matches the body.")


def _expect_recent(timestamp: str, *, now: datetime) -> None:
    # Digits only: int() also accepts signs, spaces and underscores.
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise BadSignature("The header webhook-timestamp is not a Unix time in seconds.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature("The timestamp is more than five minutes off.")


def verify_jwt(headers: Mapping[str, str], body: bytes, *, keys: KeySet, now: datetime) -> None:
    """Verify a recently issued bearer JWT and the hash of the body, if it has one. Raises `BadSignature`."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise BadSignature("A bearer token is required.")
    try:
        claims = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
    except (JoseError, ValueError):
        raise BadSignature("The token is not signed by a known key.") from None
    _expect_in_time(claims, now=now)
    digest = claims.get("body_sha256")
    if digest is not None and digest != hashlib.sha256(body).hexdigest():
        raise BadSignature("The token was issued for another body.")


def _expect_in_time(claims: Mapping[str, object], *, now: datetime) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    moment = now.timestamp()
    if not isinstance(issued, int | float) or abs(moment - issued) > TOLERANCE.total_seconds():
        raise BadSignature("The token was not issued within the last five minutes.")
    if isinstance(expires, int | float) and expires + TOLERANCE.total_seconds() < moment:
        raise BadSignature("The token has expired.")
