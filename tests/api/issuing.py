"""An issuer of tokens on a loopback port: a key set, and tokens of every good and bad kind."""

import json
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import time
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

AUDIENCE = "banqup-exact-tests"
READ, MANAGE = "exact-online:read", "exact-online:manage"


@dataclass
class Issuer:
    """Signs tokens; `keys` are what it publishes, `asked` how often they were fetched."""

    url: str = ""
    keys: list[Key] = field(default_factory=lambda: [rsa("first")])
    odd: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0
    away: bool = False

    @property
    def jwks_url(self) -> str:
        return f"{self.url}/jwks.json"

    def jwks(self) -> dict[str, Any]:
        return {"keys": [*self.odd, *(key.as_dict(private=False) for key in self.keys)]}

    def token(
        self,
        *spaces: UUID,
        scope: Any = f"{READ} {MANAGE}",
        key: Key | None = None,
        algorithm: str = "RS256",
        typ: Any = "JWT",
        without: str = "",
        **claims: Any,
    ) -> str:
        """A token for these Partner Spaces; `claims` replace what it says, `without` leaves one out."""
        key = key or self.keys[0]
        said = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "tester",
            "exp": int(time()) + 300,
            "scope": scope,
            "partner_spaces": [str(space) for space in spaces],
        } | claims
        said.pop(without, None)
        header = {"alg": algorithm, "kid": key.kid} | ({} if typ is None else {"typ": typ})
        return jws.serialize_compact(header, json.dumps(said), key, registry=_Unchecked(algorithms=[algorithm]))


class _Unchecked(jws.JWSRegistry):
    """Signs headers that the library would refuse to."""

    def check_header(self, header: dict[str, Any]) -> None:
        """Check nothing."""


def weak_rsa(name: str, *, bits: int) -> RSAKey:
    """A key that the library warns of."""
    with warnings.catch_warnings(action="ignore"):
        return RSAKey.generate_key(bits, parameters={"kid": name, "use": "sig"})


def rsa(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig"})


def ec(name: str) -> ECKey:
    return ECKey.generate_key("P-256", parameters={"kid": name, "use": "sig"})


def secret(name: str) -> OctKey:
    return OctKey.generate_key(256, parameters={"kid": name})


@contextmanager
def serving(issuer: Issuer) -> Iterator[Issuer]:
    """Publish the issuer's keys while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            body = b"<html>away" if issuer.away else json.dumps(issuer.jwks()).encode()
            self.send_response(503 if issuer.away else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
