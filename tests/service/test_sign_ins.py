"""A sign-in under way: whose browser, which installation, and what a slow Exact must not hold up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text

from app.errors import Problem
from app.partners.sign_ins import MOST
from app.sign_in import SignedIn
from app.storage.models import AuditLine, SignIn, TokenChain
from tests.service.world import World

SLOW = 3.0  # seconds of Exact's answer


async def refused(step: Awaitable[object]) -> str:
    with pytest.raises(Problem) as problem:
        await step
    return problem.value.reason.kind.code


async def state_of(world: World, partner: UUID) -> str:
    connection = await world.connection(partner)
    return connection.state if connection else "missing"


async def until(happened: Callable[[], Awaitable[object]]) -> None:
    """Ask until it has happened; each question is a call over HTTP or to Postgres."""
    async with asyncio.timeout(20):
        while not await happened():
            pass


async def count(world: World, table: type[Any]) -> int:
    async with world.sessions() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def hits(world: World) -> list[Any]:
    log: list[Any] = await world.sandbox.exact.get("/sandbox/faults/log")
    return log


async def chains(world: World) -> list[Any]:
    known: list[Any] = await world.sandbox.exact.get("/sandbox/chains")
    return known


async def slow(world: World, partner: UUID, *, at: str, user: str = "anna") -> asyncio.Task[SignedIn]:
    """Begin a sign-in whose answer at this endpoint is late, though it has taken effect."""
    callback = await world.callback(partner, user)
    before = len(await hits(world))
    await world.sandbox.exact.fault("slow_headers", endpoint=at, times=1, seconds=SLOW)
    task = asyncio.create_task(world.sign_in_flow.finish(**callback))

    async def asked() -> bool:
        return len(await hits(world)) > before

    await until(asked)
    return task


@pytest.fixture
async def partners(world: World) -> tuple[UUID, UUID]:
    return await world.installed(), await world.installed()


async def test_another_browser_neither_continues_nor_finishes_a_sign_in(world: World) -> None:
    partner = await world.installed()
    callback = await world.callback(partner, browser="first")

    assert await refused(world.sign_in_flow.go_on(callback["state"], browser="second")) == "sign_in_elsewhere"
    assert await refused(world.sign_in_flow.finish(**callback | {"browser": "second"})) == "sign_in_elsewhere"
    assert await refused(world.sign_in_flow.finish(**callback | {"browser": ""})) == "sign_in_elsewhere"
    assert await state_of(world, partner) == "missing"

    await world.sign_in_flow.finish(**callback)
    assert await state_of(world, partner) == "connected"


async def test_a_state_that_never_led_to_exact_finishes_nothing(world: World) -> None:
    partner = await world.installed()
    callback = await world.callback(partner)
    url, _ = await world.sign_in_flow.start(partner, return_to=None)

    state = httpx.URL(url).params["state"]

    for browser in ("browser", ""):
        finish = world.sign_in_flow.finish(**callback | {"state": state, "browser": browser})
        assert await refused(finish) == "sign_in_elsewhere"


async def test_a_denied_sign_in_is_used_up(world: World) -> None:
    callback = await world.callback(await world.installed())

    assert await refused(world.sign_in_flow.finish(**callback | {"code": None, "error": "denied"})) == "sign_in_denied"
    assert await refused(world.sign_in_flow.finish(**callback)) == "sign_in_stale"


async def test_the_button_may_be_pressed_again_in_the_same_browser_and_is_recorded_once(world: World) -> None:
    partner = await world.installed()
    url, _ = await world.sign_in_flow.start(partner, return_to=None)
    state = httpx.URL(url).params["state"]

    first = await world.sign_in_flow.go_on(state, browser="browser")
    second = await world.sign_in_flow.go_on(state, browser="browser")

    assert first == second
    async with world.sessions() as session:
        lines = await session.scalars(select(AuditLine).where(AuditLine.action == "sign_in_continued"))
        assert len(lines.all()) == 1


@pytest.mark.parametrize("ending", ["uninstall", "disconnect"])
@pytest.mark.parametrize("again", [True, False])
async def test_a_sign_in_begun_before_an_end_connects_nothing(world: World, ending: str, again: bool) -> None:
    partner = await world.connected("bram")
    callback = await world.callback(partner)

    await end(world, partner, ending)
    if again:
        await world.onboarding.install(partner, country="be", permissions=ALL)

    assert await refused(world.sign_in_flow.finish(**callback)) == "sign_in_stale"
    assert await state_of(world, partner) == "missing"
    assert await count(world, TokenChain) == 0


ALL = ["documents:read", "messages:receive", "spaces:read"]


async def end(world: World, partner: UUID, ending: str) -> None:
    if ending == "uninstall":
        await world.onboarding.uninstall(partner, confirmed=True)
    else:
        await world.sign_in_flow.disconnect(partner, confirmed=True)


@pytest.mark.parametrize("ending", ["uninstall", "disconnect"])
@pytest.mark.parametrize("endpoint", ["oauth2/token", "current/Me"])
async def test_an_end_while_exact_answers_is_not_undone_by_the_answer(world: World, ending: str, endpoint: str) -> None:
    partner = await world.connected("bram")
    task = await slow(world, partner, at=endpoint)

    await end(world, partner, ending)
    await world.onboarding.install(partner, country="be", permissions=ALL)

    assert not task.done()
    assert await refused(task) == "sign_in_stale"
    assert await state_of(world, partner) == "missing"
    assert await count(world, TokenChain) == 0


async def test_an_installation_keeps_the_newest_sign_ins_and_drops_the_oldest(
    world: World, partners: tuple[UUID, UUID]
) -> None:
    partner, other = partners
    of_another = await world.callback(other, "bram")
    oldest = await world.callback(partner)
    for _ in range(40):
        await world.sign_in_flow.start(partner, return_to=None)

    assert await count(world, SignIn) == MOST + 1
    assert await refused(world.sign_in_flow.finish(**oldest)) == "sign_in_stale"
    await world.sign_in(partner)
    await world.sign_in_flow.finish(**of_another)
    assert [await state_of(world, each) for each in partners] == ["connected", "connected"]


@pytest.mark.parametrize("endpoint", ["oauth2/token", "current/Me"])
async def test_a_slow_sign_in_holds_up_no_other_partner_and_no_connection(
    world: World, partners: tuple[UUID, UUID], endpoint: str
) -> None:
    task = await slow(world, partners[0], at=endpoint)

    await world.sign_in(partners[1], "bram")
    async with world.sessions() as session:
        held = await session.scalar(
            text("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'")
        )
        locks = await session.scalar(text("select count(*) from pg_locks where locktype = 'advisory'"))

    assert not task.done()
    assert (held, locks) == (0, 0)
    await task
    assert [await state_of(world, each) for each in partners] == ["connected", "connected"]


@pytest.mark.parametrize(("endpoint", "code"), [("oauth2/token", "exact_unavailable"), ("current/Me", "sign_in_stale")])
async def test_the_later_sign_in_of_an_exact_user_stays_when_the_earlier_one_was_slow(
    world: World, partners: tuple[UUID, UUID], endpoint: str, code: str
) -> None:
    task = await slow(world, partners[0], at=endpoint)

    await world.sign_in(partners[1])

    assert not task.done()
    assert await refused(task) == code
    assert [await state_of(world, each) for each in partners] == ["missing", "connected"]
    await world.client(partners[1])  # lists the companies with the token that is stored


async def test_the_later_sign_in_of_an_installation_stays_when_the_earlier_one_was_slow(world: World) -> None:
    partner = await world.installed()
    task = await slow(world, partner, at="current/Me")

    signed_in = await world.sign_in(partner, "bram")

    assert not task.done()
    assert await refused(task) == "sign_in_stale"
    connection = await world.connection(partner)
    assert connection is not None
    assert connection.full_name == signed_in.full_name


async def test_a_sign_in_waits_without_a_connection_while_a_refresh_holds_the_chain(world: World) -> None:
    partner = await world.connected()
    async with world.sessions() as holder:
        await holder.execute(text("select 1 from token_chain for no key update"))
        task = asyncio.create_task(world.sign_in(partner))
        await until(lambda: _waits_for_a_lock(world))
        await until(lambda: _waits_for_none(world))
        assert not task.done()

    await task
    assert await state_of(world, partner) == "connected"


async def _waits_for_a_lock(world: World) -> bool:
    async with world.sessions() as session:
        waiting = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")
        return bool(await session.scalar(waiting))


async def _waits_for_none(world: World) -> bool:
    return not await _waits_for_a_lock(world)


async def test_two_spaces_of_one_exact_user_that_finish_at_once_leave_one_connected(world: World) -> None:
    partners = [await world.installed() for _ in range(6)]
    callbacks = [await world.callback(partner) for partner in partners]

    ended = await asyncio.gather(
        *(world.sign_in_flow.finish(**callback) for callback in callbacks), return_exceptions=True
    )

    assert all(isinstance(each, SignedIn | Problem) for each in ended), ended
    states = [await state_of(world, partner) for partner in partners]
    assert states.count("connected") == 1
    [winner] = [partner for partner, state in zip(partners, states, strict=True) if state == "connected"]
    await world.client(winner)  # the token that is stored is the one that Exact still accepts


async def shown(world: World, partner: UUID, **given: str) -> tuple[str | None, str | None]:
    url, _ = await world.sign_in_flow.start(partner, return_to=None, **given)
    offer = await world.sign_in_flow.offer(httpx.URL(url).params["state"])
    return offer.firm, offer.firm_source


async def test_the_firm_is_named_by_banqup_before_the_caller(world: World) -> None:
    partner = await world.installed()
    assert await shown(world, partner) == (None, None)
    assert await shown(world, partner, partner_name="Claimed") == ("Claimed", "caller")

    await world.sandbox.banqup.put(f"/sandbox/partners/{partner}", {"name": "Peeters & Partners"})
    assert await shown(world, partner, partner_name="Claimed") == ("Peeters & Partners", "banqup")


@pytest.mark.parametrize("kind", ["html_503", "html_200", "not_found_404", "slow_headers", "garbage"])
async def test_a_banqup_that_names_no_firm_holds_up_no_sign_in(world: World, kind: str) -> None:
    partner = await world.installed()
    await world.sandbox.banqup.put(f"/sandbox/partners/{partner}", {"name": "Peeters & Partners"})
    await world.sandbox.banqup.fault(kind, endpoint="partners")

    assert await shown(world, partner, partner_name="Claimed") == ("Claimed", "caller")


@pytest.mark.parametrize(
    ("given", "firm"),
    [
        ("  Peeters \u202eNV\u2066 ", "Peeters NV"),
        ("A\nB", "AB"),
        ("\u200b\ufeff", None),
        ("x" * 300, "x" * 100),
    ],
)
async def test_a_name_cannot_disguise_itself(world: World, given: str, firm: str | None) -> None:
    partner = await world.installed()
    source = "caller" if firm else None
    assert await shown(world, partner, partner_name=given) == (firm, source)

    await world.sandbox.banqup.put(f"/sandbox/partners/{partner}", {"name": given})
    assert await shown(world, partner) == (firm, "banqup" if firm else None)
