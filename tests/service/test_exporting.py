"""The path of a document from Banqup to Exact."""

import base64
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.queries import records
from app.storage.models import Export
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>"
)


async def test_an_approved_purchase_invoice_arrives_in_exact_as_ubl(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())

    await world.process()

    export = await world.export(document)
    assert export.status == "ready_to_process", export.reason
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert (arrived["type"], arrived["subject"]) == (20, export.subject)
    assert "2026-0117" in arrived["subject"]
    assert "Drukkerij Peeters BV" in arrived["subject"]
    assert float(arrived["amount_fc"]) == 242.0
    assert arrived["currency"] == "EUR"
    [file] = arrived["attachments"]
    assert file["sha256"] == export.ubl_sha256
    assert export.exact_number == str(arrived["hid"])


async def test_a_document_reaches_exact_with_two_calls(world: World) -> None:
    client = await world.client(await world.connected())
    await world.sandbox.exact.delete("/sandbox/calls")
    await world.approved(client, invoice())

    await world.process()

    assert (await world.sandbox.exact.calls())["total"] == 2


async def test_a_sent_sales_invoice_arrives_as_a_sales_document(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice(folder="SALES"))

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert arrived["type"] == 10
    assert "Garage Maes NV" in arrived["subject"]


@pytest.mark.parametrize(("folder", "exact_type"), [("SALES", 10), ("PURCHASES", 20)])
async def test_a_self_billed_document_arrives_as_the_sale_or_purchase_of_its_folder(
    world: World, folder: str, exact_type: int
) -> None:
    client = await world.client(await world.connected())
    source = invoice(folder=folder)
    source["metadata"]["selfBilled"] = True
    document = await world.approved(client, source)

    await world.process()

    export = await world.export(document)
    assert export.status == "ready_to_process", export.reason
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert arrived["type"] == exact_type
    async with world.sessions() as session:
        ubl = await records.ubl(session, export.id)
    assert ubl is not None
    assert b"poacc:selfbilling:3.0" in ubl


