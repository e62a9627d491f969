"""Documents that would stop others: characters that Postgres refuses, and work without end."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.convert.conversion import Cause, Unconvertible
from app.delivery.conversion import unconvertible
from app.peppol.findings import Finding
from app.queue import lanes
from app.queue.lanes import LEASE_TIME
from app.storage.models import ExportEvent, Lane
from benchmarks.hostile_shapes import attributes_of_one
from tests.convert.documents import document as invoice_data
from tests.convert.documents import parsed
from tests.service.invoices import invoice
from tests.service.world import World


def altered(name: str, value: Any) -> dict[str, Any]:
    """An invoice with one other value, by a path with dots."""
    document = json.loads(json.dumps(invoice()))
    *way, last = name.split(".")
    place = document
    for key in way:
        place = place[int(key)] if key.isdigit() else place[key]
    place[last] = value
    return dict(document)


@pytest.mark.parametrize(
    "name", ["category", "metadata.documentNumber", "metadata.supplier.legalName", "lines.0.currency"]
)
@pytest.mark.parametrize("character", ["\0", "\udc00"])
async def test_a_character_that_postgres_cannot_store_leaves_no_document_queued(
    world: World, name: str, character: str
) -> None:
    client = await world.client(await world.connected())
    hostile = await world.approved(client, altered(name, f"A{character}B"))
    plain = await world.approved(client, invoice("2026-0118"))

    await world.process()

    assert (await world.export(hostile)).status != "queued"
    assert (await world.export(plain)).status == "ready_to_process"


async def _lose_lease(world: World) -> None:
    """Let a worker claim the lane and vanish."""
    async with world.sessions.begin() as session:
        assert await lanes.claim(session, limit=1, clock=world.clock)
    world.clock.offset += LEASE_TIME + timedelta(seconds=1)


async def test_a_document_at_which_leases_are_lost_again_and_again_lets_the_lane_go_on(world: World) -> None:
    client = await world.client(await world.connected())
    stopping = await world.approved(client, invoice())
    later = await world.approved(client, invoice("2026-0118"))
    for _ in range(4):
        await _lose_lease(world)

    await world.process()

    export = await world.export(stopping)
    assert (export.status, export.reason and export.reason["code"]) == ("error", "document_stops_worker")
    assert (await world.export(later)).status == "ready_to_process"


async def test_leases_lost_at_different_documents_blame_none(world: World) -> None:
    client = await world.client(await world.connected())
    documents = []
    for number in range(3):
        documents.append(await world.approved(client, invoice(f"2026-{number}")))
        await _lose_lease(world)
        await _lose_lease(world)
        await world.process()

    assert [(await world.export(document)).status for document in documents] == ["ready_to_process"] * 3


async def test_a_lane_whose_step_fails_is_given_back_and_says_why(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    export = await world.export(document)
    async with world.sessions.begin() as session:  # whatever breaks a worker's step: here a row that cannot be read
        await session.execute(text("update export set intent = 'nonsense:x' where id = :id"), {"id": export.id})

    await world.process()

    async with world.sessions() as session:
        lane = (await session.scalars(select(Lane).where(Lane.id == export.lane_id))).one()
        events = (await session.scalars(select(ExportEvent).where(ExportEvent.export_id == export.id))).all()
    told = lane.blocked_reason or next((event.detail for event in events if event.detail), None)
    assert told is not None
    assert told["code"] == "failed_here"
    assert not lane.leased


async def test_a_document_of_too_many_files_is_in_error_and_the_next_one_goes_out(world: World) -> None:
    client = await world.client(await world.connected())
    file = {"role": "ATTACHMENT", "filename": "a.pdf", "contentType": "application/pdf", "fileSize": 1}
    files = [{"id": str(uuid4()), **file} for _ in range(51)]
    heavy = await world.approved(client, {**invoice(), "files": files})
    plain = await world.approved(client, invoice("2026-0118"))

    await world.process()

    assert await ended(world, heavy) == ("error", "document_too_heavy", "It has 51 files; the limit is 50.")
    assert (await world.export(plain)).status == "ready_to_process"


async def test_files_that_are_too_large_together_are_not_fetched(world: World) -> None:
    client = await world.client(await world.connected())
    file = {"role": "ATTACHMENT", "filename": "a.pdf", "contentType": "application/pdf", "fileSize": 20_000_001}
    heavy = await world.approved(client, {**invoice(), "files": [{"id": str(uuid4()), **file} for _ in range(3)]})

    await world.process()

    assert await ended(world, heavy) == (
        "error",
        "document_too_heavy",
        "Its files have 60 MB together; the limit is 60 MB.",
    )


async def test_ubl_with_an_element_of_100000_attributes_is_in_error_and_says_so(world: World) -> None:
    client = await world.client(await world.connected())
    [ubl] = attributes_of_one(100_000).files
    file = {"role": "UBL", "filename": "a.xml", "content_type": "text/xml", "content": ubl.content}
    heavy = await world.approved(client, invoice(), files=[file])

    await world.process()

    sentence = "An element has more than 100 attributes, the limit for an invoice."
    assert await ended(world, heavy) == ("error", "document_too_heavy", sentence)


def test_of_very_many_findings_the_first_hundred_are_kept_with_their_count() -> None:
    findings = [Finding("BR-16", "fatal", f"Sentence {number}.") for number in range(250)]

    refused = unconvertible(Unconvertible(findings, cause=Cause.FAULTY), parsed(invoice_data()))

    assert [finding["message"] for finding in refused.reason.details["findings"]] == [
        f"Sentence {number}." for number in range(100)
    ]
    assert refused.reason.details["finding_count"] == 250
    assert refused.reason.sentence == "Sentence 0. Sentence 1. Sentence 2. And 247 more."


async def ended(world: World, document: UUID) -> tuple[str, str, str]:
    """The status of an export, and the code and the sentence of its reason."""
    export = await world.export(document)
    reason = export.reason or {}
    return export.status, reason["code"], reason["sentence"]
