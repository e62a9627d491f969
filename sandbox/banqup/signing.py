"""Signatures of deliveries: Standard Webhooks, or a bearer token over the body's hash."""

import base64
import binascii
import hashlib
import hmac
import secrets

from sandbox.banqup.issuer import Issuer

_PREFIX = "whsec_"
_SIZES = range(24, 64 + 1)  # bytes
TYP = "webhook+jwt"


def new_secret() -> str:
    """Return a random secret."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def is_secret(text: str) -> bool:
    """Tell whether this is a secret of Standard Webhooks."""
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        return False
    return text.startswith(_PREFIX) and len(key) in _SIZES


def standard_headers(secret: str, *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Sign `id.timestamp.body` with HMAC-SHA256."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{signature}"}


def bearer_headers(issuer: Issuer, *, message_id: str, audience: str, body: bytes) -> dict[str, str]:
    """Return a short-lived JWT with the message ID and the hash of the body."""
    claims = {"jti": message_id, "body_sha256": hashlib.sha256(body).hexdigest()}
    token = issuer.token(subject="banqup", audience=audience, typ=TYP, seconds=300, extra=claims)
    return {"authorization": f"Bearer {token}"}
