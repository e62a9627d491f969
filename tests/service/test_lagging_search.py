"""Exact's searches lag: a document that they do not show yet is not posted twice."""

from uuid import UUID

import pytest
from sqlalchemy import update

from app.queue import exports, lanes
from app.storage.models import Export
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003
FILES = "documents/DocumentAttachments"


@pytest.fixture
async def client(world: World) -> UUID:
    """A client whose company's searches lag by 25 seconds."""
    await world.sandbox.exact.settings(search_lag_seconds=25)
    return await world.client(await world.connected())


async def process_until_quiet(world: World) -> None:
    """Let time pass in small steps, so that every attempt comes as early as possible."""
    for _ in range(20):
        await world.process()
        await world.advance(6)


async def send_again(world: World, document: UUID) -> None:
    """As a person does."""
    async with world.sessions.begin() as session:
        queued = await exports.requeue(session, [Export.document_id == document], clock=world.clock)
        await lanes.wake(session, list(queued), clock=world.clock)


async def files_in_exact(world: World) -> list[list[str]]:
    """The kinds of the files of every document in the company."""
    arrived = await world.sandbox.exact.arrived(GARAGE)
    return [[file["filename"].rpartition(".")[2] for file in one["attachments"]] for one in arrived]


async def test_a_file_that_is_refused_at_once_makes_no_second_document(world: World, client: UUID) -> None:
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("exact_error_500", endpoint=FILES, method="POST", times=1)

    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert await files_in_exact(world) == [["xml"]]


async def test_a_document_that_was_deleted_before_its_file_came_is_posted_again(world: World, client: UUID) -> None:
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("html_503", endpoint=FILES, method="POST", times=1)
    await world.process()
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    await world.sandbox.exact.delete(f"/sandbox/documents/{arrived['id']}")

    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert await files_in_exact(world) == [["xml"]]


async def test_a_file_that_was_recorded_before_the_process_died_is_not_added_again(world: World, client: UUID) -> None:
    document = await world.approved(client, invoice())
    await world.process()
    async with world.sessions.begin() as session:  # as before the last commit of the attempt
        await session.execute(update(Export).values(status="queued", ended_at=None))
        await lanes.wake(session, [(await world.export(document)).lane_id], clock=world.clock)

    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert await files_in_exact(world) == [["xml"]]


async def test_a_document_that_is_sent_again_at_once_is_posted_once(world: World, client: UUID) -> None:
    document = await world.approved(client, invoice())
    await world.process()

    await world.deliver(client, document)
    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert await files_in_exact(world) == [["xml"]]


async def test_a_file_whose_answer_was_lost_is_looked_up_also_when_sent_again(world: World, client: UUID) -> None:
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("lost_answer", endpoint=FILES, method="POST", times=1)
    await world.sandbox.exact.fault("mandatory_filter", endpoint=FILES, method="GET", times=1)
    await world.process()
    await world.advance(16)
    await world.process()
    assert (await world.export(document)).status == "error"

    await send_again(world, document)
    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert await files_in_exact(world) == [["xml"]]


async def test_a_second_lookup_that_comes_too_early_does_not_count(world: World, client: UUID) -> None:
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("lost_answer", endpoint=FILES, method="POST", times=1)
    await world.process()
    async with world.sessions.begin() as session:  # the process died after its first lookup
        await session.execute(update(Export).values(lookup_count=1))

    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert await files_in_exact(world) == [["xml"]]
