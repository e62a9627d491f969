"""The token chain of one Exact user: what may interrupt, delay or forbid a refresh."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.errors import TryLater
from app.exact.account import Account, account_of
from app.exact.apps import app_in
from app.exact.oauth import App
from app.exact.refresh_attempts import OPEN_ATTEMPT_LASTS
from app.storage.models import TokenAttempt, TokenChain
from tests.service.world import World


async def signed_in(world: World) -> tuple[App, Account]:
    """The app and the account of a new connection."""
    connection = await world.connection(await world.connected())
    assert connection is not None
    return app_in(world.settings, "be"), account_of(connection)


async def chain(world: World) -> TokenChain:
    async with world.sessions() as session:
        return (await session.scalars(select(TokenChain))).one()


async def attempts(world: World) -> int:
    async with world.sessions() as session:
        return await session.scalar(select(func.count()).select_from(TokenAttempt)) or 0


async def open_attempt(world: World, account: Account, *, generation: int) -> None:
    """Another process has begun a refresh a moment ago, and has not ended it."""
    async with world.sessions.begin() as session:
        installation_id = (await chain(world)).installation_id
        begun = {"generation": generation, "started_at": world.clock.now()}
        session.add(TokenAttempt(**account._asdict(), installation_id=installation_id, **begun))


async def test_a_caller_that_is_cancelled_does_not_lose_the_pair_that_exact_has_issued(world: World) -> None:
    app, account = await signed_in(world)
    await world.advance(580)
    await world.sandbox.exact.fault("slow_headers", endpoint="oauth2/token", seconds=1.0)
    caller = asyncio.create_task(world.exporter.tokens.current(app, account))
    while not await attempts(world):  # noqa: ASYNC110 - the row is the only sign that Exact is being asked
        await asyncio.sleep(0.02)

    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await world.exporter.tokens.finish()

    assert caller.cancelled()
    assert (await chain(world)).generation == 2
    await world.advance(580)
    assert await world.exporter.tokens.current(app, account)
    assert (await chain(world)).generation == 3


async def test_the_open_attempt_of_another_process_forbids_a_refresh_until_it_has_lapsed(world: World) -> None:
    app, account = await signed_in(world)
    await world.advance(601)
    await open_attempt(world, account, generation=1)

    with pytest.raises(TryLater) as refused:
        await world.exporter.tokens.current(app, account)
    assert (await attempts(world), (await chain(world)).generation) == (1, 1)
    assert refused.value.until is not None
    assert timedelta() < refused.value.until - world.clock.now() <= OPEN_ATTEMPT_LASTS

    await world.advance(OPEN_ATTEMPT_LASTS.total_seconds() + 1)
    assert await world.exporter.tokens.current(app, account)
    assert (await chain(world)).generation == 2


async def test_an_open_attempt_of_an_earlier_pair_forbids_nothing(world: World) -> None:
    app, account = await signed_in(world)
    await world.advance(601)
    await open_attempt(world, account, generation=0)

    assert await world.exporter.tokens.current(app, account)
    assert (await chain(world)).generation == 2


async def test_a_token_that_is_still_valid_is_used_while_a_refresh_must_wait(world: World) -> None:
    app, account = await signed_in(world)
    issued = await world.exporter.tokens.current(app, account)
    await world.advance(580)
    async with world.sessions.begin() as session:
        await session.execute(update(TokenChain).values(failures=1, retry_at=world.clock.now() + timedelta(minutes=5)))

    assert await world.exporter.tokens.current(app, account) == issued
    assert await attempts(world) == 0

    await world.advance(21)  # the token has expired
    with pytest.raises(TryLater):
        await world.exporter.tokens.current(app, account)
