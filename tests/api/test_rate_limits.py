"""How often a caller may call: over all processes, each caller alone, and sign-ins above all."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select, text

from app.api import quotas
from app.storage.models import SignIn, SpentQuota
from tests.api.issuing import Issuer
from tests.api.running import Api, running, settings

pytestmark = pytest.mark.slow

REQUESTS, SIGN_INS = 12, 3


@pytest.fixture
async def processes(issuer: Issuer, database_url: str) -> AsyncIterator[list[Api]]:
    """Two processes of an API that allows little."""
    values = settings(issuer, database_url, requests_per_minute=REQUESTS, sign_ins_per_minute=SIGN_INS)
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running(values, issuer)) for _ in range(2)]


async def read(api: Api, space: UUID, **claims: Any) -> httpx.Response:
    token = api.issuer.token(space, **claims)
    return await api.call("GET", f"/v1/installations/{space}", token=token)


async def test_a_caller_beyond_its_limit_gets_429_from_every_process(processes: list[Api]) -> None:
    space = uuid4()
    answers = [await read(processes[number % 2], space) for number in range(REQUESTS)]
    refused = [await read(api, space) for api in processes for _ in range(2)]

    assert {answer.status_code for answer in answers} == {404}  # not installed, and not refused
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(429, "too_many_requests")}
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 / REQUESTS + 1 for answer in refused)
    assert refused[0].headers["content-type"] == "application/problem+json"


async def test_the_headers_say_what_is_left(processes: list[Api]) -> None:
    space = uuid4()
    left = [await read(processes[0], space) for _ in range(3)]

    assert {answer.headers["ratelimit-policy"] for answer in left} == {f'"requests";q={REQUESTS};w=60'}
    found = [re.fullmatch(r'"requests";r=(\d+);t=(\d+)', answer.headers["ratelimit"]) for answer in left]
    assert [int(match[1]) for match in found if match] == [11, 10, 9]
    assert all(match and 1 <= int(match[2]) <= 60 for match in found)


async def test_the_headers_are_in_every_answer_to_a_known_caller(processes: list[Api]) -> None:
    api, space = processes[0], uuid4()
    for path, status in (("", 404), ("?misspelt=1", 422), ("/exports?limit=0", 422)):
        answer = await api.at("GET", space, path)
        assert (answer.status_code, "ratelimit" in answer.headers) == (status, True)
    assert "ratelimit" not in (await api.http.get(f"/v1/installations/{space}")).headers


async def test_another_caller_is_not_limited_by_it(processes: list[Api]) -> None:
    space = uuid4()
    for _ in range(REQUESTS + 1):
        refused = await read(processes[0], space)

    assert refused.status_code == 429
    assert (await read(processes[0], space, sub="another")).status_code == 404
    assert (await read(processes[0], space, client_id="another-app")).status_code == 404


async def test_a_caller_may_call_again_after_the_time_it_was_told(processes: list[Api]) -> None:
    api, space = processes[0], uuid4()
    for _ in range(REQUESTS + 1):
        refused = await read(api, space)
    api.clock.offset = timedelta(seconds=int(refused.headers["retry-after"]))

    assert [(await read(api, space)).status_code for _ in range(2)] == [404, 429]


async def test_a_caller_starts_few_sign_ins_however_many_spaces_it_has(processes: list[Api]) -> None:
    api = processes[0]
    spaces = [await api.installed() for _ in range(SIGN_INS + 1)]
    answers = [await api.at("POST", space, "/sign-in", json={}) for space in spaces]

    assert [answer.status_code for answer in answers] == [200] * SIGN_INS + [429]
    assert answers[0].headers["ratelimit-policy"] == f'"sign-in";q={SIGN_INS};w=60, "requests";q={REQUESTS};w=60'
    assert answers[-1].json()["details"]["policy"] == "sign-in"
    assert (await api.at("GET", spaces[0], "/connection")).status_code == 200, "reading goes on"
    async with api.services.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(SignIn)) == SIGN_INS


async def test_a_flood_costs_the_database_no_more_than_the_limit(processes: list[Api]) -> None:
    api, space = processes[0], uuid4()
    for _ in range(REQUESTS + 1):
        await read(api, space)
    async with api.services.sessions.begin() as session:
        await session.execute(text("drop table spent_quota"))

    assert {(await read(api, space)).status_code for _ in range(20)} == {429}


async def test_quotas_that_are_whole_again_are_forgotten(processes: list[Api]) -> None:
    api = processes[0]
    await read(api, uuid4())
    api.clock.offset = timedelta(minutes=2)
    async with api.services.sessions.begin() as session:
        await quotas.forget_old(session, clock=api.clock)
        assert await session.scalar(select(func.count()).select_from(SpentQuota)) == 0
