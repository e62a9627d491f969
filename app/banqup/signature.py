"""Message authentication without I/O: Standard Webhooks (HMAC of the raw bytes) or a JWT signed by Banqup."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from joserfc.jwk import KeySet

from app import signed_tokens
from app.signed_tokens import BadToken, Rules

TOLERANCE = timedelta(minutes=5)
_LEEWAY = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)


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


def verify_jwt(headers: Mapping[str, str], body: bytes, *, keys: KeySet, rules: Rules, now: datetime) -> None:
    """Verify a bearer JWT that was issued for exactly this body. Raises `BadSignature`.

    A token may come again with the same body while it is valid: the inbox stores a message once.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise BadSignature("A bearer token is required.")
    try:
        claims = signed_tokens.opened(token, keys, rules, now=now)
    except BadToken as error:
        raise BadSignature(str(error)) from None
    given = claims.get("body_sha256")
    if not isinstance(given, str):
        raise BadSignature("The token names no hash of the body.")
    if not hmac.compare_digest(given.encode(errors="replace"), hashlib.sha256(body).hexdigest().encode()):
        raise BadSignature("The token was issued for another body.")


def jwt_rules(*, issuer: str, audience: str, typ: str) -> Rules:
    """Return the rules for Banqup's tokens: one kind, recent and short-lived."""
    return Rules(
        issuer=issuer,
        audience=audience,
        types=frozenset({signed_tokens.type_of(typ)}),
        leeway=_LEEWAY,
        longest=_LONGEST,
        issued_within=TOLERANCE,
    )
