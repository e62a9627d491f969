"""Outgoing notifications: signed, at least once, in order, never into our own network."""

import asyncio
import json
from uuid import UUID

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from app.api import events
from app.errors import Problem
from app.notifications import outbox
from app.outbound.addresses import DestinationRefused, vet_destination
from app.partners import installations
from app.storage.models import InstallationId, Notification
from tests.service.invoices import invoice
from tests.service.receiver import Receiver, listening
from tests.service.world import World

DESCRIBED: dict[str, type[events.Event]] = {
    "export.ready_to_process": events.ExportReady,
    "export.error": events.ExportFailed,
    "connection.lost": events.ConnectionLost,
    "connection.restored": events.ConnectionRestored,
    "client.activated": events.ClientActivated,
    "client.deactivated": events.ClientDeactivated,
}


@pytest.fixture
def more_settings() -> dict[str, object]:
    return {"notifications_to_private": True}


async def installation_of(world: World, partner: UUID) -> InstallationId:
    async with world.sessions() as session:
        installation = await installations.find(session, partner)
    assert installation is not None
    return installation.id


async def delivered(world: World, receiver: Receiver) -> list[str]:
    """Send until nothing is due; gives the types that were received, each with a body as it is described."""
    while await world.exporter.notifier.send_due():
        pass
    received = [json.loads(body) for _, body in receiver.received]
    for body in received:
        described = DESCRIBED[body["type"]].model_validate(body)
        assert described.model_dump(mode="json", exclude_unset=True)["data"] == body["data"]
    return [body["type"] for body in received]


async def test_a_client_and_its_documents_are_notified_in_order(world: World) -> None:
    partner = await world.connected()
    async with listening() as receiver:
        await world.exporter.notifier.set_target(await installation_of(world, partner), receiver.url)
        client = await world.client(partner)
        await world.approved(client, invoice("2026-1"))
        broken = invoice("2026-2")
        broken["metadata"]["documentTotals"]["vatAmount"] = "1.00"
        await world.approved(client, broken)
        await world.process()
        await world.onboarding.deactivate(partner, client)

        types = await delivered(world, receiver)

    assert types == ["client.activated", "export.ready_to_process", "export.error", "client.deactivated"]
    error = json.loads(receiver.received[2][1])["data"]
    assert (error["client"], error["reason"]["code"]) == (str(client), "document_incomplete")


async def test_a_notification_is_signed_as_standard_webhooks(world: World) -> None:
    partner = await world.connected()
    async with listening() as receiver:
        _, secret = await world.exporter.notifier.set_target(await installation_of(world, partner), receiver.url)
        await world.client(partner)
        await delivered(world, receiver)

    headers, body = receiver.received[0]
    assert Webhook(secret).verify(body, headers)["type"] == "client.activated"


async def test_a_lost_and_a_restored_connection_are_notified(world: World) -> None:
    first, second = await world.connected(), await world.installed()
    async with listening() as receiver:
        await world.exporter.notifier.set_target(await installation_of(world, first), receiver.url)
        await world.sign_in(second)
        await world.sign_in(first)

        assert await delivered(world, receiver) == ["connection.lost", "connection.restored"]


async def test_a_destination_that_fails_is_retried_and_later_ones_wait_for_it(world: World) -> None:
    partner = await world.connected()
    async with listening(500, 302) as receiver:
        await world.exporter.notifier.set_target(await installation_of(world, partner), receiver.url)
        client = await world.client(partner)
        await world.onboarding.deactivate(partner, client)
        rounds = []
        for _ in range(4):
            rounds.append(await delivered(world, receiver))
            await world.advance(60)

    assert rounds[0] == ["client.activated"]
    assert rounds[-1] == ["client.activated"] * 3 + ["client.deactivated"]
    ids = {headers["webhook-id"] for headers, _ in receiver.received[:3]}
    assert len(ids) == 1


async def test_after_three_days_it_is_given_up(world: World) -> None:
    partner = await world.connected()
    async with listening(*[500] * 50) as receiver:
        await world.exporter.notifier.set_target(await installation_of(world, partner), receiver.url)
        await world.client(partner)
        for _ in range(20):
            await delivered(world, receiver)
            await world.advance(6 * 3600)

    async with world.sessions() as session:
        [notification] = await session.scalars(select(Notification))
    assert notification.outcome == "given_up"


