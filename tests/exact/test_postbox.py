"""The digital postbox of a company, as far as its answers decide."""

from typing import Any

import httpx
import pytest

from app.clock import Clock
from app.errors import Rejected
from app.exact.access_tokens import GivenToken
from app.exact.client import Exact, NoPace
from app.exact.postbox import find_mailboxes
from tests.outbound.canned import Canned

OURS, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def exact(**rows: list[dict[str, Any]]) -> Exact:
    """Exact with these mailboxes and preferred ones."""

    def answer(request: httpx.Request) -> httpx.Response:
        listed = rows["preferred"] if "Preferred" in request.url.path else rows["listed"]
        return httpx.Response(200, json={"d": {"results": listed}})

    http = httpx.AsyncClient(transport=Canned(answer))
    return Exact(http, "http://127.0.0.1", token=GivenToken("t"), pace=NoPace(), clock=Clock())


async def test_a_company_without_a_mailbox_of_its_own_is_reported() -> None:
    with pytest.raises(Rejected) as refused:
        await find_mailboxes(exact(listed=[{"ID": OTHER, "ForDivision": 2}], preferred=[]), 1)

    assert refused.value.reason.kind.code == "mailbox_missing"


async def test_the_preferred_mailbox_sends_and_the_company_s_own_receives() -> None:
    listed = [{"ID": OTHER, "ForDivision": 2}, {"ID": OURS, "ForDivision": 1}]

    found = await find_mailboxes(exact(listed=listed, preferred=[{"ID": OTHER}]), 1)
    alone = await find_mailboxes(exact(listed=listed, preferred=[]), 1)

    assert (str(found.sender), str(found.recipient)) == (OTHER, OURS)
    assert alone.sender == alone.recipient
