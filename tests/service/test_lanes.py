"""Lanes: leases, fencing, wake-ups, blocks and budgets."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.clock import Clock
from app.errors import TryLater
from app.exact.limits import Limits
from app.partners import activations, installations
from app.queue import budget, lanes
from app.queue.lanes import Lease, LeaseLost
from app.queue.pace import Pace
from app.reasons import EXACT_UNAVAILABLE, WAITS_FOR_CONNECTION
from app.storage.db import FOREVER, Sessions
from app.storage.models import Lane, LaneId

REASON = EXACT_UNAVAILABLE.because("Exact does not answer.")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def lane(sessions: Sessions, clock: Clock) -> LaneId:
    """A lane without exports."""
    async with sessions.begin() as session:
        installed, _ = await installations.install(session, uuid4(), country="be", permissions=[], clock=clock)
        return await activations.lane_to(session, installed.id, 1)


async def wake(sessions: Sessions, lane: LaneId, clock: Clock) -> None:
    async with sessions.begin() as session:
        await lanes.wake(session, [lane], clock=clock)


async def claim(sessions: Sessions, clock: Clock) -> list[Lease]:
    async with sessions.begin() as session:
        return await lanes.claim(session, limit=5, clock=clock)


async def release(sessions: Sessions, lease: Lease, clock: Clock) -> bool:
    async with sessions.begin() as session:
        return await lanes.release(session, lease, clock=clock)


async def row(sessions: Sessions, lane: LaneId) -> Lane:
    async with sessions() as session:
        return (await session.scalars(select(Lane).where(Lane.id == lane))).one()


async def test_an_empty_lane_is_never_due(sessions: Sessions, lane: LaneId, clock: Clock) -> None:
    assert await claim(sessions, clock) == []

    await wake(sessions, lane, clock)
    [lease] = await claim(sessions, clock)
    await release(sessions, lease, clock)

    assert await claim(sessions, clock) == []
    assert (await row(sessions, lane)).due_at == FOREVER


async def test_a_claimed_lane_is_not_claimed_again_before_its_lease_ends(
    sessions: Sessions, lane: LaneId, clock: Clock
) -> None:
    await wake(sessions, lane, clock)
    [first] = await claim(sessions, clock)
    assert await claim(sessions, clock) == []

    clock.offset += lanes.LEASE_TIME + timedelta(seconds=1)
    [second] = await claim(sessions, clock)

    assert second.epoch == first.epoch + 1


async def test_a_worker_that_lost_its_lease_can_neither_spend_nor_release(
    sessions: Sessions, lane: LaneId, clock: Clock
) -> None:
    await wake(sessions, lane, clock)
    [frozen] = await claim(sessions, clock)
    clock.offset += lanes.LEASE_TIME + timedelta(seconds=1)
    [successor] = await claim(sessions, clock)

    assert not await release(sessions, frozen, clock)
    with pytest.raises(LeaseLost):
        async with sessions.begin() as session:
            await budget.spend(session, frozen, clock=clock)
    assert await release(sessions, successor, clock)


async def test_a_renewed_lease_lasts(sessions: Sessions, lane: LaneId, clock: Clock) -> None:
    await wake(sessions, lane, clock)
    [lease] = await claim(sessions, clock)
    clock.offset += lanes.HEARTBEAT
    async with sessions.begin() as session:
        assert await lanes.renew(session, [lease], clock=clock) == {lane}
    clock.offset += lanes.LEASE_TIME - timedelta(seconds=1)

    assert await claim(sessions, clock) == []


async def test_a_wake_up_while_a_lane_is_claimed_is_not_lost_and_does_not_shorten_the_lease(
    sessions: Sessions, lane: LaneId, clock: Clock
) -> None:
    await wake(sessions, lane, clock)
    [lease] = await claim(sessions, clock)
    lease_ends = (await row(sessions, lane)).due_at

    await wake(sessions, lane, clock)

    assert (await row(sessions, lane)).due_at == lease_ends
    await release(sessions, lease, clock)
    assert len(await claim(sessions, clock)) == 1


async def test_a_wake_up_does_not_lift_a_block(sessions: Sessions, lane: LaneId, clock: Clock) -> None:
    await wake(sessions, lane, clock)
    [lease] = await claim(sessions, clock)
    async with sessions.begin() as session:
        until = clock.now() + timedelta(minutes=5)
        await lanes.block(session, lease, until=until, reason=REASON, clock=clock)
    await release(sessions, lease, clock)

    await wake(sessions, lane, clock)

    assert await claim(sessions, clock) == []
    clock.offset += timedelta(minutes=6)
    assert len(await claim(sessions, clock)) == 1


async def test_a_block_without_an_end_grows_with_every_failure(sessions: Sessions, lane: LaneId, clock: Clock) -> None:
    pauses = []
    for _ in range(4):
        await wake(sessions, lane, clock)
        [lease] = await claim(sessions, clock)
        async with sessions.begin() as session:
            await lanes.block(session, lease, until=None, reason=REASON, clock=clock)
        await release(sessions, lease, clock)
        blocked_until = (await row(sessions, lane)).blocked_until
        pauses.append((blocked_until - clock.now()).total_seconds())
        clock.offset = blocked_until - clock.now() + clock.offset + timedelta(seconds=1)

    assert 10 < pauses[0] <= 15
    assert pauses[3] > pauses[2] > pauses[1] > pauses[0]


async def test_lanes_of_a_lost_connection_stay_blocked_until_the_next_sign_in(
    sessions: Sessions, lane: LaneId, clock: Clock
) -> None:
    installation_id = (await row(sessions, lane)).installation_id
    await wake(sessions, lane, clock)
    [lease] = await claim(sessions, clock)
    async with sessions.begin() as session:
        await lanes.block_all(session, installation_id, reason=WAITS_FOR_CONNECTION.because("Lost."))
    await release(sessions, lease, clock)
    await wake(sessions, lane, clock)
    assert await claim(sessions, clock) == []

    async with sessions.begin() as session:
        await lanes.unblock_all(session, installation_id, clock=clock)

    assert len(await claim(sessions, clock)) == 1


async def test_a_minute_and_a_day_are_never_overspent(sessions: Sessions, lane: LaneId, clock: Clock) -> None:
    await wake(sessions, lane, clock)
    [lease] = await claim(sessions, clock)

    clock.offset += timedelta(seconds=60 - clock.now().second)  # a minute begins

    async def spend() -> None:
        async with sessions.begin() as session:
            await budget.spend(session, lease, clock=clock)

    for _ in range(58):
        await spend()
    with pytest.raises(TryLater) as refused:
        await spend()

    assert refused.value.lane
    clock.offset += timedelta(minutes=1)
    await spend()


async def test_five_counted_errors_an_hour_open_the_circuit_for_every_worker(
    sessions: Sessions, lane: LaneId, clock: Clock
) -> None:
    await wake(sessions, lane, clock)
    [lease] = await claim(sessions, clock)
    pace = await Pace.of(lease, sessions=sessions, clock=clock)
    for _ in range(5):
        await pace.before("documents/Documents")
        await pace.after("documents/Documents", Limits(minute=None, day=None), counted_error=True)
        clock.offset += timedelta(seconds=10)
    elsewhere = await Pace.of(lease, sessions=sessions, clock=clock)

    for worker in (pace, elsewhere):
        with pytest.raises(TryLater) as refused:
            await worker.before("documents/Documents")
        assert refused.value.reason.kind.code == "circuit_open"
    await elsewhere.before("documents/DocumentAttachments")

    clock.offset += timedelta(minutes=59, seconds=12)  # the first of the five is an hour old
    await elsewhere.before("documents/Documents")
    await elsewhere.after("documents/Documents", Limits(minute=None, day=None), counted_error=True)
    with pytest.raises(TryLater):
        await elsewhere.before("documents/Documents")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["wake", "claim", "release", "expire"]), max_size=12))
async def test_no_order_of_events_loses_a_wake_up(sessions: Sessions, lane: LaneId, steps: list[str]) -> None:
    clock, lease, owed = Clock(), None, False
    await drain(sessions, clock)
    for step in steps:
        if step == "wake":
            await wake(sessions, lane, clock)
            owed = True
        elif step == "claim":
            leases = await claim(sessions, clock)
            lease = leases[0] if leases else lease
            owed = owed and not leases
        elif step == "release" and lease is not None:
            await release(sessions, lease, clock)
        elif step == "expire":
            clock.offset += lanes.LEASE_TIME + timedelta(seconds=1)
    clock.offset += lanes.LEASE_TIME + timedelta(seconds=1)
    assert not owed or await claim(sessions, clock)


async def drain(sessions: Sessions, clock: Clock) -> None:
    """Release whatever an earlier example left claimed or woken."""
    later = Clock(clock.offset + timedelta(hours=1))
    for lease in await claim(sessions, later):
        await release(sessions, lease, later)
