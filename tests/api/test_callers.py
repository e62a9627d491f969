"""Who may call: tokens of the issuer, their scopes, and the Partner Spaces they name."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from time import time
from typing import Any
from uuid import uuid4

import pytest
from httpx import Headers

from app.api import keys
from tests.api.issuing import AUDIENCE, MANAGE, READ, Issuer, ec, rsa, secret, serving
from tests.api.running import FRONT_END, Api, running, settings


@pytest.fixture
async def own(database_url: str) -> AsyncIterator[Api]:
    """The API with an issuer of its own, whose keys the test may change."""
    with serving(Issuer()) as issuer:
        async with running(settings(issuer, database_url), issuer) as api:
            yield api


async def status(api: Api, token: str) -> int:
    space = uuid4()
    answer = await api.call("GET", f"/v1/installations/{space}", token=token)
    return answer.status_code


async def test_a_call_without_a_token_is_a_401_that_says_how(api: Api) -> None:
    answer = await api.http.get(f"/v1/installations/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dTpw", "Bearer a.b.c", "Bearer é", "Token x"])
async def test_what_is_no_bearer_token_is_a_401(api: Api, header: str) -> None:
    answer = await api.http.get(
        f"/v1/installations/{uuid4()}", headers=Headers({"Authorization": header}, encoding="utf-8")
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://another.example"},
        {"aud": "another-service"},
        {"aud": ["another", "and-another"]},
        {"exp": int(time()) - 120},
        {"exp": "tomorrow"},
        {"nbf": int(time()) + 600},
        {"without": "exp"},
        {"without": "iss"},
        {"without": "aud"},
    ],
)
async def test_a_token_that_is_not_for_us_or_not_now_is_a_401(api: Api, wrong: dict[str, Any]) -> None:
    assert await status(api, api.issuer.token(uuid4(), **wrong)) == 401


async def test_a_token_of_a_stranger_with_a_known_key_name_is_a_401(api: Api) -> None:
    assert await status(api, api.issuer.token(uuid4(), key=rsa("first"))) == 401


async def test_a_token_without_a_signature_is_a_401(api: Api) -> None:
    head = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    claims = api.issuer.token(uuid4()).split(".")[1]
    assert await status(api, f"{head}.{claims}.") == 401


async def test_a_token_signed_with_a_secret_is_a_401_even_when_the_issuer_published_it(own: Api) -> None:
    shared = secret("shared")
    own.issuer.odd.append(shared.as_dict(private=True))
    assert await status(own, own.issuer.token(uuid4(), key=shared, algorithm="HS256")) == 401


@pytest.mark.parametrize("header", ["[" * 20_000, '{"alg": "RS256", "kid": 7}', '"text"', "\x00"])
async def test_a_hostile_token_is_a_401(api: Api, header: str) -> None:
    head = urlsafe_b64encode(header.encode()).decode().rstrip("=")
    assert await status(api, f"{head}.e30.c2ln") == 401


async def test_a_clock_that_is_half_a_minute_off_is_tolerated(api: Api) -> None:
    assert await status(api, api.issuer.token(uuid4(), exp=int(time()) - 30)) == 404


async def test_several_audiences_may_hold_ours(api: Api) -> None:
    assert await status(api, api.issuer.token(uuid4(), aud=["another", AUDIENCE])) == 404


async def test_a_new_key_of_the_issuer_is_fetched_and_then_kept(own: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await status(own, own.issuer.token(uuid4())) == 404
    own.issuer.keys.insert(0, ec("second"))
    monkeypatch.setattr(keys, "_MINIMUM_INTERVAL", 0.0)
    for _ in range(3):
        assert await status(own, own.issuer.token(uuid4(), algorithm="ES256")) == 404
    assert own.issuer.asked == 2


async def test_tokens_with_unknown_keys_do_not_make_us_ask_the_issuer_each_time(own: Api) -> None:
    for number in range(5):
        assert await status(own, own.issuer.token(uuid4(), key=rsa(f"unknown-{number}"))) == 401
    assert own.issuer.asked == 1


async def test_an_issuer_that_is_away_from_the_start_is_a_503(own: Api) -> None:
    own.issuer.away = True
    answer = await own.call("GET", f"/v1/installations/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"]


async def test_an_issuer_that_goes_away_later_is_not_noticed(own: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await status(own, own.issuer.token(uuid4())) == 404
    own.issuer.away = True
    monkeypatch.setattr(keys, "_MINIMUM_INTERVAL", 0.0)
    monkeypatch.setattr(keys, "_CACHED_FOR", 0.0)
    assert await status(own, own.issuer.token(uuid4())) == 404


async def test_keys_that_are_not_understood_do_not_spoil_the_others(own: Api) -> None:
    own.issuer.odd += [{"kty": "RSA", "kid": "broken"}, {"kty": "new", "kid": "x"}, {}, {"kty": 7}]
    assert await status(own, own.issuer.token(uuid4())) == 404


async def test_another_partners_space_answers_like_one_that_does_not_exist(api: Api) -> None:
    theirs, mine = await api.installed(), uuid4()
    foreign = await api.call("GET", f"/v1/installations/{theirs}", mine)
    absent = await api.call("GET", f"/v1/installations/{mine}", mine)
    assert foreign.status_code == absent.status_code == 404
    members = ("type", "title", "detail", "code", "who", "how")
    assert [foreign.json()[name] for name in members] == [absent.json()[name] for name in members]


async def test_spaces_may_stand_in_one_string(api: Api) -> None:
    space = await api.installed()
    token = api.issuer.token(partner_spaces=f"nonsense {uuid4()} {space}")
    assert (await api.call("GET", f"/v1/installations/{space}", token=token)).status_code == 200


@pytest.mark.parametrize("claim", [None, 7, {"a": 1}, [1, None, {}], ""])
async def test_a_token_without_spaces_sees_none(api: Api, claim: Any) -> None:
    space = await api.installed()
    token = api.issuer.token(partner_spaces=claim)
    assert (await api.call("GET", f"/v1/installations/{space}", token=token)).status_code == 404


async def test_reading_does_not_allow_to_manage(api: Api) -> None:
    space = await api.installed()
    token = api.issuer.token(space, scope=READ)
    assert (await api.call("GET", f"/v1/installations/{space}", token=token)).status_code == 200
    answer = await api.call("DELETE", f"/v1/installations/{space}", token=token)
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (
        403,
        "forbidden",
        {"scope": MANAGE},
    )
    assert "insufficient_scope" in answer.headers["www-authenticate"]


async def test_managing_does_not_allow_to_read(api: Api) -> None:
    space = await api.installed()
    token = api.issuer.token(space, scope=[MANAGE])
    assert (await api.call("GET", f"/v1/installations/{space}/exports", token=token)).status_code == 403


async def test_a_missing_scope_is_reported_before_whether_the_space_exists(api: Api) -> None:
    token = api.issuer.token(scope="openid")
    assert (await api.call("GET", f"/v1/installations/{uuid4()}", token=token)).status_code == 403


async def test_nothing_of_the_body_is_read_before_the_caller_is_known(api: Api) -> None:
    answer = await api.http.post(
        "/v1/installations", content=b"{not json", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 401


async def test_a_listed_front_end_may_call_from_a_browser(api: Api) -> None:
    asked = {
        "Origin": FRONT_END,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization",
    }
    allowed = await api.http.options(f"/v1/installations/{uuid4()}/clients/{uuid4()}", headers=asked)
    assert allowed.headers["access-control-allow-origin"] == FRONT_END
    answer = await api.call("GET", f"/v1/installations/{uuid4()}", headers={"Origin": FRONT_END})
    assert answer.headers["access-control-allow-origin"] == FRONT_END
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]


async def test_another_front_end_may_not(api: Api) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = await api.http.options("/v1/extension", headers=asked)
    assert "access-control-allow-origin" not in answer.headers
