"""Messages verified by a JWT instead of an HMAC, where the settings say so."""

import hashlib
import json
from collections.abc import AsyncIterator
from time import time
from typing import Any
from uuid import uuid4

import pytest

from tests.api.issuing import Issuer, rsa
from tests.api.running import MESSAGES, Api, message, running, settings

BODY = json.dumps(message(uuid4(), uuid4())).encode()


@pytest.fixture(scope="module")
async def jwt_api(issuer: Issuer, shared_database_url: str) -> AsyncIterator[Api]:
    values = settings(issuer, shared_database_url, webhook_auth="jwt", webhook_jwks_url=issuer.jwks_url)
    async with running(values, issuer) as api:
        yield api


async def status(api: Api, authorization: str | None) -> tuple[int, str | None]:
    headers = {"authorization": authorization} if authorization else {}
    answer = await api.http.post(MESSAGES, content=BODY, headers=headers)
    return answer.status_code, answer.json().get("code")


async def test_a_message_with_a_fresh_token_is_kept(jwt_api: Api) -> None:
    digest = hashlib.sha256(BODY).hexdigest()
    token = jwt_api.issuer.token(iat=int(time()), body_sha256=digest)
    assert await status(jwt_api, f"Bearer {token}") == (202, None)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"iat": int(time()) - 600},
        {"iat": int(time()) + 600},
        {"iat": "now"},
        {"iat": int(time()), "exp": int(time()) - 600},
        {"iat": int(time()), "body_sha256": "0" * 64},
        {"iat": int(time()), "key": rsa("first")},
        {"iat": int(time()), "key": rsa("unknown")},
    ],
)
async def test_a_token_that_is_old_foreign_or_of_another_body_is_refused(jwt_api: Api, claims: dict[str, Any]) -> None:
    assert await status(jwt_api, f"Bearer {jwt_api.issuer.token(**claims)}") == (401, "bad_signature")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Bearer a.b.c", "Basic dTpw"])
async def test_a_message_without_a_token_is_refused(jwt_api: Api, header: str | None) -> None:
    assert await status(jwt_api, header) == (401, "bad_signature")


async def test_a_signature_does_not_replace_the_token(jwt_api: Api) -> None:
    answer = await jwt_api.post_message(message(uuid4(), uuid4()))
    assert answer.status_code == 401
