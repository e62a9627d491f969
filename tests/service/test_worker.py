"""The worker process: many lanes at once, and a graceful stop that leaves none claimed."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from app.processes.worker import Worker
from app.queue import lanes
from app.queue.lanes import LEASE_TIME
from app.storage.models import Lane
from tests.service.invoices import invoice
from tests.service.world import World


def worker_of(world: World) -> Worker:
    return Worker(sessions=world.sessions, exporter=world.exporter, clock=world.clock, max_lanes=4)


async def all_exported(world: World, documents: list[UUID]) -> None:
    # Another process would have no other sign than the rows.
    while {(await world.export(document)).status for document in documents} != {"ready_to_process"}:  # noqa: ASYNC110
        await asyncio.sleep(0.02)


async def test_a_worker_exports_queued_and_new_documents_and_releases_every_lane_when_it_stops(world: World) -> None:
    partner = await world.connected()
    clients = [await world.client(partner, code) for code in ("2", "3", "7")]
    documents = [await world.approved(client, invoice(f"2026-{n}")) for n, client in enumerate(clients)]
    worker = worker_of(world)
    working = asyncio.create_task(worker.run())

    async with asyncio.timeout(20):
        await all_exported(world, documents)
        later = await world.approved(clients[0], invoice("2026-9"))
        await all_exported(world, [later])
        worker.stop()
        await working

    async with world.sessions() as session:
        assert not (await session.scalars(select(Lane).where(Lane.leased))).all()


async def test_a_lane_whose_worker_died_is_processed_by_another_after_its_lease(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    async with world.sessions.begin() as session:
        assert await lanes.claim(session, limit=1, clock=world.clock)  # and is killed

    assert await world.process() == 0
    await world.advance(LEASE_TIME.total_seconds() + 1)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


async def test_two_workers_share_the_lanes_and_post_nothing_twice(world: World) -> None:
    partner = await world.connected()
    clients = [await world.client(partner, code) for code in ("2", "3", "7")]
    documents = [await world.approved(client, invoice(f"2026-{n}")) for client in clients for n in range(5)]
    workers = [worker_of(world), worker_of(world)]
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(worker.run())
        await all_exported(world, documents)
        for worker in workers:
            worker.stop()

    assert len(await world.sandbox.exact.arrived()) == len(documents)
