"""Self-billed documents: the seller approves what the buyer has issued, and Exact files it by who is the seller."""

from typing import Any

import pytest

from app.vocabulary import Trigger
from tests.service.invoices import CUSTOMER, SUPPLIER, invoice
from tests.service.test_refusals import CONTRADICTORY, ubl
from tests.service.world import World

GARAGE = 100003
SALE, PURCHASE = 10, 20


def self_billed(folder: str) -> dict[str, Any]:
    """A self-billed invoice, with the client as the seller in SALES and as the buyer in PURCHASES."""
    document = invoice(folder=folder)
    parties = {"supplier": CUSTOMER, "customer": SUPPLIER} if folder == "SALES" else {}
    return document | {"metadata": document["metadata"] | parties | {"selfBilled": True}}


async def announced(world: World, document: dict[str, Any], trigger: Trigger, *files: dict[str, Any]) -> Any:
    client = await world.client(await world.connected())
    document_id = await world.finished(client, document, files=list(files))
    await world.deliver(client, document_id, trigger)
    await world.process()
    return await world.export(document_id)


@pytest.mark.parametrize("trigger", ["approved", "sent"])
@pytest.mark.parametrize(("folder", "kind"), [("SALES", SALE), ("PURCHASES", PURCHASE)])
async def test_it_is_filed_by_who_is_the_seller(world: World, folder: str, kind: int, trigger: Trigger) -> None:
    export = await announced(world, self_billed(folder), trigger)

    assert export.status == "ready_to_process", export.reason
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert arrived["type"] == kind


async def test_a_file_may_say_that_it_is_self_billed(world: World) -> None:
    document = self_billed("SALES")
    of_the_file = await announced(world, document, "approved")
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    content = await world.sandbox.exact.attachment(arrived["attachments"][0]["id"])
    silent = document | {"metadata": document["metadata"] | {"selfBilled": False, "documentNumber": "2026-0118"}}
    another = content.replace(b"2026-0117", b"2026-0118")

    export = await announced(world, silent, "approved", ubl(another))

    assert (of_the_file.status, export.status, export.origin) == ("ready_to_process", "ready_to_process", "untouched")


@pytest.mark.parametrize(("folder", "trigger"), [("SALES", "approved"), ("PURCHASES", "sent")])
@pytest.mark.parametrize("files", [(), (ubl(CONTRADICTORY),)], ids=["data", "file"])
async def test_other_documents_of_that_folder_are_not_approved_or_sent(
    world: World, folder: str, trigger: Trigger, files: tuple[dict[str, Any], ...]
) -> None:
    export = await announced(world, invoice(folder=folder), trigger, *files)

    assert (export.status, (export.reason or {})["code"]) == ("not_exported", "not_approved_or_sent")
    assert await world.sandbox.exact.arrived(GARAGE) == []
