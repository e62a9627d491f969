"""What stands behind a document: shown on the export, and held below Peppol if the partner has chosen so."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import resending
from app.partners.installations import expect_installation
from app.storage.models import AuditLine, Export, Notification
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003


@pytest.fixture
def more_settings() -> dict[str, object]:
    return {"notifications_to_private": True}


def to_a_consumer() -> dict[str, Any]:
    """A sale of the client to a person without any number."""
    sale = invoice(folder="SALES")
    person = {"legalName": "Lieve Claes", "address": sale["metadata"]["customer"]["address"]}
    return sale | {"metadata": sale["metadata"] | {"customer": person}}


async def released(world: World, partner: UUID, export: Export) -> None:
    async with world.sessions.begin() as session:
        installation = await expect_installation(session, partner)
        await resending.release(session, installation, export.id, clock=world.clock)


@pytest.mark.parametrize(
    ("document", "grade"), [(invoice(), "peppol"), (to_a_consumer(), "en16931")], ids=["peppol", "en16931"]
)
async def test_a_document_in_exact_has_its_grade(world: World, document: dict[str, Any], grade: str) -> None:
    client = await world.client(await world.connected())
    document_id = await world.approved(client, document)

    await world.process()

    export = await world.export(document_id)
    assert (export.status, export.grade) == ("ready_to_process", grade), export.reason


async def test_a_document_below_peppol_is_held_if_the_partner_says_so_until_a_person_releases_it(
    world: World,
) -> None:
    partner = await world.connected()
    await world.onboarding.set_en16931(partner, "hold")
    client = await world.client(partner)
    document, peppol = await world.approved(client, to_a_consumer()), await world.approved(client, invoice("2026-1"))

    await world.process()
    held = await world.export(document)
    reason = held.reason or {}
    assert (held.status, reason["code"], reason["who"], held.grade) == ("error", "held_en16931", "partner", "en16931")
    assert {one["rule"] for one in reason["details"]["findings"]} == {"PEPPOL-EN16931-R010"}
    assert (await world.export(peppol)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1

    await released(world, partner, held)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 2
    async with world.sessions() as session:
        actions = (await session.scalars(select(AuditLine.action).order_by(AuditLine.id))).all()
    assert "en16931_changed" in actions
    assert actions[-1] == "export_released"


async def test_a_notification_names_the_grade(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    async with world.sessions() as session:
        installation = await expect_installation(session, partner)
    await world.exporter.notifier.set_target(installation.id, "http://127.0.0.1:9/here")
    await world.approved(client, to_a_consumer())

    await world.process()

    async with world.sessions() as session:
        data = (await session.scalars(select(Notification.data))).one()
    assert (data["status"], data["grade"]) == ("ready_to_process", "en16931")
