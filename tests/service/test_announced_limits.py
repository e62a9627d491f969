"""What Exact announces is obeyed: its limits, larger or smaller than usual, and Retry-After."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.errors import Problem
from app.storage.models import Lane
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003


async def begin_a_minute(world: World) -> None:
    await world.advance(61 - world.clock.now().second)


@pytest.mark.parametrize(("limit", "most", "least"), [(300, 291, 80), (20, 18, 17)])
async def test_a_company_s_own_limit_replaces_the_usual_one(world: World, limit: int, most: int, least: int) -> None:
    await world.sandbox.exact.settings(minute_limit=limit)
    client = await world.client(await world.connected())
    await world.approved(client, invoice("2026-first"))
    await world.process()
    for n in range(40):
        await world.approved(client, invoice(f"2026-{n}"))
    await begin_a_minute(world)
    await world.sandbox.exact.delete("/sandbox/calls")

    await world.process()

    calls = await world.sandbox.exact.calls()
    assert least <= calls["total"] <= most
    assert calls["by_status"].get("429", 0) == 0


async def test_a_day_limit_that_exact_announces_is_kept_with_a_margin(world: World) -> None:
    await world.sandbox.exact.settings(day_limit=50)
    client = await world.client(await world.connected())
    for n in range(40):
        await world.approved(client, invoice(f"2026-{n}"))

    for _ in range(3):
        await world.process()
        await world.advance(61)

    calls = await world.sandbox.exact.calls()
    assert calls["by_status"].get("429", 0) == 0
    async with world.sessions() as session:
        lane = (await session.scalars(select(Lane))).one()
    assert (lane.day_limit, lane.day_calls) == (50, 49)
    assert (lane.blocked_reason or {})["code"] == "rate_limit"


async def test_a_company_is_left_alone_as_long_as_retry_after_asks(world: World) -> None:
    client = await world.client(await world.connected())
    await world.approved(client, invoice())
    await world.sandbox.exact.fault("busy_503", endpoint="*", company=GARAGE)

    await world.process()

    async with world.sessions() as session:
        lane = (await session.scalars(select(Lane))).one()
    assert timedelta(seconds=110) < lane.blocked_until - world.clock.now() <= timedelta(seconds=120)


async def test_a_list_of_companies_that_exceeds_a_minute_continues_in_the_next(world: World) -> None:
    partner = await world.connected()
    codes = list(range(500_001, 500_401))
    for code in codes:
        company = {"code": code, "hid": code, "name": f"Company {code}", "customer": "Large Office"}
        await world.sandbox.exact.post("/sandbox/companies", company)
    await world.sandbox.exact.patch("/sandbox/users/anna", {"companies": [100001, *codes]})
    await world.sandbox.exact.settings(minute_limit=3)
    await begin_a_minute(world)
    await world.sandbox.exact.delete("/sandbox/calls")

    for _ in range(2):
        with pytest.raises(Problem) as limited:
            await world.onboarding.companies(partner, refresh=True)
        assert limited.value.reason.kind.code == "rate_limit"
        assert 0 < int(limited.value.headers["Retry-After"]) <= 60
        await begin_a_minute(world)
    listed = await world.onboarding.companies(partner, refresh=True)

    assert len(listed) == len({company.division for company in listed}) == 401
    assert (await world.sandbox.exact.calls())["by_status"] == {"200": 7, "429": 2}
