"""When a lane is due: the longest due first, and after a release the earliest of what it has to do."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from app.clock import Clock
from app.partners import activations, installations
from app.queue import lanes
from app.reasons import EXACT_UNAVAILABLE, WAITS_FOR_CONNECTION
from app.storage.db import Sessions
from app.storage.models import Activation, Export, InstallationId, Lane, LaneId

SOON, LATER, LATEST = timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)


class Desk:
    """One installation, its lanes and what waits in them."""

    def __init__(self, sessions: Sessions, installation_id: InstallationId) -> None:
        self.sessions = sessions
        self.clock = Clock()
        self.installation_id = installation_id

    async def lane(self, division: int = 1) -> LaneId:
        async with self.sessions.begin() as session:
            return await activations.lane_to(session, self.installation_id, division)

    async def wake(self, lane_id: LaneId, *, ago: timedelta = timedelta()) -> None:
        async with self.sessions.begin() as session:
            await lanes.wake(session, [lane_id], clock=Clock(self.clock.offset - ago))

    async def claim(self, *, limit: int = 5) -> list[lanes.Lease]:
        async with self.sessions.begin() as session:
            return await lanes.claim(session, limit=limit, clock=self.clock)

    async def release(self, lease: lanes.Lease) -> None:
        async with self.sessions.begin() as session:
            await lanes.release(session, lease, clock=self.clock)

    async def row(self, lane_id: LaneId) -> Lane:
        async with self.sessions() as session:
            return (await session.scalars(select(Lane).where(Lane.id == lane_id))).one()

    async def put(self, lane_id: LaneId, *waiting: dict[str, object]) -> None:
        """Exports of the lane, in this order."""
        async with self.sessions.begin() as session:
            client = {"installation_id": self.installation_id, "business_space_id": uuid4(), "lane_id": lane_id}
            company = {"division": 1, "company_code": "1", "company_name": "Garage", "route": "documents"}
            activation = Activation(**client, **company)
            session.add(activation)
            await session.flush()
            document = {**client, "division": 1, "trigger": "approved", "activation_id": activation.id}
            for values in waiting:
                session.add(Export(**document, document_id=uuid4(), eligible_from=self.clock.now(), **values))
                await session.flush()

    async def due_after_release(self, lane_id: LaneId) -> timedelta:
        """How long after its release the lane is due again."""
        await self.wake(lane_id)
        [lease] = await self.claim()
        await self.release(lease)
        return (await self.row(lane_id)).due_at - self.clock.now()


@pytest.fixture
async def desk(sessions: Sessions) -> Desk:
    async with sessions.begin() as session:
        installed, _ = await installations.install(session, uuid4(), country="be", permissions=[], clock=Clock())
    return Desk(sessions, installed.id)


def close(found: timedelta, expected: timedelta) -> bool:
    return abs(found - expected) < timedelta(seconds=20)


async def test_the_lane_that_is_due_the_longest_is_claimed_first(desk: Desk) -> None:
    first, second, third = [await desk.lane(division) for division in (1, 2, 3)]
    for lane_id, seconds in ((first, 10), (second, 5), (third, 20)):
        await desk.wake(lane_id, ago=timedelta(seconds=seconds))

    claimed = [(await desk.claim(limit=1))[0].lane_id for _ in range(3)]

    assert claimed == [third, first, second]


async def test_a_sign_in_while_a_lane_is_claimed_makes_it_due_at_its_release(desk: Desk) -> None:
    lane_id = await desk.lane()
    await desk.wake(lane_id)
    [lease] = await desk.claim()
    async with desk.sessions.begin() as session:
        reason = WAITS_FOR_CONNECTION.because("Exact no longer accepts the sign-in.")
        await lanes.block_all(session, desk.installation_id, reason=reason)
    async with desk.sessions.begin() as session:
        await lanes.unblock_all(session, desk.installation_id, clock=desk.clock)

    await desk.release(lease)

    assert [claimed.lane_id for claimed in await desk.claim()] == [lane_id]


async def test_a_block_after_a_success_starts_with_the_shortest_backoff(desk: Desk) -> None:
    lane_id = await desk.lane()
    await desk.wake(lane_id)
    [lease] = await desk.claim()
    reason = EXACT_UNAVAILABLE.because("Exact does not answer.")
    async with desk.sessions.begin() as session:
        for _ in range(5):
            await lanes.block(session, lease, until=None, reason=reason, clock=desk.clock)
        await lanes.unblock(session, lease)
    lifted = await desk.row(lane_id)
    async with desk.sessions.begin() as session:
        await lanes.block(session, lease, until=None, reason=reason, clock=desk.clock)

    assert (lifted.failures, lifted.blocked_reason) == (0, None)
    blocked = await desk.row(lane_id)
    assert blocked.failures == 1
    assert blocked.blocked_until - desk.clock.now() <= timedelta(seconds=15)


async def test_the_first_in_line_decides_when_a_lane_is_due_also_if_a_later_one_is_due_sooner(desk: Desk) -> None:
    lane_id = await desk.lane()
    now = desk.clock.now()
    await desk.put(lane_id, {"due_at": now + LATER}, {"due_at": now + SOON})

    assert close(await desk.due_after_release(lane_id), LATER)


async def test_the_earliest_of_those_that_stepped_aside_makes_a_lane_due_before_the_first_in_line(desk: Desk) -> None:
    lane_id = await desk.lane()
    now = desk.clock.now()
    aside = [{"due_at": now + delay, "blocks_lane": False} for delay in (LATER, SOON, LATEST)]
    await desk.put(lane_id, *aside, {"due_at": now + LATER})

    assert close(await desk.due_after_release(lane_id), SOON)


async def test_the_earliest_follow_up_makes_a_lane_due_before_the_first_in_line(desk: Desk) -> None:
    lane_id = await desk.lane()
    now = desk.clock.now()
    posted = [{"status": "ready_to_process", "follow_at": now + delay} for delay in (LATER, SOON, LATEST)]
    await desk.put(lane_id, *posted, {"due_at": now + LATER})

    assert close(await desk.due_after_release(lane_id), SOON)


async def test_the_first_in_line_makes_a_lane_due_before_a_later_follow_up(desk: Desk) -> None:
    lane_id = await desk.lane()
    now = desk.clock.now()
    posted = {"status": "ready_to_process", "follow_at": now + LATER}
    await desk.put(lane_id, posted, {"due_at": now + SOON})

    assert close(await desk.due_after_release(lane_id), SOON)


async def test_an_ended_export_makes_no_lane_due(desk: Desk) -> None:
    lane_id = await desk.lane()
    await desk.put(lane_id, {"status": "error"}, {"status": "not_exported", "blocks_lane": False})
    async with desk.sessions.begin() as session:
        await session.execute(update(Export).values(due_at=desk.clock.now() + SOON))

    assert await desk.due_after_release(lane_id) > timedelta(days=365)
