"""A document's way from Banqup to Exact."""

from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003


async def test_an_approved_purchase_invoice_arrives_in_exact_as_ubl(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    document = await world.approved(client, invoice())

    await world.carry()

    export = await world.export(document)
    assert export.status == "ready_to_process", export.reason
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert arrived["subject"] == export.subject
    assert arrived["type"] == 20
    [file] = arrived["attachments"]
    assert file["sha256"] == export.ubl_sha256
