"""Who acts on a document that cannot become UBL, and how: the cause decides, and nothing reaches Exact."""

from typing import Any

import pytest

from app.peppol.writer import write
from tests.convert.golden import pdf_file
from tests.peppol.documents import plain
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003
CONTRADICTORY = write(plain()).replace(b">121.00<", b">122.00<")
ORDER = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'
OF_AUSTRIA = b'<Invoice xmlns="http://www.ebinterface.at/schema/6p1/"/>'
CUT_OFF = write(plain())[:900]


def without_data(**changes: Any) -> dict[str, Any]:
    return invoice(**changes) | {"metadata": {}, "lines": []}


def ubl(content: bytes) -> dict[str, Any]:
    return {"role": "UBL", "filename": "invoice.xml", "content_type": "application/xml", "content": content}


def pdf() -> dict[str, Any]:
    content = pdf_file({}).content
    return {"role": "PDF", "filename": "scan.pdf", "content_type": "application/pdf", "content": content}


async def refused(world: World, document: dict[str, Any], *files: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    client = await world.client(await world.connected())
    document_id = await world.approved(client, document, files=list(files))
    await world.process()
    export = await world.export(document_id)
    assert await world.sandbox.exact.arrived(GARAGE) == []
    return export.status, export.reason or {}


@pytest.mark.parametrize(
    ("content", "code", "who"),
    [
        (CONTRADICTORY, "document_invalid", "issuer"),
        (OF_AUSTRIA, "invoice_unsupported", "partner"),
        (CUT_OFF, "file_unreadable", "client"),
    ],
)
async def test_a_file_that_cannot_be_used_names_who_acts(world: World, content: bytes, code: str, who: str) -> None:
    status, reason = await refused(world, without_data(), ubl(content))
    assert (status, reason["code"], reason["who"]) == ("error", code, who)
    assert "release" in reason["how"].lower()


async def test_a_file_that_is_an_order_is_not_exported_whatever_banqup_makes_of_it(world: World) -> None:
    status, reason = await refused(world, invoice(), ubl(ORDER))
    assert (status, reason["code"], reason["who"]) == ("not_exported", "not_an_invoice", "nobody")
    assert reason["sentence"] == "The file is a purchase order (UBL Order), not an invoice."


async def test_a_document_of_which_banqup_holds_only_a_pdf_is_for_the_bookkeeper_to_release(world: World) -> None:
    status, reason = await refused(world, without_data(), pdf())
    assert (status, reason["code"], reason["who"]) == ("error", "no_invoice_data", "partner")
    assert reason["sentence"] == "Banqup holds only a PDF and no invoice data."


async def test_a_faulty_file_of_a_sale_is_the_clients_own_to_correct(world: World) -> None:
    status, reason = await refused(world, without_data(folder="SALES"), ubl(CONTRADICTORY))
    assert (status, reason["code"], reason["who"]) == ("error", "document_incomplete", "client")
