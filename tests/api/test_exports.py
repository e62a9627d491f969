"""The exports as people see them: pages, reasons, history, the UBL, and sending again."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from app.clock import Clock
from app.queue import exports, kept_ubl, lanes
from app.queue.lanes import Lease
from app.reasons import (
    DOCUMENT_INVALID,
    EXACT_UNAVAILABLE,
    PROBABLE_DUPLICATE,
    RATE_LIMIT,
    WAITS_FOR_CONNECTION,
)
from app.storage.models import Export, Lane
from tests.api.offices import CLOCK, Ended, Office
from tests.api.running import Api, message
from tests.api.test_onboarding import activate, refusal

pytestmark = pytest.mark.slow


async def test_a_document_that_has_just_arrived_is_queued_and_waits_for_nothing(office: Office) -> None:
    export_id = await office.arrived()
    seen = await office.get(f"/{export_id}")
    assert (seen["status"], seen["waits_for"], seen["reason"], seen["exact"]) == ("queued", None, None, None)
    assert (seen["client"], seen["trigger"]) == (str(office.client), "approved")
    assert seen["company"] == {"division": 100003, "code": "3", "name": "Garage Maes NV"}
    assert [line["event"] for line in seen["history"]] == ["received"]


async def test_a_document_in_exact_shows_what_it_is_and_where(office: Office) -> None:
    seen = await office.get(f"/{await office.exported()}")
    assert seen["status"] == "ready_to_process"
    assert seen["document"]["amount"] == "1210.00"
    assert (seen["document"]["number"], seen["document"]["issue_date"]) == ("2026-7", "2026-11-02")
    assert (seen["exact"]["number"], seen["exact"]["url"]) == ("17", "https://exact.example/17")
    assert (seen["origin"], seen["losses"], seen["sha256"]) == ("banqup", ["A logo was left out."], "ab" * 32)
    assert seen["history"][-1]["exact_number"] == "17"


@pytest.mark.parametrize("status", ["error", "not_exported"])
async def test_what_rests_says_why_who_acts_and_how(office: Office, status: Ended) -> None:
    seen = await office.get(f"/{await office.ended(status)}")
    assert seen["status"] == status
    assert seen["reason"] == {
        "code": "document_invalid",
        "sentence": "The total is not the sum of the lines.",
        "who": "issuer",
        "how": DOCUMENT_INVALID.how,
        "details": {"findings": [{"rule": "BR-CO-10"}]},
    }
    assert (seen["waits_for"], bool(seen["ended_at"])) == (None, True)
    assert seen["history"][-1]["reason"]["code"] == "document_invalid"


async def test_a_postponed_document_says_what_it_waits_for_and_until_when(office: Office) -> None:
    export_id = await office.arrived()
    until = datetime(2099, 1, 1, 12, 30, tzinfo=UTC)
    async with office.desk.services.sessions.begin() as session:
        export = await session.get_one(Export, export_id)
        reason = EXACT_UNAVAILABLE.because("Exact answered 503.")
        await exports.schedule_retry(session, export, until=until, reason=reason, clock=CLOCK)
    waits_for = (await office.get(f"/{export_id}"))["waits_for"]
    assert (waits_for["code"], waits_for["until"], waits_for["who"]) == (
        "exact_unavailable",
        "2099-01-01T12:30:00Z",
        "nobody",
    )


async def test_a_document_in_a_lane_that_is_held_up_waits_for_what_the_lane_waits_for(office: Office) -> None:
    export_id = await office.arrived()
    lane = await office.lane(export_id)
    async with office.desk.services.sessions.begin() as session:
        await session.execute(update(Lane).where(Lane.id == lane.id).values(leased=True))
        lease = Lease(
            lane_id=lane.id,
            installation_id=lane.installation_id,
            division=lane.division,
            epoch=lane.epoch,
            wake_seq=lane.wake_seq,
            next_export=None,
            lost_leases=0,
        )
        until = datetime(2099, 1, 1, tzinfo=UTC)
        await lanes.block(session, lease, until=until, reason=RATE_LIMIT.because("Used up for today."), clock=CLOCK)
    waits_for = (await office.get(f"/{export_id}"))["waits_for"]
    assert (waits_for["code"], waits_for["until"]) == ("rate_limit", "2099-01-01T00:00:00Z")


async def test_a_document_without_a_connection_waits_without_an_end(office: Office) -> None:
    export_id = await office.arrived()
    lane = await office.lane(export_id)
    async with office.desk.services.sessions.begin() as session:
        reason = WAITS_FOR_CONNECTION.because("Exact no longer accepts the sign-in.")
        await lanes.block_all(session, lane.installation_id, reason=reason)
    waits_for = (await office.get(f"/{export_id}"))["waits_for"]
    assert (waits_for["code"], waits_for["who"], waits_for["until"]) == ("connection", "partner", None)


async def test_pages_show_everything_once_the_newest_first(office: Office) -> None:
    made = [str(await office.arrived()) for _ in range(5)]
    seen, after = [], ""
    while True:
        page = await office.get(f"?limit=2{after}")
        seen += [export["id"] for export in page["exports"]]
        if page["next"] is None:
            break
        await office.arrived()  # does not shift the pages
        after = f"&after={page['next']}"
    assert seen == made[::-1]


async def test_a_page_that_is_exactly_full_is_the_last(office: Office) -> None:
    for _ in range(2):
        await office.arrived()
    page = await office.get("?limit=2")
    assert (len(page["exports"]), page["next"]) == (2, None)


async def test_a_list_can_be_of_one_client_or_one_status(office: Office) -> None:
    other = uuid4()
    await activate(office.desk, office.space, other, company_code="7")
    theirs, failed = await office.arrived(other), await office.ended()
    assert [export["id"] for export in (await office.get(f"?client={other}"))["exports"]] == [str(theirs)]
    assert [export["id"] for export in (await office.get("?status=error"))["exports"]] == [str(failed)]
    assert (await office.get(f"?client={other}&status=error"))["exports"] == []
    assert (await office.get(f"?client={uuid4()}"))["exports"] == []


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=x",
        "status=done",
        "client=x",
        "after=",
        "after=x",
        "after=czE=",
        "after=LTE",
        "after=czk5OTk5OTk5OTk5OTk5OTk5OTk5",
        "after=%00",
        "after=%C3%A9",
        "after=" + "a" * 100,
    ],
)
async def test_a_question_that_is_not_right_is_a_422(api: Api, query: str) -> None:
    space = await api.installed()
    assert refusal(await api.at("GET", space, f"/exports?{query}")) == (422, "invalid_request")


async def test_an_export_of_another_installation_is_not_found(office: Office) -> None:
    export_id = await office.exported()
    elsewhere = await office.desk.installed()
    for method, path in (("GET", ""), ("GET", "/ubl"), ("POST", "/resend"), ("POST", "/release")):
        answer = await office.desk.at(method, elsewhere, f"/exports/{export_id}{path}")
        assert refusal(answer) == (404, "not_found")


async def test_the_ubl_is_given_byte_for_byte(office: Office) -> None:
    ubl = '<?xml version="1.0"?>\n<Invoice>é</Invoice>'.encode()
    export_id = await office.exported(ubl)
    answer = await office.desk.at("GET", office.space, f"/exports/{export_id}/ubl")
    assert (answer.status_code, answer.content) == (200, ubl)
    assert answer.headers["content-type"] == "application/xml"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_ubl_that_was_never_made_is_a_404(office: Office) -> None:
    export_id = await office.arrived()
    answer = await office.desk.at("GET", office.space, f"/exports/{export_id}/ubl")
    assert refusal(answer) == (404, "not_found")


async def test_a_ubl_that_is_no_longer_kept_is_a_410(office: Office) -> None:
    export_id = await office.exported()
    async with office.desk.services.sessions.begin() as session:
        await kept_ubl.delete_expired(session, clock=Clock(timedelta(days=31)))
    answer = await office.desk.at("GET", office.space, f"/exports/{export_id}/ubl")
    assert refusal(answer) == (410, "ubl_no_longer_kept")


@pytest.mark.parametrize("status", ["error", "not_exported"])
async def test_an_ended_export_is_sent_again_and_its_lane_is_woken(office: Office, status: Ended) -> None:
    export_id = await office.ended(status)
    await office.sleep_lane(export_id)
    answer = await office.desk.at("POST", office.space, f"/exports/{export_id}/resend")
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (202, "queued", None)
    assert (await office.get(f"/{export_id}"))["history"][-1]["event"] == "sent_again"
    assert (await office.lane(export_id)).due_at <= datetime.now(UTC) + timedelta(seconds=1)


async def test_what_is_in_exact_can_be_sent_again_and_is_looked_for_first(office: Office) -> None:
    export_id = await office.exported()
    assert (await office.desk.at("POST", office.space, f"/exports/{export_id}/resend")).status_code == 202
    async with office.desk.services.sessions() as session:
        assert (await session.get_one(Export, export_id)).look_first is True


async def test_an_export_that_is_queued_is_not_sent_again(office: Office) -> None:
    export_id = await office.arrived()
    answer = await office.desk.at("POST", office.space, f"/exports/{export_id}/resend")
    assert refusal(answer) == (409, "still_queued")


async def test_nothing_is_sent_again_for_a_client_that_is_not_active(office: Office) -> None:
    export_id = await office.ended()
    await office.desk.at("DELETE", office.space, f"/clients/{office.client}")
    answer = await office.desk.at("POST", office.space, f"/exports/{export_id}/resend")
    assert refusal(answer) == (409, "not_resendable")


async def test_nothing_is_sent_again_while_the_export_is_switched_off(office: Office) -> None:
    export_id = await office.ended()
    await office.desk.at("PATCH", office.space, json={"active": False, "confirm": True})
    for path, body in ((f"/exports/{export_id}/resend", None), ("/exports/resend", {"status": "error"})):
        answer = await office.desk.at("POST", office.space, path, json=body)
        assert refusal(answer) == (409, "not_resendable")


async def test_everything_in_error_is_sent_again_at_once(office: Office) -> None:
    failed = [await office.ended(), await office.ended()]
    await office.ended("not_exported")
    await office.sleep_lane(failed[0])
    answer = await office.desk.at("POST", office.space, "/exports/resend", json={"status": "error"})
    assert (answer.status_code, answer.json()) == (202, {"count": 2})
    assert len((await office.get("?status=queued"))["exports"]) == 2
    assert len((await office.get("?status=not_exported"))["exports"]) == 1
    assert [line["event"] for line in (await office.get(f"/{failed[0]}"))["history"]][-1] == "sent_again"
    assert (await office.lane(failed[0])).due_at <= datetime.now(UTC) + timedelta(seconds=1)


async def test_errors_of_another_client_stay_when_one_is_named(office: Office) -> None:
    await office.ended()
    body = {"status": "error", "client": str(uuid4())}
    answer = await office.desk.at("POST", office.space, "/exports/resend", json=body)
    assert (answer.status_code, answer.json()) == (202, {"count": 0})


@pytest.mark.parametrize("body", [{"status": "queued"}, {"client": "x"}, {"all": True}, []])
async def test_a_bulk_of_anything_else_is_a_422(api: Api, body: Any) -> None:
    space = await api.installed()
    assert refusal(await api.at("POST", space, "/exports/resend", json=body)) == (422, "invalid_request")


async def test_a_list_can_be_of_one_grade(office: Office) -> None:
    await office.exported()
    below = await office.exported(grade="en16931")
    [seen] = (await office.get("?grade=en16931"))["exports"]
    assert (seen["id"], seen["grade"]) == (str(below), "en16931")
    assert (await office.get("?grade=readable"))["exports"] == []


async def test_an_export_that_nothing_holds_is_not_released(office: Office) -> None:
    export_id = await office.ended()
    answer = await office.desk.at("POST", office.space, f"/exports/{export_id}/release")
    assert refusal(answer) == (409, "not_held")


async def test_a_released_document_is_sent_and_not_held_again(office: Office) -> None:
    export_id = await office.ended(reason=PROBABLE_DUPLICATE.because("It is here already."))
    answer = await office.desk.at("POST", office.space, f"/exports/{export_id}/release")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    async with office.desk.services.sessions() as session:
        export = await session.get_one(Export, export_id)
    assert (export.released, export.released_from) == (True, ["probable_duplicate"])


async def test_a_release_of_what_is_queued_changes_nothing(office: Office) -> None:
    export_id = await office.arrived()
    answer = await office.desk.at("POST", office.space, f"/exports/{export_id}/release")
    assert refusal(answer) == (409, "still_queued")
    async with office.desk.services.sessions() as session:
        assert (await session.get_one(Export, export_id)).released is False


async def test_the_same_document_again_counts_as_one_export(office: Office) -> None:
    document = uuid4()
    for _ in range(2):
        await office.desk.post_message(message(office.client, document))
    [export] = (await office.get())["exports"]
    assert export["document"]["id"] == str(document)
    history = (await office.get(f"/{export['id']}"))["history"]
    assert [line["event"] for line in history] == ["received", "received_again"]
