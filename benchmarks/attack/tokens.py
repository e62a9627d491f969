"""Attacks by tokens: of another issuer, audience, kind or time, without a signature, with weak keys, for another body.

The attacker is a caller of the same issuer, and can even have keys published there.
"""

import asyncio
import hashlib
import hmac
import json
import time
import warnings
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
from joserfc import jws
from joserfc.jwk import ECKey, Key, RSAKey

from benchmarks.attack.outcome import expect
from sandbox.running import Sandbox

MESSAGES = "/webhooks/banqup/messages"
TYP = "webhook+jwt"
KEYS_WITHIN = 60.0  # seconds until the service has fetched the keys that we published
TIMEOUT = httpx.Timeout(30.0)
NAN, INFINITE, FAR = float("nan"), float("inf"), 10**12

BODY = json.dumps({"id": str(uuid4()), "category": "document", "type": "document.approved"}).encode()
_TIMES = ("iat", "exp", "nbf")

Claims = dict[str, Any]
# What makes a good token a bad one; numbers are seconds from now.
WRONG_CLAIMS: dict[str, Claims] = {
    "another issuer": {"iss": "https://issuer.invalid"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another-service"},
    "audiences without ours": {"aud": ["another-service", "one-more"]},
    "no audience": {"aud": []},
    "expired": {"exp": -600},
    "no expiry": {"exp": None},
    "an expiry in 30,000 years": {"exp": FAR},
    "an endless expiry": {"exp": INFINITE},
    "an expiry that is no number": {"exp": NAN},
    "an expiry in words": {"exp": "9999999999"},
    "not valid yet": {"nbf": 600},
    "nbf that is no number": {"nbf": NAN},
    "issued in the future": {"iat": 600},
    "iat that is no number": {"iat": NAN},
    "iat that is true": {"iat": True},
}
WRONG_MESSAGES: dict[str, Claims] = {
    "issued an hour ago": {"iat": -3600},
    "no time of issue": {"iat": None},
    "valid for a day": {"exp": 86_400},
    "no hash of the body": {"body_sha256": None},
    "another hash": {"body_sha256": "0" * 64},
}
WRONG_TYPES: dict[str, Any] = {"a general typ": "JWT", "the typ of an access token": "at+jwt", "no typ": None}


@dataclass(frozen=True)
class Forger:
    """Signs anything, with a good key that the issuer publishes."""

    issuer: str
    audience: str
    typ: str | None
    key: Key

    def claims(self, **changes: Any) -> Claims:
        """Return good claims with these changes; a None leaves one out."""
        now = int(time.time())
        moved = {name: now + value for name, value in changes.items() if name in _TIMES and type(value) is int}
        good = {"iss": self.issuer, "aud": self.audience, "sub": "attacker", "iat": now, "exp": now + 300}
        return {name: value for name, value in (good | changes | moved).items() if value is not None}

    def token(self, claims: Claims, *, key: Key | None = None, algorithm: str = "RS256", **header: Any) -> str:
        """Return a signed token."""
        key = key or self.key
        named = {"alg": algorithm, "kid": key.kid, "typ": self.typ} | header
        said = {name: value for name, value in named.items() if value is not None}
        return jws.serialize_compact(said, json.dumps(claims), key, registry=jws.JWSRegistry(algorithms=[algorithm]))

    def unsigned(self, claims: Claims, algorithm: str) -> str:
        """Return a token whose header says that it needs no signature."""
        return f"{self._head(claims, algorithm)}."

    def confused(self, claims: Claims, secret: bytes) -> str:
        """Return a token with an HMAC whose secret is the public key."""
        head = self._head(claims, "HS256")
        return f"{head}.{_segment(hmac.digest(secret, head.encode(), 'sha256'))}"

    def _head(self, claims: Claims, algorithm: str) -> str:
        header = {"alg": algorithm, "kid": self.key.kid, "typ": self.typ}
        return f"{_segment(json.dumps(header).encode())}.{_segment(json.dumps(claims).encode())}"


def _segment(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


@dataclass(frozen=True)
class Published:
    """Keys that the issuer publishes for the attacker: one that is good, and those that prove nothing."""

    good: RSAKey
    weak: dict[str, tuple[Key, str]]

    @classmethod
    def new(cls) -> "Published":
        """Make keys with names that nobody has used."""
        name = f"attack-{uuid4().hex[:8]}"
        with warnings.catch_warnings(action="ignore"):
            short = RSAKey.generate_key(1024, parameters={"kid": f"{name}-short"})
        curve = ECKey.generate_key("secp256k1", parameters={"kid": f"{name}-curve"})
        weak: dict[str, tuple[Key, str]] = {"RSA with 1,024 bits": (short, "RS256"), "secp256k1": (curve, "ES256K")}
        return cls(RSAKey.generate_key(2048, parameters={"kid": name}), weak)

    def jwks(self) -> list[dict[str, Any]]:
        return [dict(key.as_dict(private=False)) for key in (self.good, *(key for key, _ in self.weak.values()))]


@dataclass(frozen=True)
class Tokens:
    """The attacks; the API at `url` verifies messages by JWT."""

    http: httpx.AsyncClient
    sandbox: Sandbox
    keys: Published

    async def run(self) -> list[str]:
        """Try each token at the webhook and at the REST API; return what held. Raises `Breached`."""
        await self._until_fetched()
        held = [await self.messages(), await self.two_bodies(), await self.callers(), await self.kinds()]
        expect(await self._posted(self.message(), BODY) == 202, "the last good message was refused")
        return held

    def banqup(self, typ: str | None = TYP) -> Forger:
        return Forger(self.sandbox.issuer, f"{self.sandbox.audience}-webhooks", typ, self.keys.good)

    def caller(self, typ: str | None = "JWT") -> Forger:
        return Forger(self.sandbox.issuer, self.sandbox.audience, typ, self.keys.good)

    def message(self, body: bytes = b"", **changes: Any) -> str:
        return self.banqup().token(self._about(body or BODY, **changes))

    def _about(self, body: bytes, **changes: Any) -> Claims:
        return self.banqup().claims(**{"body_sha256": hashlib.sha256(body).hexdigest()} | changes)

    async def _until_fetched(self) -> None:
        """Wait until the service accepts a good token for both purposes, so that a refusal is not for its key."""
        space, ends = str(uuid4()), time.monotonic() + KEYS_WITHIN
        while time.monotonic() < ends:
            caller = self.caller().token(self._of_caller(space))
            if await self._posted(self.message(), BODY) == 202 and await self._called(caller, space) == 404:
                return
            await asyncio.sleep(0.5)
        expect(False, "no good token was accepted: nothing was tried")

    async def messages(self) -> str:
        """A message is accepted with a good token only."""
        forger, good = self.banqup(), self._about(BODY)
        tried = {what: self.message(**changes) for what, changes in (WRONG_CLAIMS | WRONG_MESSAGES).items()}
        tried |= {what: self.banqup(typ).token(good) for what, typ in WRONG_TYPES.items()}
        tried |= self._signatures(forger, good)
        for what, token in tried.items():
            expect(await self._posted(token, BODY) == 401, f"a message was accepted with a token: {what}")
        return f"{len(tried)} forged tokens of messages: refused"

    async def two_bodies(self) -> str:
        """A token serves one body; with that, it may come again and has no effect."""
        token, other = self.message(), json.dumps({"id": str(uuid4())}).encode()
        expect(await self._posted(token, other) == 401, "one token was accepted for two bodies")
        again = [await self._answer(token, BODY) for _ in range(2)]
        expect([answer.status_code for answer in again] == [202, 202], "a repeated message was refused")
        expect(all(answer.json()["duplicate"] for answer in again), "a repeated message was stored twice")
        return "one token for two bodies: refused; replayed with its own: no effect"

    async def callers(self) -> str:
        """A REST call is accepted with a good token only."""
        space = str(uuid4())
        good, forger = self._of_caller(space), self.caller()
        tried = {what: forger.token(self._of_caller(space, **changes)) for what, changes in WRONG_CLAIMS.items()}
        tried |= self._signatures(forger, good)
        for what, token in tried.items():
            status = await self._called(token, space)
            expect(status == 401, f"a REST call was answered {status} with a token: {what}")
        return f"{len(tried)} forged tokens of callers: refused"

    async def kinds(self) -> str:
        """A caller's token is not accepted for a message, even with its hash, nor Banqup's for a REST call."""
        space = str(uuid4())
        theirs = await self.sandbox.banqup.token(partner_spaces=[space])
        hashed = self.caller().token(self._of_caller(space, body_sha256=hashlib.sha256(BODY).hexdigest()))
        for token in (theirs, hashed):
            expect(await self._posted(token, BODY) == 401, "a caller's token was accepted for a message")
        claims = self._about(
            BODY,
            partner_spaces=[space],
            scope="exact-online:read",
            aud=[self.sandbox.audience, f"{self.sandbox.audience}-webhooks"],
        )
        expect(await self._called(self.banqup().token(claims), space) == 401, "a message's token opened the REST API")
        return "tokens of callers for messages, and the reverse: refused"

    def _signatures(self, forger: Forger, claims: Claims) -> dict[str, str]:
        """Good claims with a signature that proves nothing."""
        public = self.keys.good
        stranger = RSAKey.generate_key(2048, parameters={"kid": public.kid or ""})
        tried = {f"alg {alg}": forger.unsigned(claims, alg) for alg in ("none", "None", "NONE")}
        tried["HMAC with the public key as PEM"] = forger.confused(claims, public.as_bytes(private=False))
        tried["HMAC with the public key as JWK"] = forger.confused(
            claims, json.dumps(public.as_dict(private=False)).encode()
        )
        tried["a stranger's key under a known name"] = forger.token(claims, key=stranger)
        tried |= {
            f"a published {what}": forger.token(claims, key=key, algorithm=alg)
            for what, (key, alg) in self.keys.weak.items()
        }
        return tried

    def _of_caller(self, space: str, **changes: Any) -> Claims:
        return self.caller().claims(**{"partner_spaces": [space], "scope": "exact-online:read"} | changes)

    async def _posted(self, token: str, body: bytes) -> int:
        return (await self._answer(token, body)).status_code

    async def _answer(self, token: str, body: bytes) -> httpx.Response:
        return await self.http.post(MESSAGES, content=body, headers={"Authorization": f"Bearer {token}"})

    async def _called(self, token: str, space: str) -> int:
        """Call a route of a space where nothing is installed: a good token is answered 404."""
        headers = {"Authorization": f"Bearer {token}"}
        return (await self.http.get(f"/v1/installations/{space}", headers=headers)).status_code


@asynccontextmanager
async def _published(sandbox: Sandbox) -> AsyncIterator[Published]:
    """Have keys published by the issuer for as long as the block runs."""
    keys = Published.new()
    await sandbox.banqup.put("/sandbox/issuer/keys", keys.jwks())
    try:
        yield keys
    finally:
        await sandbox.banqup.put("/sandbox/issuer/keys", [])


async def attack(url: str, sandbox: Sandbox) -> Sequence[str]:
    """Attack the API at `url`, which verifies messages by JWT; return what held. Raises `Breached`."""
    async with _published(sandbox) as keys, httpx.AsyncClient(base_url=url, timeout=TIMEOUT) as http:
        return await Tokens(http, sandbox, keys).run()
