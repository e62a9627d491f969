"""What Exact's token endpoint answers: a pair is kept whatever else the response lacks."""

import json
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.exact import oauth

APP = oauth.App(host="https://exact.test", client_id="c", client_secret=SecretStr("s"), redirect_uri="https://us.test")
LEFT_OUT = object()


async def pair_from(status: int, expires_in: Any) -> oauth.TokenPair:
    body = {"access_token": "a", "refresh_token": "r"}
    if expires_in is not LEFT_OUT:
        body["expires_in"] = expires_in
    content = json.dumps(body).encode()
    transport = httpx.MockTransport(lambda _: httpx.Response(status, stream=httpx.ByteStream(content)))
    async with httpx.AsyncClient(transport=transport) as http:
        return await oauth.refresh(APP, "old", http=http)


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("600", 600),
        (600, 600),
        ("600.0", 600),
        (599.9, 599),
        (LEFT_OUT, 600),
        (None, 600),
        ("soon", 600),
        (True, 600),
        (-1, 600),
        ("nan", 600),
        ("inf", 600),
        ([], 600),
        (10**400, 600),
        (86400, 600),
    ],
)
async def test_a_pair_is_kept_whatever_its_lifetime_says(given: Any, seconds: int) -> None:
    pair = await pair_from(200, given)
    assert (pair.access_token, pair.refresh_token, pair.expires_in) == ("a", "r", seconds)


@pytest.mark.parametrize("status", [200, 201, 202, 203])
async def test_a_pair_is_kept_with_every_status_of_success(status: int) -> None:
    assert (await pair_from(status, "600")).refresh_token == "r"