async def test_a_purchase_document_that_was_only_sent_is_not_exported(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.finished(client, invoice())
    await world.deliver(client, document, "sent")

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("not_exported", "not_approved_or_sent")
    assert await world.sandbox.exact.arrived(GARAGE) == []


async def test_a_document_that_is_not_approved_yet_is_exported_after_the_next_message(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.put(client, invoice())
    await world.deliver(client, document)
    await world.process()
    assert (await world.export(document)).status == "not_exported"

    await world.sandbox.banqup.approve(str(client), str(document))
    await world.deliver(client, document)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


async def test_a_document_that_arrived_before_the_activation_is_recorded_as_not_exported(world: World) -> None:
    client = await world.client(await world.connected())
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    document = await world.approved(client, invoice(), created_at=yesterday)

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("not_exported", "arrived_before_activation")
    assert (export.number, export.seller) == ("2026-0117", "Drukkerij Peeters BV")


async def test_a_pdf_is_embedded_in_the_ubl_that_is_written_here(world: World) -> None:
    client = await world.client(await world.connected())
    pdf = {"role": "PDF", "filename": "invoice.pdf", "content_type": "application/pdf", "content": PDF}
    document = await world.approved(client, invoice(), files=[pdf])

    await world.process()

    export = await world.export(document)
    assert export.status == "ready_to_process", export.reason
    async with world.sessions() as session:
        ubl = await records.ubl(session, export.id)
    assert ubl is not None
    assert b"EmbeddedDocumentBinaryObject" in ubl


async def test_a_document_that_breaks_rules_ends_in_error_with_every_finding_and_never_reaches_exact(
    world: World,
) -> None:
    client = await world.client(await world.connected())
    broken = invoice()
    broken["metadata"]["documentTotals"]["vatAmount"] = "40.00"
    del broken["metadata"]["issueDate"]
    document = await world.approved(client, broken)

    await world.process()

    export = await world.export(document)
    reason = export.reason or {}
    assert (export.status, reason["code"], reason["who"]) == ("error", "document_incomplete", "client")
    assert len((export.reason or {})["details"]["findings"]) >= 2
    assert (export.number, export.amount) == ("2026-0117", Decimal("242.00"))
    assert await world.sandbox.exact.arrived(GARAGE) == []


async def test_a_repeated_message_enqueues_no_second_export(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.finished(client, invoice())
    first = await world.deliver(client, document, message="m1")
    again = await world.deliver(client, document, message="m1")

    await world.process()

    assert (first.duplicate, again.duplicate) == (False, True)
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1


async def test_a_resend_finds_the_document_in_exact_and_posts_nothing(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.process()
    await world.deliver(client, document)

    await world.process()

    export = await world.export(document)
    assert (export.status, export.generation) == ("ready_to_process", 2)
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert len(arrived["attachments"]) == 1


async def test_a_resend_posts_again_what_a_person_deleted_in_exact(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.process()
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    await world.sandbox.exact.delete(f"/sandbox/documents/{arrived['id']}")
    await world.advance(31)
    await world.deliver(client, document)

    await world.process()

    [again] = await world.sandbox.exact.arrived(GARAGE)
    assert again["id"] != arrived["id"]
    assert len(again["attachments"]) == 1


async def test_documents_of_a_client_arrive_in_the_order_of_their_events(world: World) -> None:
    client = await world.client(await world.connected())
    numbers = [f"2026-{n:03}" for n in range(8)]
    for number in numbers:
        await world.approved(client, invoice(number))

    await world.process()

    arrived = sorted(await world.sandbox.exact.arrived(GARAGE), key=lambda document: document["hid"])
    assert [document["subject"].split()[2] for document in arrived] == numbers


async def test_a_document_that_banqup_no_longer_has_ends_in_error(world: World) -> None:
    client = await world.client(await world.connected())
    document = uuid4()
    await world.deliver(client, document)

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("error", "document_gone")


@pytest.mark.parametrize("fault", ["server_error_500", "limit_429", "garbage", "html_503", "reset_before"])
async def test_a_document_is_exported_after_banqup_failed_for_a_while(world: World, fault: str) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.banqup.fault(fault, endpoint="documents", times=1)

    await world.process()
    assert ((await world.export(document)).reason or {})["code"] == "banqup_unavailable"
    await world.advance(120)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


async def test_a_hidden_space_is_reported_as_a_missing_permission(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.banqup.patch(f"/sandbox/spaces/{client}", {"granted": False})

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("error", "document_gone")


async def test_a_message_about_an_unknown_space_makes_nothing(world: World) -> None:
    receipt = await world.deliver(uuid4(), uuid4())

    async with world.sessions() as session:
        count = await session.scalar(select(func.count()).select_from(Export))
    assert (receipt.outcome, count) == ("unknown_space", 0)


async def test_a_token_that_banqup_no_longer_accepts_is_replaced_at_once(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.banqup.fault("unauthorized_401", endpoint="documents", times=1)

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


@pytest.mark.parametrize("endpoint", ["documents", "gettoken"])
async def test_a_banqup_that_does_not_accept_our_credentials_is_reported_to_the_operator(
    world: World, endpoint: str
) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.banqup.fault("unauthorized_401", endpoint=endpoint)

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("queued", "banqup_refuses_app")
    assert (export.reason or {})["who"] == "operator"


async def test_files_are_fetched_from_the_signed_address_without_our_token(world: World) -> None:
    client = await world.client(await world.connected())
    pdf = {"role": "PDF", "filename": "invoice.pdf", "content_type": "application/pdf", "content": PDF}
    document = await world.approved(client, invoice(), files=[pdf])
    await world.sandbox.banqup.fault("server_error_500", endpoint="storage", times=1)

    await world.process()
    assert ((await world.export(document)).reason or {})["code"] == "banqup_unavailable"
    await world.advance(60)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


@pytest.mark.parametrize("fault", ["html_200", "garbage", "reset_mid_body"])
async def test_a_file_with_other_bytes_is_fetched_again_before_anything_is_exported(world: World, fault: str) -> None:
    client = await world.client(await world.connected())
    pdf = {"role": "PDF", "filename": "invoice.pdf", "content_type": "application/pdf", "content": PDF}
    document = await world.approved(client, invoice(), files=[pdf])
    await world.sandbox.banqup.fault(fault, endpoint="storage", times=1)

    await world.process()
    assert ((await world.export(document)).reason or {})["code"] == "banqup_unavailable"
    await world.advance(60)
    await world.process()

    export = await world.export(document)
    async with world.sessions() as session:
        ubl = await records.ubl(session, export.id)
    assert base64.b64encode(PDF) in (ubl or b"")


@pytest.mark.parametrize("category", ["ORDER", "PROFORMA_INVOICE", "SELF_BILLING_INVOICE", "REMINDER"])
async def test_a_document_of_another_category_is_not_exported(world: World, category: str) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice(category=category))

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("not_exported", "not_an_invoice")


async def test_a_spelling_of_credit_note_that_is_not_documented_is_accepted(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice(category="PURCHASE_CREDIT_NOTE"))

    await world.process()

    export = await world.export(document)
    assert (export.status, export.kind) == ("ready_to_process", "credit_note")


@pytest.mark.parametrize(("size", "arrives"), [(9_900_000, True), (10_100_000, False)])
async def test_a_pdf_that_does_not_fit_into_the_ubl_is_attached_beside_it_and_a_larger_one_is_named(
    world: World, size: int, arrives: bool
) -> None:
    client = await world.client(await world.connected())
    scan = PDF + b" " * (size - len(PDF))
    large = {"role": "PDF", "filename": "scan.pdf", "content_type": "application/pdf", "content": scan}
    document = await world.approved(client, invoice(), files=[large])

    await world.process()

    export = await world.export(document)
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert export.status == "ready_to_process", export.reason
    assert any(file["filename"].endswith(".pdf") for file in arrived["attachments"]) is arrives
    assert any("scan.pdf" in loss for loss in export.losses or []) is not arrives


async def test_unreadable_fields_of_a_document_are_named(world: World) -> None:
    client = await world.client(await world.connected())
    broken = invoice()
    broken["metadata"]["issueDate"] = "the second of November"
    document = await world.approved(client, broken)

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("error", "document_unreadable")
    assert "issueDate" in (export.reason or {})["sentence"]
