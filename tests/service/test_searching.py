"""A document of unknown outcome is searched for in shares of a minute's calls; the company's others go on."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.delivery import searching
from app.delivery.posting import MOST_UNCLEAR_POSTS
from app.queue import exports, lanes
from app.resending import resend
from app.storage.models import Export, Installation
from app.storage.models.intent import PostDocument
from tests.service.invoices import invoice
from tests.service.world import World

GARAGE = 100003
BULK, PLAIN, MESSAGES = "bulk/Documents/Documents", "documents/Documents", "mailbox/MailMessagesSent"


async def fill(world: World, count: int) -> None:
    """Documents that others made in the company."""
    await world.sandbox.exact.post(f"/sandbox/companies/{GARAGE}/documents", {"count": count})


async def lose_answers(world: World, *documents: UUID, stored: bool) -> None:
    """What workers leave behind that were killed after the post, or before it."""
    lost: dict[str, Any] = {
        "status": "queued",
        "exact_id": None,
        "attached": [],
        "intent": PostDocument(),
        "intent_at": world.clock.sql(),
        "posted_since": world.clock.sql(),
    }
    async with world.sessions.begin() as session:
        await session.execute(update(Export).where(Export.document_id.in_(documents)).values(**lost))
        lane_ids = list(await session.scalars(select(Export.lane_id).where(Export.document_id.in_(documents))))
        await lanes.wake(session, lane_ids, clock=world.clock)
    if not stored:
        lost_ones = await references(world, *documents)
        for one in await world.sandbox.exact.arrived(GARAGE):
            if one["subject"].split()[0] in lost_ones:
                await world.sandbox.exact.delete(f"/sandbox/documents/{one['id']}")


async def references(world: World, *documents: UUID) -> set[str]:
    """What the subjects of these documents begin with."""
    return {((await world.export(document)).subject or "").split()[0] for document in documents}


async def run(world: World, *, minutes: float) -> Counter[str]:
    """Let time pass in steps of ten seconds; return the calls by endpoint."""
    await world.sandbox.exact.delete("/sandbox/calls")
    for _ in range(round(minutes * 6)):
        await world.process()
        await world.advance(10)
    counted: Counter[str] = Counter()
    for name, count in (await world.sandbox.exact.calls())["by_endpoint"].items():
        counted[name.rpartition(" ")[2]] += count
    return counted


async def rename(world: World, document: UUID) -> None:
    """As a person does, who leaves the body as it is."""
    found = await world.sandbox.exact.arrived(GARAGE)
    [key] = [one["id"] for one in found if one["id"] == str((await world.export(document)).exact_id)]
    await world.sandbox.exact.patch(f"/sandbox/documents/{key}", {"subject": "March, printing"})


async def ours(world: World) -> list[str]:
    """The subjects of the documents that are not others'."""
    return [one["subject"] for one in await world.sandbox.exact.arrived(GARAGE) if "Other doc" not in one["subject"]]


async def test_a_refused_document_that_is_sent_again_is_not_looked_for(world: World) -> None:
    client = await world.client(await world.connected())
    await world.sandbox.exact.fault("exact_error_500", endpoint=PLAIN, method="POST", times=1)
    document = await world.approved(client, invoice())
    await world.process()
    assert (await world.export(document)).status == "error"

    async with world.sessions.begin() as session:
        queued = await exports.requeue(session, [Export.document_id == document], clock=world.clock)
        await lanes.wake(session, list(queued), clock=world.clock)
    calls = await run(world, minutes=1)

    assert (await world.export(document)).status == "ready_to_process"
    assert calls[BULK] == 0


