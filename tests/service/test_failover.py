"""A pair that Exact has issued while the database was away is stored as soon as it is back."""

import asyncio

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from app import sign_in
from app.errors import Problem
from app.exact.account import account_of
from app.exact.apps import app_in
from app.storage.models import TokenChain
from tests.service.failover import Server, read_only
from tests.service.world import World


async def asked_slowly(world: World) -> None:
    """Until Exact is asked for tokens; its answer is late."""
    async with asyncio.timeout(20):
        while not await world.sandbox.exact.get("/sandbox/faults/log"):
            pass


async def forget_cut_connections(world: World) -> None:
    await world.sessions.kw["bind"].dispose()


async def chain_of(world: World) -> TokenChain:
    async with world.sessions() as session:
        return (await session.scalars(select(TokenChain))).one()


async def test_the_first_pair_of_a_sign_in_is_stored_however_long_the_database_is_read_only(
    world: World, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = await world.installed()
    callback = await world.callback(partner)
    monkeypatch.setattr(sign_in, "ANSWERED_WITHIN", 2.0)
    await world.sandbox.exact.fault("slow_headers", endpoint="oauth2/token", times=1, seconds=0.5)
    browser = asyncio.create_task(world.sign_in_flow.finish(**callback))
    await asked_slowly(world)

    with read_only(postgres, world.settings.expect_database_url()):
        with pytest.raises(Problem) as told:
            await browser
        assert told.value.reason.kind.code == "sign_in_pending"
        assert await world.connection(partner) is None
    await world.exporter.tokens.finish()
    await forget_cut_connections(world)

    connection = await world.connection(partner)
    assert connection is not None
    assert connection.state == "connected"
    await world.advance(580)
    assert await world.exporter.tokens.current(app_in(world.settings, "be"), account_of(connection))
    assert (await chain_of(world)).generation == 2


async def test_a_refreshed_pair_is_stored_after_the_database_was_read_only(world: World, postgres: Server) -> None:
    await world.connected()
    app, account = app_in(world.settings, "be"), account_of(await chain_of(world))
    await world.advance(580)
    await world.sandbox.exact.fault("slow_headers", endpoint="oauth2/token", times=1, seconds=0.5)
    with capture_logs() as logs:
        refresh = asyncio.create_task(world.exporter.tokens.current(app, account))
        await asked_slowly(world)
        with read_only(postgres, world.settings.expect_database_url()):
            async with asyncio.timeout(20):
                while not any(line["event"] == "token_pair_waits_for_database" for line in logs):
                    assert not refresh.done()
                    await asyncio.wait([refresh], timeout=0.05)
        issued = await refresh
    await forget_cut_connections(world)

    assert (await chain_of(world)).generation == 2
    assert await world.exporter.tokens.current(app, account) == issued
