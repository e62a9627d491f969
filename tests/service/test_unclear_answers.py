"""Exact answered unclearly, or not at all: nothing is lost and nothing is posted twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.queue import write_ahead
from app.storage.models import Export
from app.storage.models.intent import Intent, PostDocument
from tests.service.invoices import invoice
from tests.service.world import World, built

GARAGE = 100003
DONE = {"effect": "done"}
# Exact counts these as errors.
PROBED_RARELY = ("html_400", "html_403")


async def process_until_quiet(world: World) -> None:
    """Let time pass until every queued export had its turns."""
    for _ in range(6):
        await world.process()
        await world.advance(90)


@pytest.mark.parametrize("endpoint", ["documents/Documents", "documents/DocumentAttachments"])
@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        ("lost_answer", {}),
        ("reset_mid_body", {}),
        ("reset_before", {}),
        ("timeout_408", DONE),
        ("timeout_408", {"effect": "none"}),
        ("server_error_500", DONE),
        ("server_error_500", {"effect": "none"}),
        ("html_503", DONE),
        ("empty_599", DONE),
        ("html_200", DONE),
        ("html_200", {"effect": "none"}),
        ("null_id", {}),
        ("created_without_record", {}),
        ("created_without_record", {"body": '{"d":[]}'}),
        ("created_without_record", {"body": '{"d":{"results":[]}}'}),
        ("created_without_record", {"effect": "none"}),
        ("own_fault_500", DONE),
        ("own_fault_500", {"effect": "none"}),
        ("own_fault_500", {"message": "", **DONE}),
        ("redirect_302", DONE),
        ("locked_423", {"effect": "none"}),
        ("too_early_425", {"effect": "none"}),
        ("html_400", DONE),
        ("html_403", {"effect": "none"}),
        ("busy_503", {}),
    ],
)
async def test_an_unclear_answer_to_a_post_ends_with_one_whole_document(
    world: World, endpoint: str, fault: str, effect: dict[str, Any]
) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault(fault, endpoint=endpoint, method="POST", times=1, **effect)

    await process_until_quiet(world)
    if fault in PROBED_RARELY:
        await world.advance(1_200)
        await process_until_quiet(world)

    export = await world.export(document)
    assert export.status == "ready_to_process", export.reason
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert [file["sha256"] for file in arrived["attachments"]] == [export.ubl_sha256]


async def test_a_search_that_lags_behind_a_lost_answer_makes_no_second_document(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("search_lag", endpoint="documents/Documents", seconds=10)
    await world.sandbox.exact.fault("lost_answer", endpoint="documents/Documents", method="POST", times=1)

    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1


async def test_after_a_crash_before_the_post_two_lookups_precede_a_new_post(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    async with world.sessions.begin() as session:  # what a killed worker leaves behind
        await write_ahead.record_intent(session, await world.export(document), PostDocument(), clock=world.clock)

    await world.process()
    assert ((await world.export(document)).reason or {})["code"] == "checking_exact"
    assert await world.sandbox.exact.arrived(GARAGE) == []
    await process_until_quiet(world)

    assert (await world.export(document)).status == "ready_to_process"
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1


async def test_after_a_crash_after_the_post_the_document_is_found_although_it_was_renamed(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.process()
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    await world.sandbox.exact.patch(f"/sandbox/documents/{arrived['id']}", {"subject": "March, printing"})
    lost: dict[str, Any] = {"status": "queued", "exact_id": None, "attached": [], "intent": PostDocument()}
    async with world.sessions.begin() as session:
        await session.execute(update(Export).values(**lost))
        await session.commit()
    await world.deliver(client, document)

    await process_until_quiet(world)

    export = await world.export(document)
    assert (export.status, str(export.exact_id)) == ("ready_to_process", arrived["id"])
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 1


async def test_a_functional_refusal_ends_in_error_with_exacts_own_message(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("exact_error_500", endpoint="documents/Documents", method="POST", times=1)

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"], export.intent) == ("error", "exact_refused", None)


async def test_a_used_up_minute_delays_calls_and_is_never_exceeded(world: World) -> None:
    client = await world.client(await world.connected())
    documents = [await world.approved(client, invoice(f"2026-{n}")) for n in range(32)]
    await world.advance(61 - world.clock.now().second)  # a minute has just begun

    await world.process()
    assert (await world.export(documents[-1])).status == "queued"
    await process_until_quiet(world)

    assert (await world.export(documents[-1])).status == "ready_to_process"
    calls = await world.sandbox.exact.calls()
    assert calls["by_status"].get("429", 0) == 0
    assert len(await world.sandbox.exact.arrived(GARAGE)) == 32


async def test_a_missing_right_blocks_the_company_and_is_probed_rarely(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    fault = await world.sandbox.exact.fault("forbidden_403", endpoint="documents/*", method="POST", reason="right")

    for _ in range(12):
        await world.process()
        await world.advance(300)
    waiting = await world.export(document)
    assert (waiting.status, (waiting.reason or {})["code"]) == ("queued", "exact_forbids")
    assert (await world.sandbox.exact.calls())["by_status"]["403"] <= 4
    await world.sandbox.exact.delete(f"/sandbox/faults/{fault['id']}")
    await world.advance(1200)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


@pytest.mark.parametrize(("intent", "code"), [(None, "gave_up"), (PostDocument(), "uncertain_in_exact")])
async def test_after_thirty_days_of_failures_a_person_must_act(world: World, intent: Intent | None, code: str) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    async with world.sessions.begin() as session:
        values = {
            "intent": intent,
            "subject": "BQ-X Invoice 1",
            "failing_since": world.clock.now() - timedelta(days=31),
        }
        await session.execute(update(Export).values(**values))
    await world.sandbox.exact.fault("html_503", endpoint="*ocuments/*")

    await world.process()

    export = await world.export(document)
    assert (export.status, (export.reason or {})["code"]) == ("error", code)


@pytest.mark.parametrize("skew", [-40.0, 3625.0])
async def test_a_clock_of_exact_that_differs_costs_no_call_beyond_the_limit(world: World, skew: float) -> None:
    client = await world.client(await world.connected())
    await world.sandbox.exact.advance(skew)
    documents = [await world.approved(client, invoice(f"2026-{n}")) for n in range(40)]

    for _ in range(12):
        await world.process()
        await world.advance(15)

    assert {(await world.export(document)).status for document in documents} == {"ready_to_process"}
    assert (await world.sandbox.exact.calls())["by_status"].get("429", 0) == 0


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"status": 2}, "exact_forbids"),
        ({"blocking_status": 10}, "exact_forbids"),
        ({"moved": True}, "company_gone"),
    ],
)
async def test_a_company_that_disappears_keeps_its_documents_queued_and_gets_them_when_it_is_back(
    world: World, state: dict[str, object], code: str
) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.patch(f"/sandbox/companies/{GARAGE}", state)

    await world.process()
    held = await world.export(document)
    assert (held.status, (held.reason or {})["code"], (held.reason or {})["who"]) == ("queued", code, "partner")
    back = {"status": 1, "blocking_status": 0, "moved": False}
    await world.sandbox.exact.patch(f"/sandbox/companies/{GARAGE}", back)
    await world.advance(1300)
    await world.process()

    assert (await world.export(document)).status == "ready_to_process"


async def test_a_post_that_has_begun_continues_with_the_bytes_it_began_with(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("lost_answer", endpoint="documents/DocumentAttachments", method="POST", times=1)
    await world.process()
    begun = (await world.export(document)).ubl_sha256
    changed = invoice()
    changed["metadata"]["dueDate"] = "2026-12-31"
    where = f"/sandbox/spaces/{client}/documents/{document}"
    await world.sandbox.banqup.patch(where, {"metadata": changed["metadata"]}, force="true")

    await process_until_quiet(world)

    export = await world.export(document)
    [arrived] = await world.sandbox.exact.arrived(GARAGE)
    assert [file["sha256"] for file in arrived["attachments"]] == [export.ubl_sha256] == [begun]


async def test_a_scope_that_our_app_lacks_is_reported_to_the_operator(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("forbidden_403", endpoint="documents/*", method="POST", reason="scope", times=1)

    await world.process()

    reason = (await world.export(document)).reason or {}
    assert (reason["code"], reason["who"]) == ("exact_scope_missing", "operator")


async def test_a_wrong_client_secret_is_reported_to_the_operator_and_everything_waits(world: World) -> None:
    client = await world.client(await world.connected())
    await world.advance(601)
    document = await world.approved(client, invoice())
    wrong = {"be": {"client_id": world.sandbox.exact_client_id, "client_secret": "wrong"}}

    async with built(world.sandbox, world.settings.expect_database_url(), exact_apps=wrong) as mistaken:
        mistaken.clock.offset = world.clock.offset
        await mistaken.process()
    reason = (await world.export(document)).reason or {}
    await world.advance(60)
    await world.process()

    assert (reason["code"], reason["who"]) == ("exact_refuses_app", "operator")
    assert (await world.export(document)).status == "ready_to_process"


class Broken:
    """A part of the service that fails unexpectedly."""

    async def document(self, *_: object) -> None:
        raise ZeroDivisionError


async def test_an_internal_error_is_reported_to_the_operator_and_retried(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    whole = world.exporter
    world.exporter = replace(whole, banqup=Broken())  # type: ignore[arg-type]
    await world.process()
    reason = (await world.export(document)).reason or {}
    world.exporter = whole

    await world.advance(60)
    await world.process()

    assert (reason["code"], reason["who"]) == ("failed_here", "operator")
    assert (await world.export(document)).status == "ready_to_process"
