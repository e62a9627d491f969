"""What every answer has: an id, and errors as problem+json that show nothing of the inside."""

from uuid import uuid4

import pytest
from httpx import Headers
from sqlalchemy import text
from structlog.testing import capture_logs

from app.api import webhooks
from tests.api.issuing import Issuer
from tests.api.running import MESSAGES, Api, message, running, settings


async def test_every_answer_carries_an_id_and_each_another(api: Api) -> None:
    answers = [await api.http.get(path) for path in ("/healthz", "/nowhere", "/v1/extension", "/metrics")]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 4


async def test_a_caller_may_choose_the_id(api: Api) -> None:
    answer = await api.http.get("/nowhere", headers={"X-Request-Id": "trace-2026.11_22"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "trace-2026.11_22"


@pytest.mark.parametrize("odd", ["short", "x" * 65, "with space in it", '<script>"', "é" * 10])
async def test_an_odd_id_is_replaced(api: Api, odd: str) -> None:
    answer = await api.http.get("/healthz", headers=Headers({"X-Request-Id": odd}, encoding="utf-8"))
    assert answer.headers["x-request-id"] != odd


async def test_an_unknown_address_is_a_problem(api: Api) -> None:
    answer = await api.http.get("/v2/nothing?token=secret")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem | {"request_id": ""} == {
        "type": "urn:banqup-exact:problem:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "Nothing exists at this address.",
        "code": "not_found",
        "who": "caller",
        "how": "Check the address and the IDs in it.",
        "instance": "/v2/nothing",
        "request_id": "",
    }


async def test_an_unknown_method_names_all_that_are_known(api: Api) -> None:
    answer = await api.http.post(f"/v1/installations/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, PATCH, DELETE"


async def test_the_address_of_messages_takes_posts_only(api: Api) -> None:
    answer = await api.http.get(MESSAGES)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_wrong_fields_are_named_and_their_content_is_not_repeated(api: Api) -> None:
    space = uuid4()
    body = {"partner_space_id": "secret-1", "country": "secret-2", "permissions": "secret-3", "more": "secret-4"}
    answer = await api.call("POST", "/v1/installations", space, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    named = {entry["field"] for entry in answer.json()["details"]["errors"]}
    assert named == {"body.partner_space_id", "body.country", "body.permissions", "body.more"}
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 20_000, b'{"country": "\\ud800"}']
)
async def test_a_body_that_is_no_object_is_a_422(api: Api, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = await api.call("POST", "/v1/installations", uuid4(), content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


async def test_a_body_that_is_no_json_is_said_to_be_none(api: Api) -> None:
    headers = {"content-type": "application/json"}
    answer = await api.call("POST", "/v1/installations", uuid4(), content=b'{"country": be}', headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (422, "The body is not valid JSON.")
    assert answer.json()["details"]["errors"] == [{"field": "body", "message": "is not valid JSON at character 13"}]


async def test_a_body_of_2_mb_is_a_413_before_anything_else(api: Api) -> None:
    answer = await api.http.post("/v1/installations", content=b"x" * 2_000_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_an_unforeseen_failure_is_a_500_without_a_trace_of_the_inside(api: Api) -> None:
    async def fail() -> None:
        raise RuntimeError("secret detail of the inside")

    api.app.add_api_route("/fails", fail)
    with capture_logs() as lines:
        answer = await api.http.get("/fails", headers={"X-Request-Id": "the-failing-one"})
    assert (answer.status_code, answer.json()["code"], answer.json()["who"]) == (500, "internal_error", "operator")
    assert "secret" not in answer.text
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["request_failed"]


async def test_a_database_that_is_away_is_a_503_with_a_time(issuer: Issuer) -> None:
    away = settings(issuer, "postgresql://nobody@127.0.0.1:1/nothing")
    space = uuid4()
    async with running(away, issuer) as api:
        for answer in (await api.at("GET", space), await api.post_message(message(space, uuid4()))):
            assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
            assert int(answer.headers["retry-after"]) > 0


async def test_a_message_that_cannot_be_committed_in_time_is_refused_with_503(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "COMMITTED_WITHIN", 0.1)
    async with api.services.sessions.begin() as session:
        await session.execute(text("lock table message in access exclusive mode"))
        answer = await api.post_message(message(uuid4(), uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"]


async def test_nothing_but_ids_of_a_message_is_logged(api: Api) -> None:
    with capture_logs() as lines:
        await api.post_message(message(uuid4(), uuid4(), data={"note": "confidential"}))
        await api.post_message(b'{"id": "", "note": "confidential"}')
    assert [line["event"] for line in lines] == ["message_refused"]
    assert "confidential" not in str(lines)


async def test_a_call_is_logged_with_who_called_and_without_its_query(api: Api) -> None:
    space = await api.installed()
    with capture_logs() as lines:
        await api.at("GET", space, "/exports?client=secret")
    [line] = [line for line in lines if line["event"] == "request"]
    assert (line["caller"], line["status"], line["path"]) == ("tester", 422, f"/v1/installations/{space}/exports")
    assert "secret" not in str(line)
