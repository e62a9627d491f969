"""What Banqup's client makes of empty answers."""

from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr

from app.banqup.client import Banqup
from app.clock import Clock
from app.errors import Rejected
from tests.outbound.canned import Canned


def banqup(document: bytes) -> Banqup:
    """A client of a Banqup that returns this document."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 300})
        return httpx.Response(200, content=document)

    http = httpx.AsyncClient(transport=Canned(answer))
    return Banqup(http, "https://banqup.example", client_id="c", client_secret=SecretStr("s"), clock=Clock())


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b" [] "])
async def test_empty_data_say_that_the_document_is_gone_or_not_shared(body: bytes) -> None:
    with pytest.raises(Rejected) as refused:
        await banqup(body).document(uuid4(), uuid4())
    assert refused.value.reason.kind.code == "document_gone"


async def test_other_data_are_handed_on_as_they_came() -> None:
    assert await banqup(b"<html>").document(uuid4(), uuid4()) == b"<html>"
