"""The routes of an activation: digital postbox, relations, and what stops an export before its first post."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update

from app.clock import Clock
from app.onboarding import ClientBinding
from app.queue import exports, lanes
from app.storage.models import Activation, Export
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003


def credit_note(number: str, corrects: str) -> dict[str, Any]:
    """A credit note of the plain invoice."""
    document = invoice(number, category="CREDIT_NOTE")
    document["metadata"]["precedingInvoices"] = [{"documentNumber": corrects, "issueDate": "2026-11-02"}]
    return document


async def code_of(world: World, document: Any) -> str | None:
    return ((await world.export(document)).reason or {}).get("code")


async def test_the_postbox_gets_a_message_with_the_ubl(world: World) -> None:
    client = await world.client(await world.connected(), route="postbox")
    document = await world.approved(client, invoice())

    await world.process()

    export = await world.export(document)
    assert (export.status, export.exact_state) == ("ready_to_process", "open")
    [mail] = await world.sandbox.exact.mail(GARAGE)
    assert (mail["type"], mail["subject"]) == (1000, export.subject)
    [file] = mail["attachments"]
    assert (file["type"], file["sha256"]) == (130, export.ubl_sha256)


@pytest.mark.parametrize(
    ("outcome", "status", "state"),
    [
        ([20, 42, 50], "ready_to_process", "processed"),
        ([20, 5], "error", "rejected"),
        ([42, 45], "error", "error"),
        ([20, 46], "error", "blocked"),
    ],
)
async def test_the_state_of_a_message_is_checked_until_it_is_final(
    world: World, outcome: list[int], status: str, state: str
) -> None:
    await world.sandbox.exact.put("/sandbox/recipient", {"outcome": outcome, "step_seconds": 60})
    client = await world.client(await world.connected(), route="postbox")
    document = await world.approved(client, invoice())

    for _ in range(6):
        await world.process()
        await world.advance(1800)

    export = await world.export(document)
    assert (export.status, export.exact_state, export.follow_at) == (status, state, None)
    assert await code_of(world, document) == ("rejected_in_exact" if status == "error" else None)


async def test_sixty_states_take_one_call(world: World) -> None:
    client = await world.client(await world.connected(), route="postbox")
    for n in range(5):
        await world.approved(client, invoice(f"2026-{n}"))
    await world.process()
    await world.sandbox.exact.delete("/sandbox/calls")
    await world.advance(61)

    await world.process()

    assert (await world.sandbox.exact.calls())["total"] == 1


async def test_a_company_without_the_mailbox_module_is_reported(world: World) -> None:
    await world.sandbox.exact.patch(f"/sandbox/companies/{GARAGE}", {"modules": []})
    client = await world.client(await world.connected(), route="postbox")
    document = await world.approved(client, invoice())

    await world.process()

    assert await code_of(world, document) == "exact_forbids"


async def test_a_mailbox_that_expires_or_is_named_is_looked_up_again(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner, route="postbox")
    await world.approved(client, invoice("2026-1"))
    await world.process()
    await world.sandbox.exact.patch(f"/sandbox/companies/{GARAGE}", {"mailbox_valid_to": "2020-01-01T00:00:00"})
    await world.sandbox.exact.patch("/sandbox/companies/100001", {"mailbox_for_all": True})
    await world.advance(3_601)

    second = await world.approved(client, invoice("2026-2"))
    await world.process()
    assert (await world.export(second)).status == "ready_to_process"
    binding = ClientBinding(company_code="3", route="postbox", mailbox="nobody@exact.example")
    await world.onboarding.activate(partner, client, binding)
    third = await world.approved(client, invoice("2026-3"))
    await world.process()
    assert await code_of(world, third) == "mailbox_missing"

    first, later = [mail["recipient_mailbox"] for mail in await world.sandbox.exact.mail(GARAGE)]
    assert (first.partition("@")[0], later.partition("@")[0]) == (str(GARAGE), "100001")


async def test_a_sender_preference_that_exact_refuses_stops_no_message(world: World) -> None:
    await world.sandbox.exact.fault("forbidden_403", endpoint="read/mailbox/*")
    client = await world.client(await world.connected(), route="postbox")
    document = await world.approved(client, invoice())

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


@pytest.mark.parametrize("endpoint", ["mailbox/MailMessagesSent", "mailbox/MailMessageAttachments"])
@pytest.mark.parametrize("fault", ["lost_answer", "null_id", "reset_before"])
async def test_an_unclear_answer_of_the_postbox_ends_with_one_message(world: World, endpoint: str, fault: str) -> None:
    client = await world.client(await world.connected(), route="postbox")
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault(fault, endpoint=endpoint, method="POST", times=1)

    for _ in range(5):
        await world.process()
        await world.advance(90)

    assert (await world.export(document)).status == "ready_to_process"
    [mail] = await world.sandbox.exact.mail(GARAGE)
    assert len(mail["attachments"]) == 1


async def test_a_relation_is_linked_by_its_vat_number_and_looked_up_once(world: World) -> None:
    client = await world.client(await world.connected(), relation="create")
    await world.approved(client, invoice("2026-1"))
    await world.approved(client, invoice("2026-2"))

    await world.process()

    first, second = await world.sandbox.exact.arrived(GARAGE)
    assert first["account"] is not None
    assert first["account"] == second["account"]
    calls = (await world.sandbox.exact.calls())["by_endpoint"]
    assert sum(count for endpoint, count in calls.items() if "crm/Accounts" in endpoint) <= 3


async def test_a_relation_that_is_unknown_is_not_created_unless_the_activation_says_so(world: World) -> None:
    client = await world.client(await world.connected(), relation="link")
    await world.approved(client, invoice())

    await world.process()

    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert arrived["account"] is None


async def test_the_same_invoice_under_another_document_is_rejected_and_can_be_released(world: World) -> None:
    client = await world.client(await world.connected())
    first = await world.approved(client, invoice())
    second = await world.approved(client, invoice())

    await world.process()
    held = await world.export(second)
    assert (held.status, await code_of(world, second)) == ("error", "probable_duplicate")
    assert (held.reason or {})["details"]["earlier"]["document"] == str(first)
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1

    async with world.sessions.begin() as session:
        await exports.lift_hold(session, held, "probable_duplicate")
        await exports.requeue(session, [Export.id == held.id], clock=world.clock)
        await lanes.wake(session, [held.lane_id], clock=world.clock)
    await world.process()

    assert (await world.export(second)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 2


async def test_the_same_number_of_another_year_is_no_duplicate(world: World) -> None:
    client = await world.client(await world.connected())
    await world.approved(client, invoice())
    other = invoice()
    other["metadata"]["issueDate"] = "2025-11-02"
    other["metadata"]["dueDate"] = "2025-12-02"
    document = await world.approved(client, other)

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


async def test_a_credit_note_arrives_after_its_invoice_although_its_message_came_first(world: World) -> None:
    client = await world.client(await world.connected())
    note = await world.approved(client, credit_note("CN-1", "2026-1"))
    original = await world.approved(client, invoice("2026-1"))

    await world.process()
    await world.advance(10)
    await world.process()

    assert (await world.export(original)).status == (await world.export(note)).status == "ready_to_process"
    arrived = sorted(await world.sandbox.exact.arrived(GARAGE), key=lambda document: document["hid"])
    assert ["2026-1" in arrived[0]["subject"], "CN-1" in arrived[1]["subject"]] == [True, True]


async def test_a_credit_note_waits_for_an_invoice_that_is_being_retried(world: World) -> None:
    client = await world.client(await world.connected())
    original = await world.approved(client, invoice("2026-1"))
    note = await world.approved(client, credit_note("CN-1", "2026-1"))
    async with world.sessions.begin() as session:  # the invoice failed so often that it has stepped aside
        later = {
            "blocks_lane": False,
            "number": "2026-1",
            "kind": "invoice",
            "due_at": Clock().sql() + exports.ASIDE_FOR,
        }
        await session.execute(update(Export).where(Export.document_id == original).values(**later))

    await world.process()

    assert await code_of(world, note) == "after_its_invoice"
    assert await world.sandbox.exact.arrived(GARAGE) == []


async def test_a_credit_note_without_a_known_invoice_goes_out(world: World) -> None:
    client = await world.client(await world.connected())
    note = await world.approved(client, credit_note("CN-1", "2025-999"))

    await world.process()

    assert (await world.export(note)).status == "ready_to_process"


async def test_switching_off_and_on_keeps_the_choices_of_a_client(world: World) -> None:
    partner, category, folder = await world.connected(), uuid4(), uuid4()
    client = await world.client(partner, route="postbox", relation="link", category=category, folder=folder)
    await world.onboarding.toggle(partner, active=False, confirmed=True)
    await world.onboarding.toggle(partner, active=True, confirmed=False)

    async with world.sessions() as session:
        in_force = select(Activation).where(Activation.business_space_id == client, Activation.ended_at.is_(None))
        chosen = (await session.scalars(in_force)).one()
    assert (chosen.route, chosen.relation, chosen.category, chosen.folder) == ("postbox", "link", category, folder)


async def test_a_message_that_exact_does_not_list_twice_in_a_row_is_removed(world: World) -> None:
    client = await world.client(await world.connected(), route="postbox")
    document = await world.approved(client, invoice())
    await world.process()
    async with world.sessions.begin() as session:  # a key that Exact does not list
        await session.execute(update(Export).values(exact_id=uuid4()))

    states = []
    for _ in range(2):
        await world.advance(600)
        await world.process()
        states.append((await world.export(document)).exact_state)

    assert states == ["not found", "removed"]
    assert (await world.export(document)).status == "ready_to_process"


class Refusing(httpx.AsyncBaseTransport):
    """Refuses the first status check with a functional error of Exact; passes the other calls on."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner, self.refused = inner, False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and request.url.path.endswith("MailMessagesSent") and not self.refused:
            self.refused = True
            return httpx.Response(500, stream=httpx.ByteStream(b'{"error":{"message":{"value":"Ongeldig: filter"}}}'))
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


async def test_a_status_check_that_exact_refuses_is_repeated_later_and_blocks_nothing(
    world: World,
) -> None:
    client = await world.client(await world.connected(), route="postbox")
    first = await world.approved(client, invoice("2026-1"))
    await world.process()
    world.exporter.http._transport = Refusing(world.exporter.http._transport)
    await world.advance(70)

    await world.process()
    second = await world.approved(client, invoice("2026-2"))
    await world.process()

    followed = await world.export(first)
    assert (followed.exact_state, followed.status_checks) == ("open", 1)
    assert followed.follow_at is not None
    assert (await world.export(second)).status == "ready_to_process"