async def test_a_target_that_never_answers_delays_no_other(world: World) -> None:
    silent_partner, partner = await world.connected("anna"), await world.connected("bram")
    notifier = world.exporter.notifier

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(never, "127.0.0.1", 0)
    async with silent, listening() as receiver:
        port = silent.sockets[0].getsockname()[1]
        await notifier.set_target(await installation_of(world, silent_partner), f"http://127.0.0.1:{port}/")
        await notifier.set_target(await installation_of(world, partner), receiver.url)
        await world.client(silent_partner)
        await world.client(partner, "1")

        started = await notifier.start_due()
        done, waiting = await asyncio.wait(started, return_when=asyncio.FIRST_COMPLETED)

        assert (len(done), len(waiting)) == (1, 1)
        assert [json.loads(body)["type"] for _, body in receiver.received] == ["client.activated"]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_owner_sees_that_a_target_fails_and_when_it_is_paused(world: World) -> None:
    partner = await world.connected()
    states = []
    async with listening(*[500] * 6) as receiver:
        installation = await installation_of(world, partner)
        await world.exporter.notifier.set_target(installation, receiver.url)
        await world.client(partner)
        for _ in range(7):
            await delivered(world, receiver)
            async with world.sessions() as session:
                states.append((await outbox.health_of(session, installation)).state)
            await world.advance(6 * 3600)

    assert states == ["failing"] * 5 + ["paused", "ok"]


async def test_an_installation_without_a_target_costs_no_row(world: World) -> None:
    partner = await world.connected()
    await world.client(partner)

    async with world.sessions() as session:
        assert await outbox.count_waiting(session, await installation_of(world, partner)) == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.1.2.3/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:127.0.0.1]/hook",
        "https://0.0.0.0/hook",
        "http://93.184.216.34/hook",
        "ftp://93.184.216.34/hook",
        "https://user:secret@93.184.216.34/hook",
        "https:///hook",
        "https://93.184.216.34:99999/hook",
        "https://@93.184.216.34/hook",
        "https://93.184.216.34:0/hook",
        "https://192.0.0.8/hook",
        "https://100.64.0.1/hook",
        "https://[64:ff9b::7f00:1]/hook",
        "https://[2002:7f00:1::]/hook",
        "https://[2001:0:7f00:1::]/hook",
        "https://[::7f00:1]/hook",
        "https://[fe80::1]/hook",
        "https://[fd00::1]/hook",
    ],
)
async def test_a_destination_inside_our_network_is_refused(url: str) -> None:
    with pytest.raises(DestinationRefused):
        await vet_destination(url, allow_private=False)


async def test_an_unknown_name_and_one_that_leads_inside_are_refused_in_the_same_words() -> None:
    said = []
    for name in ("localhost", f"{'x' * 64}.example"):  # no name has a label that long
        with pytest.raises(DestinationRefused) as refused:
            await vet_destination(f"https://{name}/hook", allow_private=False)
        said.append(str(refused.value))
    assert said[0] == said[1]


async def test_a_literal_of_ipv6_is_called_as_one() -> None:
    url, host = await vet_destination("https://[2606:4700:4700::1111]/hook", allow_private=False)
    assert (url, host) == ("https://[2606:4700:4700::1111]:443/hook", "[2606:4700:4700::1111]")


async def test_a_public_destination_is_called_by_the_address_that_was_looked_at() -> None:
    assert await vet_destination("https://93.184.216.34/hook?a=1", allow_private=False) == (
        "https://93.184.216.34:443/hook?a=1",
        "93.184.216.34",
    )


async def test_a_refused_destination_is_reported_to_its_caller(world: World) -> None:
    partner = await world.connected()

    with pytest.raises(Problem) as refused:
        await world.exporter.notifier.set_target(await installation_of(world, partner), "ftp://127.0.0.1/")

    assert refused.value.reason.kind.code == "destination_refused"
