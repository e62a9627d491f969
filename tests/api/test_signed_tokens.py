"""Messages verified by a JWT instead of an HMAC, where the settings say so (RFC 8725)."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from time import time
from typing import Any
from uuid import uuid4

import pytest
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey
from sqlalchemy import func, select

from app.api import keys
from app.storage.models import Message
from tests.api.issuing import Issuer, ec, rsa, serving, weak_rsa
from tests.api.running import MESSAGES, Api, message, running, settings

pytestmark = pytest.mark.slow

BODY = json.dumps(message(uuid4(), uuid4())).encode()
AUDIENCE, TYP = "banqup-exact-tests-webhooks", "webhook+jwt"
FAR = 10**12
REFUSED = (401, "bad_signature")


def configured(issuer: Issuer, database_url: str, **more: Any) -> Any:
    values = {
        "webhook_auth": "jwt",
        "webhook_jwks_url": issuer.jwks_url,
        "webhook_issuer": issuer.url,
        "webhook_audience": AUDIENCE,
    }
    return settings(issuer, database_url, **values | more)


@pytest.fixture(scope="module")
async def jwt_api(issuer: Issuer, shared_database_url: str) -> AsyncIterator[Api]:
    async with running(configured(issuer, shared_database_url), issuer) as api:
        yield api


@pytest.fixture
async def own(database_url: str) -> AsyncIterator[Api]:
    """The API with an issuer of its own, whose keys the test may change."""
    with serving(Issuer()) as issuer:
        async with running(configured(issuer, database_url), issuer) as api:
            yield api


def token(issuer: Issuer, *, body: bytes = BODY, **changes: Any) -> str:
    """Banqup's token for a body; changes of time are seconds from now."""
    now = int(time())
    times = {name: now + changes.pop(name) for name in ("iat", "exp", "nbf") if type(changes.get(name)) is int}
    said: dict[str, Any] = {"aud": AUDIENCE, "typ": TYP, "iat": now, "body_sha256": hashlib.sha256(body).hexdigest()}
    return issuer.token(**said | times | changes)


def segment(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


async def status(api: Api, token: str | None, *, body: bytes = BODY) -> tuple[int, str | None]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = await api.http.post(MESSAGES, content=body, headers=headers)
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"iat": -290},
        {"iat": 50},
        {"nbf": 50},
        {"exp": -50},
        {"aud": ["another", AUDIENCE]},
        {"typ": "application/Webhook+JWT"},
    ],
)
async def test_a_message_with_a_fresh_token_is_kept(jwt_api: Api, changes: dict[str, Any]) -> None:
    assert await status(jwt_api, token(jwt_api.issuer, **changes)) == (202, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://another.example"},
        {"iss": [AUDIENCE]},
        {"without": "iss"},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": {AUDIENCE: 1}},
        {"aud": []},
        {"without": "aud"},
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"typ": None},
    ],
)
async def test_a_token_of_another_issuer_audience_or_type_is_refused(jwt_api: Api, changes: dict[str, Any]) -> None:
    assert await status(jwt_api, token(jwt_api.issuer, **changes)) == REFUSED


@pytest.mark.parametrize(
    "wrong", ["now", "1", None, True, float("nan"), float("inf"), -float("inf"), -1.0, [], 10.0**15]
)
@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
async def test_a_time_that_is_none_is_refused(jwt_api: Api, name: str, wrong: Any) -> None:
    assert await status(jwt_api, token(jwt_api.issuer, **{name: wrong})) == REFUSED


@pytest.mark.parametrize(
    "changes",
    [
        {"iat": -600},
        {"iat": 120},
        {"iat": FAR},
        {"nbf": 120},
        {"nbf": FAR},
        {"exp": -120},
        {"exp": 2 * 3600},
        {"exp": FAR},
        {"without": "exp"},
        {"without": "iat"},
    ],
)
async def test_a_token_that_is_old_early_or_lasting_is_refused(jwt_api: Api, changes: dict[str, Any]) -> None:
    assert await status(jwt_api, token(jwt_api.issuer, **changes)) == REFUSED


@pytest.mark.parametrize(
    "changes", [{"without": "body_sha256"}, {"body_sha256": None}, {"body_sha256": "0" * 64}, {"body_sha256": "\ud800"}]
)
async def test_a_token_without_the_hash_of_the_body_is_refused(jwt_api: Api, changes: dict[str, Any]) -> None:
    assert await status(jwt_api, token(jwt_api.issuer, **changes)) == REFUSED


