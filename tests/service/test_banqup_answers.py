"""Malformed answers of Banqup, read by the client alone."""

from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from app.banqup.client import DEEPEST, Banqup
from app.clock import Clock
from app.errors import Rejected, TryLater

HEAD = f'{{"id":"{uuid4()}","spaceId":"{uuid4()}","extra":'


def banqup(document: bytes) -> Banqup:
    """A client of a Banqup that returns this document."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        return httpx.Response(200, content=document)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Banqup(http, "https://banqup.example", client_id="c", client_secret=SecretStr("s"), clock=Clock())


@pytest.mark.parametrize("depth", [DEEPEST, 600, 950, 100_000])
async def test_a_document_that_is_nested_too_deeply_is_refused_and_says_so(depth: int) -> None:
    nested = (HEAD + "[" * depth + "]" * depth + "}").encode()

    with pytest.raises(Rejected) as refused:
        await banqup(nested).document(uuid4(), uuid4())

    assert refused.value.reason.kind.code == "document_unreadable"
    assert "nested" in refused.value.reason.sentence


async def test_a_document_within_the_limit_is_read_whatever_it_holds_besides() -> None:
    depth = DEEPEST - 1  # the document itself is one level
    document = await banqup((HEAD + "[" * depth + "]" * depth + "}").encode()).document(uuid4(), uuid4())
    assert str(document.id) in HEAD


@pytest.mark.parametrize("body", [b"5", b'"text"', b"[]", b"true"])
async def test_json_that_is_no_document_is_refused(body: bytes) -> None:
    with pytest.raises(Rejected):
        await banqup(body).document(uuid4(), uuid4())


async def test_an_answer_that_is_no_json_is_asked_for_again() -> None:
    with pytest.raises(TryLater) as waiting:
        await banqup(b"<html>").document(uuid4(), uuid4())

    assert waiting.value.reason.kind.code == "banqup_unavailable"
