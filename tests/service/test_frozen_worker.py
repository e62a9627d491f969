"""A worker that was frozen and wakes after its lease has ended neither posts nor overwrites its successor's notes."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import update

from app.exact.route import CreatedDocument
from app.queue import deadline, exports, lanes, write_ahead
from app.queue.lanes import LEASE_TIME, Lease
from app.storage.models import Export
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003


class Freezing(httpx.AsyncBaseTransport):
    """Lets something happen once, right before or right after a call to an endpoint."""

    def __init__(self, inner: httpx.AsyncBaseTransport, endpoint: str, *, before: bool, method: str = "POST") -> None:
        self.inner, self.endpoint, self.before, self.method = inner, endpoint, before, method
        self.happen: Callable[[], Awaitable[Any]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        happen = self.happen if request.method == self.method and request.url.path.endswith(self.endpoint) else None
        if happen and self.before:
            self.happen = None
            await happen()
        response = await self.inner.handle_async_request(request)
        if happen and not self.before:
            self.happen = None
            await happen()
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


async def begun(world: World) -> tuple[UUID, Lease]:
    """A document, and the lease of the worker that begins with it."""
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    async with world.sessions.begin() as session:
        [lease] = await lanes.claim(session, limit=1, clock=world.clock)
    return document, lease


async def until_delivered(world: World) -> None:
    await world.advance(LEASE_TIME.total_seconds() + 1)
    for _ in range(4):
        await world.process()
        await world.advance(31)


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("endpoint", ["documents/Documents", "documents/DocumentAttachments"])
async def test_a_worker_that_wakes_after_its_successor_has_delivered_doubles_nothing(
    world: World, endpoint: str, before: bool
) -> None:
    document, lease = await begun(world)
    transport = Freezing(world.exporter.http._transport, endpoint, before=before)

    async def freeze() -> None:
        await until_delivered(world)
        lease.deadline.at = deadline.now()  # as long as all that took, the process stood still

    transport.happen, world.exporter.http._transport = freeze, transport
    await world.exporter.process_lane(lease, stopping=lambda: False)

    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    export = await world.export(document)
    assert (export.status, str(export.exact_id)) == ("ready_to_process", arrived["id"])
    assert [file["sha256"] for file in arrived["attachments"]] == [export.ubl_sha256]
    assert transport.happen is None


async def test_a_late_document_does_not_replace_the_successors_and_people_are_told(world: World) -> None:
    document, _ = await begun(world)
    await until_delivered(world)
    delivered = await world.export(document)

    late = CreatedDocument(id=uuid4(), number="4711", url=None)
    async with world.sessions.begin() as session:
        await write_ahead.record_late(session, delivered, late, clock=world.clock)

    export = await world.export(document)
    assert (export.exact_id, export.exact_number) == (delivered.exact_id, delivered.exact_number)
    assert "4711" in (export.losses or [])[-1]


async def claimed_by_another(world: World, lease: Lease) -> Lease:
    """The lane's next lease, after the end of this one."""
    await world.advance(LEASE_TIME.total_seconds() + 1)
    async with world.sessions.begin() as session:
        [other] = await lanes.claim(session, limit=1, clock=world.clock)
    assert (other.lane_id, other.epoch) == (lease.lane_id, lease.epoch + 1)
    return other


async def test_a_late_worker_names_what_a_cancelled_export_has_left_in_exact_once(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())
    async with world.sessions.begin() as session:
        [lease] = await lanes.claim(session, limit=1, clock=world.clock)

    async def cancel_and_claim() -> None:
        await world.onboarding.deactivate(partner, client)
        await claimed_by_another(world, lease)

    transport = Freezing(world.exporter.http._transport, "documents/Documents", before=False)
    transport.happen, world.exporter.http._transport = cancel_and_claim, transport
    await world.exporter.process_lane(lease, stopping=lambda: False)
    assert "without its file" in ((await world.export(document)).reason or {})["sentence"]
    async with world.sessions.begin() as session:
        await exports.record_leftover(session, await world.export(document), clock=world.clock)

    export, [arrived] = await world.export(document), await world.sandbox.exact.arrived(GARAGE)
    assert (export.status, str(export.exact_id)) == ("not_exported", arrived["id"])
    assert (export.reason or {})["sentence"].count("without its file") == 1


async def test_a_late_worker_does_not_overwrite_the_state_that_its_successor_has_read(world: World) -> None:
    client = await world.client(await world.connected(), route="postbox")
    document = await world.approved(client, invoice())
    await world.process()
    await world.advance(61)
    async with world.sessions.begin() as session:
        [lease] = await lanes.claim(session, limit=1, clock=world.clock)

    async def finish_before_it() -> None:
        await claimed_by_another(world, lease)
        async with world.sessions.begin() as session:
            await session.execute(update(Export).values(exact_state="processed", follow_at=None, status_checks=2))

    transport = Freezing(world.exporter.http._transport, "mailbox/MailMessagesSent", before=False, method="GET")
    transport.happen, world.exporter.http._transport = finish_before_it, transport
    await world.exporter.process_lane(lease, stopping=lambda: False)

    export = await world.export(document)
    assert (export.exact_state, export.follow_at, export.status_checks) == ("processed", None, 2)
    assert transport.happen is None