async def test_a_token_serves_one_body_however_often_it_comes(own: Api) -> None:
    once, other = token(own.issuer), json.dumps(message(uuid4(), uuid4())).encode()
    assert await status(own, once, body=other) == REFUSED
    assert [await status(own, once) for _ in range(3)] == [(202, None)] * 3
    async with own.services.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 1


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Bearer a.b.c", "Basic dTpw"])
async def test_a_message_without_a_token_is_refused(jwt_api: Api, header: str | None) -> None:
    headers = {"authorization": header} if header else {}
    answer = await jwt_api.http.post(MESSAGES, content=BODY, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == REFUSED


async def test_a_signature_does_not_replace_the_token(jwt_api: Api) -> None:
    answer = await jwt_api.post_message(message(uuid4(), uuid4()))
    assert answer.status_code == 401


# Kinds of tokens


async def test_a_token_of_a_rest_caller_is_refused_here_and_banqups_there(jwt_api: Api) -> None:
    space = await jwt_api.installed()
    assert await status(jwt_api, jwt_api.issuer.token(space)) == REFUSED
    path = f"/v1/installations/{space}"
    banqups = token(jwt_api.issuer, partner_spaces=[str(space)], scope="exact-online:read")
    assert (await jwt_api.call("GET", path, token=banqups)).status_code == 401


@pytest.mark.parametrize("typ", [TYP, "application/webhook+jwt", "secevent+jwt", "logout+jwt", 7])
async def test_a_token_of_another_kind_is_refused_to_rest_callers_even_with_their_audience(api: Api, typ: Any) -> None:
    space = await api.installed()
    answer = await api.call("GET", f"/v1/installations/{space}", token=api.issuer.token(space, typ=typ))
    assert answer.status_code == 401


async def test_where_the_type_is_general_the_audience_tells_tokens_apart(issuer: Issuer, database_url: str) -> None:
    async with running(configured(issuer, database_url, webhook_typ="JWT"), issuer) as api:
        space = await api.installed()
        callers = issuer.token(space, iat=int(time()), body_sha256=hashlib.sha256(BODY).hexdigest())
        banqups = token(issuer, typ="JWT", partner_spaces=[str(space)])
        assert await status(api, callers) == REFUSED
        assert await status(api, banqups) == (202, None)
        assert (await api.call("GET", f"/v1/installations/{space}", token=banqups)).status_code == 401


# Keys


@pytest.mark.parametrize("key", [rsa("first"), rsa("unknown")])
async def test_a_stranger_signs_in_vain(jwt_api: Api, key: Key) -> None:
    assert await status(jwt_api, token(jwt_api.issuer, key=key)) == REFUSED


async def test_a_token_without_a_signature_is_refused(jwt_api: Api) -> None:
    for alg in ("none", "None", "NONE"):
        head = segment(json.dumps({"alg": alg, "typ": TYP}).encode())
        assert await status(jwt_api, f"{head}.{token(jwt_api.issuer).split('.')[1]}.") == REFUSED


@pytest.mark.parametrize("form", ["pem", "jwk", "modulus"])
async def test_the_public_key_is_no_secret_to_sign_with(jwt_api: Api, form: str) -> None:
    public = jwt_api.issuer.keys[0]
    assert isinstance(public, RSAKey)
    secret = {
        "pem": public.as_bytes(private=False),
        "jwk": json.dumps(public.as_dict(private=False)).encode(),
        "modulus": str(public.as_dict(private=False)["n"]).encode(),
    }[form]
    header = json.dumps({"alg": "HS256", "kid": public.kid, "typ": TYP}).encode()
    signed = f"{segment(header)}.{token(jwt_api.issuer).split('.')[1]}"
    forged = f"{signed}.{segment(hmac.digest(secret, signed.encode(), 'sha256'))}"
    assert await status(jwt_api, forged) == REFUSED


STRONG = [
    (rsa("rsa"), "RS256"),
    (rsa("rsa"), "PS512"),
    (ec("ec"), "ES256"),
    (ECKey.generate_key("P-384", parameters={"kid": "p384"}), "ES384"),
    (ECKey.generate_key("P-521", parameters={"kid": "p521"}), "ES512"),
    (OKPKey.generate_key("Ed25519", parameters={"kid": "ed"}), "Ed25519"),
]
WEAK = [
    (weak_rsa("weak", bits=1024), "RS256"),
    (weak_rsa("weak", bits=2040), "PS256"),
    (ECKey.generate_key("secp256k1", parameters={"kid": "k1"}), "ES256K"),
    (OctKey.generate_key(256, parameters={"kid": "oct"}), "HS256"),
]


@pytest.mark.parametrize(("key", "algorithm"), STRONG)
async def test_a_strong_key_of_the_issuer_proves_a_message(own: Api, key: Key, algorithm: str) -> None:
    own.issuer.keys[:] = [key]
    assert await status(own, token(own.issuer, algorithm=algorithm)) == (202, None)


@pytest.mark.parametrize(("key", "algorithm"), WEAK)
async def test_a_weak_key_proves_nothing_even_when_the_issuer_publishes_it(own: Api, key: Key, algorithm: str) -> None:
    own.issuer.odd.append(key.as_dict(private=isinstance(key, OctKey)))
    assert await status(own, token(own.issuer)) == (202, None)
    assert await status(own, token(own.issuer, key=key, algorithm=algorithm)) == REFUSED


async def test_a_key_for_encryption_proves_nothing(own: Api) -> None:
    key = RSAKey.generate_key(2048, parameters={"kid": "enc"})
    own.issuer.odd.append(key.as_dict(private=False) | {"use": "enc"})
    assert await status(own, token(own.issuer)) == (202, None)
    assert await status(own, token(own.issuer, key=key)) == REFUSED


async def test_the_algorithm_must_be_the_one_of_the_key(own: Api) -> None:
    key = RSAKey.generate_key(2048, parameters={"kid": "first", "alg": "RS256"})
    own.issuer.keys[:] = [key]
    free = RSAKey.import_key({name: part for name, part in key.as_dict(private=True).items() if name != "alg"})
    assert await status(own, token(own.issuer)) == (202, None)
    assert await status(own, token(own.issuer, key=free, algorithm="PS256")) == REFUSED


async def test_keys_that_cannot_be_fetched_are_a_503(own: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "_DEADLINE", 1.0)
    own.issuer.away = True
    answer = await own.http.post(MESSAGES, content=BODY, headers={"authorization": f"Bearer {token(own.issuer)}"})
    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"]


async def test_a_key_url_alone_does_not_replace_the_secrets(issuer: Issuer, database_url: str) -> None:
    values = configured(issuer, database_url, webhook_auth="standard-webhooks")
    async with running(values, issuer) as api:
        assert (await api.post_message(message(uuid4(), uuid4()))).status_code == 202
        assert await status(api, token(issuer)) == REFUSED
