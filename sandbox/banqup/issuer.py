"""An issuer of bearer tokens for callers of the service's REST API."""

import secrets
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from sandbox.clock import Clock

ALGORITHM = "RS256"


class Issuer:
    """Signs tokens with a key of its own, published as JWKS."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.url = clock, ""
        # Each start has its own key ID, so that a service with the last key in its cache fetches this one.
        self.key_id = f"sandbox-{secrets.token_hex(4)}"
        self.published: list[dict[str, Any]] = []
        self.key = RSAKey.generate_key(2048, parameters={"use": "sig", "alg": ALGORITHM, "kid": self.key_id})

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(private=False), *self.published]}

    def token(
        self,
        *,
        subject: str,
        audience: str,
        typ: str = "JWT",
        seconds: int = 3600,
        extra: dict[str, Any] | None = None,
    ) -> str:
        now = int(self.clock.timestamp())
        claims = {"iss": self.url, "sub": subject, "aud": audience, "iat": now, "exp": now + seconds}
        return jwt.encode({"alg": ALGORITHM, "kid": self.key_id, "typ": typ}, claims | (extra or {}), self.key)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks.json",
            "token_endpoint": f"{self.url}/token",
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }
