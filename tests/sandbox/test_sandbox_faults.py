"""Every fault of the table does what it says, to the calls that its rule names, and can be replayed."""

from typing import Any

import pytest

from sandbox.faults.exchange import ConnectionDroppedError
from sandbox.faults.kinds import KINDS

TYPES, DOCUMENTS = "100002/documents/DocumentTypes", "100002/documents/Documents"
BODY = {"Subject": "x", "Type": 20}


@pytest.mark.parametrize("effect", ["none", "done"])
@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("timeout_408", 408, None),
        ("server_error_500", 500, "text/plain"),
        ("html_503", 503, "text/html; charset=utf-8"),
        ("empty_599", 599, None),
        ("html_200", 200, "text/html; charset=utf-8"),
        ("garbage", 200, "application/json"),
        ("created_without_record", 201, "application/json"),
        ("own_fault_500", 500, "application/json"),
        ("redirect_302", 302, None),
        ("locked_423", 423, None),
        ("too_early_425", 425, None),
        ("html_400", 400, "text/html; charset=utf-8"),
        ("html_403", 403, "text/html; charset=utf-8"),
    ],
)
async def test_an_ambiguous_answer_may_hide_an_effect(
    anna: Any, kind: str, status: int, content_type: str | None, effect: str
) -> None:
    await anna.fault(kind, endpoint="documents/Documents", method="POST", times=1, params={"effect": effect})
    answer = await anna.post(DOCUMENTS, BODY)
    assert (answer.status_code, answer.headers.get("content-type")) == (status, content_type)
    assert len(await anna.admin("GET", "/arrived")) == (1 if effect == "done" else 0)
    assert (await anna.post(DOCUMENTS, BODY)).status_code == 201


@pytest.mark.parametrize(("kind", "stored"), [("lost_answer", 1), ("reset_before", 0), ("reset_mid_body", 1)])
async def test_a_dropped_connection_comes_before_or_after_the_effect(anna: Any, kind: str, stored: int) -> None:
    await anna.fault(kind, endpoint="documents/Documents", method="POST", times=1)
    with pytest.raises(ConnectionDroppedError):
        await anna.post(DOCUMENTS, BODY)
    assert len(await anna.admin("GET", "/arrived")) == stored


async def test_a_busy_exact_says_when_to_come_back(anna: Any) -> None:
    await anna.fault("busy_503", endpoint="documents/*", times=1, params={"seconds": 7})
    answer = await anna.get(TYPES)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")


async def test_a_functional_refusal_has_exacts_body_and_no_effect(anna: Any) -> None:
    await anna.fault("exact_error_500", endpoint="documents/Documents", times=1, params={"message": "Periode gesloten"})
    answer = await anna.post(DOCUMENTS, BODY)
    assert answer.status_code == 500
    assert answer.json()["error"]["message"]["value"] == "Periode gesloten"
    assert await anna.admin("GET", "/arrived") == []


async def test_a_created_entity_may_have_a_null_id_that_its_metadata_names(anna: Any) -> None:
    await anna.fault("null_id", endpoint="documents/Documents", times=1)
    made = (await anna.post(DOCUMENTS, BODY)).json()["d"]
    (arrived,) = await anna.admin("GET", "/arrived")
    assert made["ID"] is None
    assert arrived["id"] in made["__metadata"]["uri"]


async def test_a_search_may_lag_behind_a_create(anna: Any) -> None:
    await anna.fault("search_lag", endpoint="documents/Documents", method="POST", times=1, params={"seconds": 3})
    made = (await anna.post(DOCUMENTS, BODY)).json()["d"]
    assert await anna.rows(DOCUMENTS, filter="Subject eq 'x'") == []
    assert (await anna.get(f"{DOCUMENTS}(guid'{made['ID']}')")).status_code == 200
    anna.core.clock.advance(3)
    assert len(await anna.rows(DOCUMENTS, filter="Subject eq 'x'")) == 1


@pytest.mark.parametrize("reason", ["scope", "right", "module", "company"])
async def test_a_403_says_what_it_means_as_far_as_exact_does(anna: Any, reason: str) -> None:
    await anna.fault("forbidden_403", endpoint="documents/*", times=1, params={"reason": reason})
    answer = await anna.get(TYPES)
    assert answer.status_code == 403
    assert answer.json()["error"]["message"]["value"].startswith("Forbidden - ")
    assert (await anna.get(TYPES)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "family"), [("minute_limit", "x-ratelimit-minutely-reset"), ("day_limit", "x-ratelimit-reset")]
)
async def test_an_injected_limit_carries_its_own_family_of_headers(anna: Any, kind: str, family: str) -> None:
    await anna.fault(kind, endpoint="documents/*", times=1)
    answer = await anna.get(TYPES)
    resets = [name for name in answer.headers if name.endswith("reset")]
    assert (answer.status_code, resets, answer.content) == (429, [family], b"")


async def test_an_injected_error_block_has_no_headers(anna: Any) -> None:
    await anna.fault("error_limit", times=1)
    answer = await anna.get(TYPES)
    assert answer.status_code == 429
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]


async def test_401_404_and_mandatory_filter_are_counted_as_errors(anna: Any) -> None:
    for kind, status in (("unauthorized_401", 401), ("not_found_404", 404), ("mandatory_filter", 400)):
        await anna.fault(kind, endpoint="documents/*", times=1)
        assert (await anna.get(TYPES)).status_code == status
    assert anna.core.limits.errors.total() == 3


@pytest.mark.parametrize(
    ("kind", "status"),
    [("company_archived", 403), ("company_blocked", 403), ("company_moved", 404), ("right_lost", 403)],
)
async def test_a_company_or_a_right_can_be_lost_for_a_while(anna: Any, kind: str, status: int) -> None:
    await anna.fault(kind, company=100002, times=1, params={"seconds": 60})
    assert [(await anna.get(TYPES)).status_code for _ in range(2)] == [status, status]
    assert (await anna.get("100003/documents/DocumentTypes")).status_code == 200
    anna.core.clock.advance(61)
    assert (await anna.get(TYPES)).status_code == 200


async def test_a_clock_may_run_apart_from_ours(anna: Any) -> None:
    honest = int((await anna.get(TYPES)).headers["x-ratelimit-reset"])
    await anna.fault("clock_skew", endpoint="documents/*", params={"seconds": 90})
    assert int((await anna.get(TYPES)).headers["x-ratelimit-reset"]) == honest + 90_000


async def test_a_token_may_be_rotated_although_the_answer_was_an_error(anna: Any) -> None:
    tokens = await anna.sign_in()
    anna.core.clock.advance(571)
    await anna.fault("server_error_500", endpoint="oauth2/token", times=1, params={"effect": "done"})
    assert (await anna.refresh(tokens["refresh_token"])).status_code == 500
    assert (await anna.refresh(tokens["refresh_token"])).json()["error"] == "unauthorized_client"


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("too_early", 400, "access_denied"),
        ("too_early", 401, "access_denied"),
        ("old_token", 401, "unauthorized_client"),
        ("old_token", 400, "unauthorized_client"),
        ("expired_refresh_token", 400, "invalid_request"),
        ("unauthorized_401", 401, "invalid_client"),
    ],
)
async def test_a_refresh_can_be_refused_in_every_way_that_was_seen(
    anna: Any, kind: str, status: int, error: str
) -> None:
    tokens = await anna.sign_in()
    anna.core.clock.advance(571)
    params = {} if kind == "unauthorized_401" else {"status": status}
    await anna.fault(kind, endpoint="oauth2/token", times=1, params=params)
    refused = await anna.refresh(tokens["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (status, error)
    again = await anna.refresh(tokens["refresh_token"])
    assert again.is_success is (kind in ("too_early", "unauthorized_401"))


@pytest.mark.parametrize("moment", ["consent", "exchange", "first_refresh"])
async def test_a_sign_in_can_kill_the_old_chain_at_three_moments(anna: Any, moment: str) -> None:
    await anna.fault("supersede_at", endpoint="oauth2/auth", method="POST", times=1, params={"moment": moment})
    code = (await anna.consent()).params["code"]
    alive = [anna.core.tokens.chains[0].alive]
    tokens = (await anna.exchange(code)).json()
    alive.append(anna.core.tokens.chains[0].alive)
    anna.core.clock.advance(571)
    await anna.refresh(tokens["refresh_token"])
    alive.append(anna.core.tokens.chains[0].alive)
    assert (
        alive
        == {
            "consent": [False, False, False],
            "exchange": [True, False, False],
            "first_refresh": [True, True, False],
        }[moment]
    )


async def test_a_rule_meets_only_the_calls_it_names(anna: Any) -> None:
    await anna.fault("empty_599", endpoint="documents/DocumentTypes", method="GET", company=100002, skip=1, times=1)
    statuses = [(await anna.get(TYPES)).status_code for _ in range(3)]
    elsewhere = await anna.get("100003/documents/DocumentTypes")
    assert (statuses, elsewhere.status_code) == ([200, 599, 200], 200)


async def test_chance_is_seeded_and_does_not_depend_on_what_other_companies_do(anna: Any) -> None:
    anna.core.world.settings.limits = False

    async def drawn(*, with_others: bool) -> list[int]:
        anna.core.book.clear()
        await anna.admin("PUT", "/faults/seed", {"seed": 7})
        await anna.fault("empty_599", endpoint="documents/*", company="100002", chance=0.3)
        statuses = []
        for _ in range(40):
            if with_others:
                await anna.get("100003/documents/DocumentTypes")
            statuses.append((await anna.get(TYPES)).status_code)
        return statuses

    alone, beside = await drawn(with_others=False), await drawn(with_others=True)
    assert alone == beside
    assert 3 < alone.count(599) < 25


async def test_the_log_can_be_replayed_as_rules(anna: Any) -> None:
    anna.core.world.settings.limits = False
    await anna.fault("empty_599", endpoint="documents/*", chance=0.2)
    first = [(await anna.get(TYPES)).status_code for _ in range(30)]
    log, rules = await anna.admin("GET", "/faults/log"), await anna.admin("GET", "/faults/replay")
    assert len(log) == first.count(599) > 0
    anna.core.book.clear()
    for rule in rules:
        await anna.admin("POST", "/faults", rule)
    assert [(await anna.get(TYPES)).status_code for _ in range(30)] == first


async def test_rules_can_be_listed_and_taken_away(anna: Any) -> None:
    rule = await anna.fault("empty_599")
    await anna.fault("html_503")
    listed = await anna.admin("GET", "/faults")
    assert [entry["kind"] for entry in listed["rules"]] == ["empty_599", "html_503"]
    assert await anna.admin("DELETE", f"/faults/{rule['id']}") == {"removed": True}
    assert await anna.admin("DELETE", "/faults") == {"removed": 1}
    assert (await anna.get(TYPES)).status_code == 200


async def test_an_unknown_kind_or_one_of_the_other_server_is_refused(anna: Any) -> None:
    for kind in ("explode", "empty_data"):
        assert (await anna.client.post("/sandbox/faults", json={"kind": kind})).status_code == 422


async def test_the_table_tells_each_kind(anna: Any, banqup: Any) -> None:
    told = {entry["kind"] for desk in (anna, banqup) for entry in await desk.admin("GET", "/faults/kinds")}
    assert told == set(KINDS)


async def test_the_clock_can_be_read_moved_frozen_and_set_free(anna: Any) -> None:
    frozen = await anna.admin("PUT", "/clock", {"freeze_at": "2026-01-29T10:15:30Z"})
    moved = await anna.admin("POST", "/clock/advance", {"seconds": 30})
    free = await anna.admin("PUT", "/clock", {"frozen": False, "offset_seconds": 5})
    assert (frozen["now"], moved["now"]) == ("2026-01-29T10:15:30+00:00", "2026-01-29T10:16:00+00:00")
    assert (free["frozen"], free["offset_seconds"]) == (False, 5)
    assert (await anna.admin("GET", "/clock"))["offset_seconds"] == 5