async def test_a_document_that_is_in_exact_and_sent_again_takes_one_call_to_find(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.process()
    await rename(world, document)
    await world.advance(60)

    await world.deliver(client, document)
    calls = await run(world, minutes=1)

    assert (await world.export(document)).status == "ready_to_process"
    assert (calls[BULK], calls[PLAIN], len(await ours(world))) == (0, 1, 1)


async def test_a_renamed_document_is_found_among_ten_thousand_with_a_page_per_thousand(world: World) -> None:
    client = await world.client(await world.connected())
    await fill(world, 10_000)
    document = await world.approved(client, invoice())
    await world.process()
    await rename(world, document)
    await lose_answers(world, document, stored=True)

    calls = await run(world, minutes=2)

    assert (await world.export(document)).status == "ready_to_process"
    assert await ours(world) == ["March, printing"]
    assert calls[BULK] <= 15


async def test_a_search_that_does_not_fit_a_minute_goes_on_where_it_stopped(world: World) -> None:
    client = await world.client(await world.connected())
    await world.sandbox.exact.fault("not_found_404", endpoint="bulk/*")
    await fill(world, 3_600)
    document = await world.approved(client, invoice())
    await world.process()
    await lose_answers(world, document, stored=False)

    calls = await run(world, minutes=7)

    assert (await world.export(document)).status == "ready_to_process"
    assert len(await ours(world)) == 1
    assert calls[PLAIN] < 80, "60 pages, some lookups by subject and the post"
    assert (await world.sandbox.exact.calls())["error_blocks"] == {}


async def test_other_documents_go_out_while_one_is_searched_for(world: World) -> None:
    client = await world.client(await world.connected())
    await world.sandbox.exact.fault("not_found_404", endpoint="bulk/*")
    await fill(world, 6_000)
    document = await world.approved(client, invoice("2026-1"))
    await world.process()
    await lose_answers(world, document, stored=False)
    await run(world, minutes=2)
    searched = await world.export(document)
    assert (searched.status, (searched.reason or {})["code"]) == ("queued", "checking_exact")
    assert searched.search_next is not None

    for n in range(2, 8):
        other = await world.approved(client, invoice(f"2026-{n}"))
        await run(world, minutes=0.5)
        assert (await world.export(other)).status == "ready_to_process"


@pytest.mark.slow
async def test_twenty_documents_of_unknown_outcome_are_found_and_delay_others_by_less_than_a_minute(
    world: World,
) -> None:
    client = await world.client(await world.connected())
    await fill(world, 10_000)
    documents = [await world.approved(client, invoice(f"2026-{n}")) for n in range(20)]
    await run(world, minutes=2)
    for document in documents[:5]:
        await rename(world, document)
    await lose_answers(world, *documents[:10], stored=True)
    await lose_answers(world, *documents[10:], stored=False)

    later = []
    for n in range(100, 120):
        later.append(await world.approved(client, invoice(f"2026-{n}")))
        await run(world, minutes=0.5)
    await run(world, minutes=6)

    for document in documents + later:
        export = await world.export(document)
        assert export.status == "ready_to_process", export.reason
    assert len(await ours(world)) == 40
    delays = [
        ((await world.export(document)).ended_at or world.clock.now()) - (await world.export(document)).event_at
        for document in later
    ]
    assert max(delays) < timedelta(minutes=1)
    assert (await world.sandbox.exact.calls())["by_status"].get("429", 0) == 0


@pytest.mark.parametrize("missing", [True, False])
async def test_a_search_without_calls_left_becomes_a_question_and_sending_again_is_the_answer(
    world: World, missing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_CALLS", 20)
    client = await world.client(await world.connected())
    await world.sandbox.exact.fault("not_found_404", endpoint="bulk/*")
    await fill(world, 3_600)
    document = await world.approved(client, invoice())
    await world.process()
    if not missing:
        await rename(world, document)
    await lose_answers(world, document, stored=not missing)
    await run(world, minutes=5)
    asked = await world.export(document)
    assert (asked.status, (asked.reason or {})["code"]) == ("error", "uncertain_in_exact")
    assert (asked.reason or {})["details"]["subject"] == asked.subject

    if missing:
        async with world.sessions.begin() as session:
            installation = (await session.scalars(select(Installation))).one()
            await resend(session, installation, asked.id, clock=world.clock)
        await run(world, minutes=2)
        assert (await world.export(document)).status == "ready_to_process"
    assert len(await ours(world)) == 1


async def test_a_message_about_a_document_in_question_continues_the_search(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_CALLS", 40)
    client = await world.client(await world.connected())
    await world.sandbox.exact.fault("not_found_404", endpoint="bulk/*")
    await fill(world, 3_600)
    document = await world.approved(client, invoice())
    await world.process()
    await rename(world, document)
    await lose_answers(world, document, stored=True)
    await run(world, minutes=6)
    assert ((await world.export(document)).reason or {})["code"] == "uncertain_in_exact"

    await world.deliver(client, document)
    await run(world, minutes=6)

    assert (await world.export(document)).status == "ready_to_process"
    assert await ours(world) == ["March, printing"]


async def test_a_message_of_unknown_outcome_in_the_postbox_is_searched_for_in_shares(world: World) -> None:
    client = await world.client(await world.connected(), route="postbox")
    documents = [await world.approved(client, invoice(f"2026-{n}")) for n in range(4)]
    await run(world, minutes=1)
    await lose_answers(world, *documents, stored=True)

    await run(world, minutes=3)

    for document in documents:
        assert (await world.export(document)).status == "ready_to_process"
    assert len(await world.sandbox.exact.mail(GARAGE)) == 4


async def test_an_answer_that_was_lost_is_looked_up_at_once(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("lost_answer", endpoint=PLAIN, method="POST", times=1)

    await world.process()

    assert (await world.export(document)).status == "ready_to_process"
    assert len(await ours(world)) == 1


async def test_a_document_at_which_exact_itself_fails_again_and_again_ends_with_exacts_failure(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice("2026-1"))
    await world.process()
    other = await world.approved(client, invoice("2026-2"))
    await world.sandbox.exact.fault("own_fault_500", endpoint=PLAIN, method="POST")
    for _ in range(60):
        await world.process()
        await world.advance(600)
    await world.sandbox.exact.clear_faults()

    failed = await world.export(other)
    assert (failed.status, (failed.reason or {})["code"]) == ("error", "exact_fails_at_document")
    assert failed.unclear_posts == MOST_UNCLEAR_POSTS
    assert (await world.export(document)).status == "ready_to_process"

    async with world.sessions.begin() as session:
        installation = (await session.scalars(select(Installation))).one()
        await resend(session, installation, failed.id, clock=world.clock)
    await run(world, minutes=2)
    assert (await world.export(other)).status == "ready_to_process"
    assert len(await ours(world)) == 2


async def test_an_outage_ends_no_document(world: World) -> None:
    client = await world.client(await world.connected())
    document = await world.approved(client, invoice())
    await world.sandbox.exact.fault("html_503", endpoint=PLAIN, method="POST")
    for _ in range(60):
        await world.process()
        await world.advance(600)
    assert (await world.export(document)).status == "queued"

    await world.sandbox.exact.clear_faults()
    for _ in range(60):
        await world.process()
        await world.advance(600)

    assert (await world.export(document)).status == "ready_to_process"
    assert len(await ours(world)) == 1
