"""A document in error, released by a person as readable: what arrives in Exact, and what the record says."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import resending
from app.partners.installations import expect_installation
from app.storage.models import AuditLine, Export
from tests.service.invoices import invoice
from tests.service.test_refusals import CONTRADICTORY, CUT_OFF, pdf, ubl, without_data
from tests.service.world import World

GARAGE = 100003
BECAUSE = "The client confirmed the amounts by phone."


async def released(world: World, partner: UUID, export: Export, because: str = BECAUSE) -> None:
    async with world.sessions.begin() as session:
        installation = await expect_installation(session, partner)
        await resending.release_as_readable(session, installation, export.id, because=because, clock=world.clock)


async def in_error(world: World, document: dict[str, Any], *files: dict[str, Any], **client: Any) -> tuple[UUID, UUID]:
    partner = await world.connected()
    space = await world.client(partner, **client)
    document_id = await world.approved(space, document, files=list(files))
    await world.process()
    assert (await world.export(document_id)).status == "error"
    return partner, document_id


async def test_a_refused_invoice_goes_to_exact_as_its_pdf_with_the_findings_in_the_body(world: World) -> None:
    partner, document = await in_error(world, invoice() | {"lines": []} | without_amounts(), ubl(CONTRADICTORY), pdf())

    await released(world, partner, await world.export(document))
    await world.process()

    export = await world.export(document)
    assert (export.status, export.grade, export.ubl_sha256) == ("ready_to_process", "readable", None)
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert (arrived["type"], arrived["subject"]) == (20, export.subject)
    assert [file["filename"][-4:] for file in arrived["attachments"]] == [".pdf"]
    assert BECAUSE in arrived["body"]
    assert "122.00" in arrived["body"]
    assert export.readable is not None
    for finding in export.readable["error"]["details"]["findings"]:
        assert arrived["body"].count(finding["message"]) == 1


def without_amounts() -> dict[str, Any]:
    header = invoice()["metadata"]
    return {"metadata": {key: header[key] for key in ("documentNumber", "issueDate", "supplier", "customer")}}


async def test_a_scan_takes_the_metadata_that_banqup_has(world: World) -> None:
    partner, document = await in_error(world, invoice() | {"lines": []} | without_amounts(), pdf())

    await released(world, partner, await world.export(document))
    await world.process()

    export = await world.export(document)
    assert (export.number, export.seller, export.grade) == ("2026-0117", "Drukkerij Peeters BV", "readable")
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert "2026-0117 Drukkerij Peeters BV" in arrived["subject"]


async def test_a_file_that_nothing_can_read_still_reaches_the_bookkeeper(world: World) -> None:
    partner, document = await in_error(world, without_data(), ubl(CUT_OFF))

    await released(world, partner, await world.export(document))
    await world.process()

    export = await world.export(document)
    assert (export.status, export.grade) == ("ready_to_process", "readable")
    assert export.losses == ["The file invoice.xml is not sent along."]
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert export.reason is None
    assert BECAUSE in arrived["body"]


async def test_it_goes_to_the_documents_also_for_a_client_of_the_postbox(world: World) -> None:
    partner, document = await in_error(world, without_data(), pdf(), route="postbox")

    await released(world, partner, await world.export(document))
    await world.process()

    export = await world.export(document)
    assert (export.status, export.follow_at) == ("ready_to_process", None)
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1
    assert await world.sandbox.exact.mail(GARAGE) == []


async def test_a_bulk_release_takes_the_errors_of_one_kind_and_leaves_what_a_person_must_decide(world: World) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    scans = [await world.approved(client, without_data(), files=[pdf()]) for _ in range(2)]
    await world.approved(client, invoice())
    duplicate = await world.approved(client, invoice())
    await world.process()

    async with world.sessions.begin() as session:
        installation = await expect_installation(session, partner)
        count = await resending.release_errors(
            session, installation, because=BECAUSE, client=client, code=None, clock=world.clock
        )
    await world.process()

    assert count == 2
    assert {(await world.export(scan)).status for scan in scans} == {"ready_to_process"}
    assert (await world.export(duplicate)).status == "error"
    async with world.sessions() as session:
        line = (await session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1))).one()
    assert (line.action, line.after) == (
        "errors_released",
        {"count": 2, "as": "readable", "reason": BECAUSE, "code": None},
    )


async def test_the_audit_log_says_who_released_what_and_why(world: World) -> None:
    partner, document = await in_error(world, without_data(), pdf())
    export = await world.export(document)

    await released(world, partner, export)

    async with world.sessions() as session:
        line = (await session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1))).one()
    assert (line.action, line.subject) == ("export_released", str(export.id))
    assert line.before == {"status": "error", "code": "no_invoice_data"}
    assert line.after == {"status": "queued", "as": "readable", "reason": BECAUSE}


@pytest.mark.parametrize("named", [True, False], ids=["named", "not named"])
async def test_a_held_document_goes_out_in_bulk_only_if_its_code_is_named(world: World, named: bool) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    await world.approved(client, invoice())
    duplicate = await world.approved(client, invoice())
    await world.process()

    code = "probable_duplicate" if named else None
    async with world.sessions.begin() as session:
        installation = await expect_installation(session, partner)
        await resending.release_errors(
            session, installation, because=BECAUSE, client=None, code=code, clock=world.clock
        )
    await world.process()

    assert (await world.export(duplicate)).status == ("ready_to_process" if named else "error")
