"""A slow Exact behind many callers holds up neither Banqup's messages nor other partners."""

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from sqlalchemy import text

from sandbox.running import Sandbox
from tests.api.running import Api, message
from tests.api.test_onboarding import begun, connected, continued
from tests.api.test_pages import expect_page
from tests.api.test_sign_in_page import connection

pytestmark = pytest.mark.slow


async def test_twenty_five_slow_sign_ins_hold_up_neither_messages_nor_another_partner(
    desk: Api, sandbox: Sandbox
) -> None:
    users = [f"slow-{place}" for place in range(25)]
    backs = []
    for user in users:
        await sandbox.exact.post("/sandbox/users", {"id": user, "name": user, "companies": [100001]})
        exact = await continued(desk, await begun(desk, await desk.installed()))
        backs.append(await sandbox.exact.sign_in(exact, user=user))
    ready = await sandbox.exact.sign_in(await continued(desk, await begun(desk, await desk.installed())))
    await sandbox.exact.fault("slow_headers", endpoint="oauth2/token", times=25, seconds=6.0)

    waiting = [asyncio.create_task(desk.http.get(back)) for back in backs]
    async with asyncio.timeout(20):
        while len(await sandbox.exact.get("/sandbox/faults/log")) < 25:
            assert (await desk.post_message(message(uuid4(), uuid4()))).status_code == 202
    other = await desk.http.get(ready)
    assert (await desk.post_message(message(uuid4(), uuid4()))).status_code == 202

    assert not any(task.done() for task in waiting)
    expect_page(other, 200)
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 25


async def test_callers_that_hold_every_connection_hold_up_no_message(desk: Api) -> None:
    async with AsyncExitStack() as held:
        for _ in range(20):
            session = await held.enter_async_context(desk.services.sessions())
            await session.execute(text("select 1"))
        async with asyncio.timeout(5):
            assert (await desk.post_message(message(uuid4(), uuid4()))).status_code == 202


async def test_many_slow_refreshes_wait_their_turn_and_hold_up_no_other_call(desk: Api, sandbox: Sandbox) -> None:
    spaces = []
    for user in [f"listing-{place}" for place in range(25)]:
        await sandbox.exact.post("/sandbox/users", {"id": user, "name": user, "companies": [100001]})
        spaces.append(await connected(desk, sandbox, user=user))
    async with desk.services.sessions.begin() as session:
        aged = "obtained_at = obtained_at - interval '11 min', expires_at = expires_at - interval '11 min'"
        await session.execute(text(f"update token_chain set {aged}"))
    await sandbox.exact.advance(11 * 60)
    await sandbox.exact.fault("slow_headers", endpoint="oauth2/token", times=25, seconds=1.0)

    waiting = [asyncio.create_task(desk.at("GET", space, "/companies?refresh=true")) for space in spaces]
    while not await sandbox.exact.get("/sandbox/faults/log"):
        pass
    assert await connection(desk, spaces[0]) == "connected"
    assert not any(task.done() for task in waiting)
    assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 25
