"""A currency or a relation that Exact refuses is left out and named; any other refusal stays one."""

from uuid import uuid4

import pytest
from sqlalchemy import update

from app.exact.details import Detail, named_in
from app.queue import exports, lanes
from app.storage.models import Export, Relation
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003
BOTH = frozenset(Detail)


async def test_a_refused_currency_is_left_out_with_its_amount_and_named(world: World) -> None:
    await world.sandbox.exact.settings(currencies=["USD"])
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())

    await world.process()

    export = await world.export(document)
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert (export.status, export.left_out) == ("ready_to_process", ["Currency"])
    assert any("refused the currency EUR" in loss for loss in export.losses or [])
    assert arrived["amount_fc"] is None
    assert len(arrived["attachments"]) == 1


async def test_a_refused_relation_is_left_out_and_named(world: World) -> None:
    client = await world.client(await world.connected(), relation="create")
    await world.approved(client, invoice("2026-1"))
    await world.process()
    async with world.sessions.begin() as session:  # deleted in Exact since it was looked up
        await session.execute(update(Relation).values(account_id=uuid4()))

    document = await world.approved(client, invoice("2026-2"))
    await world.process()

    export = await world.export(document)
    first, second = await world.sandbox.exact.arrived(GARAGE)
    assert export.status == "ready_to_process", export.reason
    assert any("refused the relation" in loss for loss in export.losses or [])
    assert (first["account"] is None, second["account"], second["amount_fc"]) == (False, None, 242.0)


async def test_a_relation_that_exact_does_not_create_is_left_out_and_named(world: World) -> None:
    await world.sandbox.exact.fault("exact_error_500", endpoint="crm/Accounts", method="POST")
    client = await world.client(await world.connected(), relation="create")
    document = await world.approved(client, invoice())

    await world.process()

    export = await world.export(document)
    assert (export.status, export.left_out) == ("ready_to_process", ["Account"])
    assert any("refused the relation" in loss for loss in export.losses or [])


async def test_what_was_left_out_stays_named_after_a_lost_answer(world: World) -> None:
    await world.sandbox.exact.settings(currencies=["USD"])
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("lost_answer", endpoint="documents/Documents", method="POST", skip=1, times=1)
    await world.sandbox.exact.fault("html_503", endpoint="*ocuments/Documents", method="GET", times=2)

    for _ in range(4):
        await world.process()
        await world.advance(60)

    export = await world.export(document)
    assert (export.status, export.left_out) == ("ready_to_process", ["Currency"])
    assert len([loss for loss in export.losses or [] if "refused the currency" in loss]) == 1
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1


async def test_a_refusal_that_persists_leaves_nothing_out_and_is_tried_whole_when_sent_again(world: World) -> None:
    await world.sandbox.exact.fault(
        "exact_error_500", endpoint="documents/Documents", method="POST", times=2, message="Ongeldig: Valuta"
    )
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.process()
    refused = await world.export(document)
    assert (refused.status, (refused.reason or {})["code"]) == ("error", "exact_refused")
    assert (refused.left_out, refused.losses) == ([], [])

    async with world.sessions.begin() as session:
        queued = await exports.requeue(session, [Export.document_id == document], clock=world.clock)
        await lanes.wake(session, list(queued), clock=world.clock)
    await world.process()

    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert (arrived["currency"], arrived["amount_fc"]) == ("EUR", 242.0)


@pytest.mark.parametrize(
    ("refusal", "named"),
    [
        ("Ongeldig: Valuta", {Detail.CURRENCY}),
        ("Invalide : Devise", {Detail.CURRENCY}),
        ("Ungültig: Währung", {Detail.CURRENCY}),
        ("Ongeldig: Relatie", {Detail.ACCOUNT}),
        ("Invalid: Account\r\nInvalid: Currency", {Detail.ACCOUNT, Detail.CURRENCY}),
        ("Verplicht: Onderwerp", set()),
    ],
)
def test_a_refusal_names_a_detail_in_exacts_languages(refusal: str, named: set[Detail]) -> None:
    assert named_in(refusal, BOTH) == named
