"""A client is deactivated while one of its documents is being posted."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.storage.models import Activation
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003


class Interrupting(httpx.AsyncBaseTransport):
    """Passes calls on, and runs something right after one of them is answered."""

    def __init__(self, inner: httpx.AsyncBaseTransport, after: str, happen: Callable[[], Awaitable[Any]]) -> None:
        self.inner, self.after, self.happen = inner, after, happen

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        if request.method == "POST" and request.url.path.endswith(self.after):
            await self.happen()
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


def interrupt(world: World, after: str, happen: Callable[[], Awaitable[Any]]) -> None:
    http = world.exporter.http
    http._transport = Interrupting(http._transport, after, happen)


async def test_nothing_is_posted_after_the_call_in_flight_and_what_is_left_is_reported(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())
    interrupt(world, "documents/Documents", lambda: world.onboarding.deactivate(partner, client))

    await world.process()

    export = await world.export(document)
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert arrived["attachments"] == []
    assert (export.status, str(export.exact_id)) == ("not_exported", arrived["id"])
    assert "without its file" in (export.reason or {})["sentence"]


async def test_a_deactivation_after_the_last_call_leaves_a_document_that_is_exported(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())
    interrupt(world, "documents/DocumentAttachments", lambda: world.onboarding.deactivate(partner, client))

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


@pytest.mark.parametrize("fault", ["exact_error_500", "html_503"])
async def test_a_failure_of_a_cancelled_export_changes_nothing(world: World, fault: str) -> None:
    partner = await world.connected()
    client, other = await world.client(partner), await world.client(partner, override_reason="Two spaces")
    document = await world.approved(client, invoice("2026-1"))
    later = await world.approved(other, invoice("2026-2"))
    await world.sandbox.exact.fault(fault, endpoint="documents/Documents", method="POST", times=1)
    interrupt(world, "documents/Documents", lambda: end_once(world, partner, client))

    await world.process()
    await world.advance(60)
    await world.process()

    assert (await world.export(document)).status == "not_exported"
    assert (await world.export(later)).status == "ready_to_process"


async def end_once(world: World, partner: Any, client: Any) -> None:
    if any(row.business_space_id == client for row in await activations(world)):
        await world.onboarding.deactivate(partner, client)


async def activations(world: World) -> list[Any]:
    async with world.sessions() as session:
        return list(await session.scalars(select(Activation).where(Activation.ended_at.is_(None))))
