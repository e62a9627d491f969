"""What Exact's answers mean: only its own functional texts are final, and nothing without a record is a success."""

import json
from typing import Any

import httpx
import pytest

from app.clock import Clock
from app.errors import Outcome, Rejected, TryLater
from app.exact import answers
from app.exact.access_tokens import GivenToken
from app.exact.answers import Meaning
from app.exact.client import Exact, NoPace, OutcomeUnknown
from tests.outbound.canned import Canned

HTML = b"<!DOCTYPE html><html><body>Request blocked</body></html>"


def error(text: str | None) -> bytes:
    return json.dumps({"error": {"code": "", "message": {"lang": "", "value": text}}}).encode()


def exact(status: int, content: bytes, headers: dict[str, str] | None = None) -> Exact:
    """Exact that answers every call like this."""
    http = httpx.AsyncClient(transport=Canned(lambda _: httpx.Response(status, headers=headers, content=content)))
    return Exact(http, "http://127.0.0.1", token=GivenToken("t"), pace=NoPace(), clock=Clock())


async def outcome_of_post(status: int, content: bytes, **headers: str) -> Outcome:
    with pytest.raises(Outcome) as raised:
        await exact(status, content, headers).post(1, "documents/Documents", {})
    return raised.value


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize(
    "body",
    [
        '{"d":null}',
        '{"d":[]}',
        '{"d":{"results":[]}}',
        '{"d":{"results":null}}',
        '{"d":{}}',
        '{"d":[null]}',
        '{"d":"x"}',
        "[]",
        '{"results":[]}',
        "null",
        "",
        "{}",
    ],
)
async def test_a_success_without_a_record_is_an_unknown_outcome(status: int, body: str) -> None:
    assert isinstance(await outcome_of_post(status, body.encode()), OutcomeUnknown)


@pytest.mark.parametrize("body", ['{"d":{"ID":"1"}}', '{"d":[{"ID":"1"}]}', '{"d":{"results":[{"ID":"1"}]}}'])
async def test_a_record_is_found_in_every_envelope(body: str) -> None:
    assert await exact(201, body.encode()).post(1, "documents/Documents", {}) == {"ID": "1"}


@pytest.mark.parametrize("body", ['{"d":null}', '{"d":{"results":null}}', '{"d":[null]}', '{"d":{}}', '{"d":"x"}'])
async def test_an_answer_to_a_search_without_rows_or_record_is_not_an_empty_list(body: str) -> None:
    with pytest.raises(TryLater):
        await exact(200, body.encode()).get(1, "documents/Documents")


@pytest.mark.parametrize("body", ['{"d":[]}', '{"d":{"results":[]}}'])
async def test_an_empty_list_is_empty(body: str) -> None:
    assert await exact(200, body.encode()).get(1, "documents/Documents") == []


@pytest.mark.parametrize(
    "text",
    [
        "Ongeldig: Relatie",
        "Verplicht: Onderwerp",
        "Invalid: Currency",
        "Required: Subject",
        "Mandatory: Subject",
        "Obligatoire : Objet",
        "Invalide : Devise",
        "Ungültig: Währung",
        "Erforderlich: Betreff",
        "Obligatorio: Asunto",
        "No válido: Divisa",
        "Bestaat al: Code",
        " - Ongeldig: Relatie\r\nVerplicht: Onderwerp",
    ],
)
@pytest.mark.parametrize("status", [400, 500])
async def test_a_functional_refusal_is_final_in_every_language(status: int, text: str) -> None:
    assert isinstance(await outcome_of_post(status, error(text)), Rejected)


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (500, error("A problem has occurred. The cause of this issue will be investigated as soon as possible.")),
        (500, error("Object reference not set to an instance of an object.")),
        (500, error("Er is een probleem opgetreden.")),
        (500, error("")),
        (500, error(None)),
        (400, error("Object reference not set to an instance of an object.")),
        (400, error("")),
        (400, HTML),
        (400, b""),
        (301, b""),
        (302, HTML),
        (307, b""),
        (423, error("Locked")),
        (425, b""),
    ],
)
async def test_a_failure_of_exact_is_an_unknown_outcome_that_is_limited_per_document(
    status: int, content: bytes
) -> None:
    outcome = await outcome_of_post(status, content)
    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.limited


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (408, b""),
        (500, b"Internal Server Error"),
        (502, HTML),
        (503, HTML),
        (504, b'{"fault":{"faultstring":"x"}}'),
        (599, b""),
        (403, HTML),
        (404, HTML),
        (200, HTML),
    ],
)
async def test_an_outage_is_an_unknown_outcome_that_counts_against_no_document(status: int, content: bytes) -> None:
    outcome = await outcome_of_post(status, content)
    assert isinstance(outcome, OutcomeUnknown)
    assert not outcome.limited


@pytest.mark.parametrize(
    ("status", "content"), [(413, HTML), (413, b""), (400, error("Error processing request stream."))]
)
async def test_a_request_that_exact_cannot_take_is_refused(status: int, content: bytes) -> None:
    assert isinstance(await outcome_of_post(status, content), Rejected)


@pytest.mark.parametrize("status", [503, 429, 500])
async def test_retry_after_is_obeyed(status: int) -> None:
    outcome = await outcome_of_post(status, b"", **{"Retry-After": "120"})

    assert isinstance(outcome, TryLater)
    assert outcome.until is not None
    assert 115 < (outcome.until - Clock().now()).total_seconds() <= 120


def test_every_row_of_the_table_has_its_source_and_every_status_a_row() -> None:
    assert all(row.source[0] in "OSVI" for row in answers.TABLE)
    whatever_the_body = [row.statuses for row in answers.TABLE if not row.forms]
    assert all(any(status in statuses for statuses in whatever_the_body) for status in range(200, 600))


def test_a_deeply_nested_body_is_read_as_no_body() -> None:
    nested: Any = b"[" * 100_000
    assert answers.read(201, {}, nested).meaning is Meaning.FAULT
