"""Which mailbox of a company receives and which one sends."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.clock import Clock
from app.errors import Rejected, TryLater
from app.exact.access_tokens import GivenToken
from app.exact.client import Exact, NoPace
from app.exact.mailboxes import Mailboxes, find_mailboxes
from tests.outbound.canned import Canned

OURS, OTHER, SHARED = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "123")
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ERROR = b'{"error":{"message":{"value":"Ongeldig: operation"}}}'
OWN = {"ID": OURS, "Mailbox": "own@exact.example", "ForDivision": 1}
OF_ALL = {"ID": SHARED, "Mailbox": "all@exact.example", "ForDivision": None}
ANOTHERS = {"ID": OTHER, "Mailbox": "other@exact.example", "ForDivision": 2}
NONE = httpx.Response(200, json={"d": []})


def preferring(mailbox: str) -> httpx.Response:
    return httpx.Response(200, json={"d": [{"ID": mailbox}]})


async def found(
    listed: list[dict[str, Any]], preferred: httpx.Response = NONE, *, named: str | None = None
) -> Mailboxes:
    """The mailboxes that the service chooses from these."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "Preferred" not in request.url.path:
            return httpx.Response(200, json={"d": {"results": listed}})
        if "operation" not in request.url.params:
            return httpx.Response(400, content=ERROR)
        return preferred

    http = httpx.AsyncClient(transport=Canned(answer))
    exact = Exact(http, "http://127.0.0.1", token=GivenToken("t"), pace=NoPace(), clock=Clock())
    return await find_mailboxes(exact, 1, named=named, now=NOW)


@pytest.mark.parametrize("listed", [[], [ANOTHERS], [OWN | {"ValidTo": "/Date(1577836800000)/"}]])
async def test_a_company_without_a_valid_mailbox_of_its_own_or_of_all_is_reported(listed: list[dict[str, Any]]) -> None:
    with pytest.raises(Rejected) as refused:
        await found(listed)

    assert refused.value.reason.kind.code == "mailbox_missing"


async def test_the_preferred_mailbox_sends_and_the_company_s_own_receives() -> None:
    boxes = await found([ANOTHERS, OF_ALL, OWN], preferring(OTHER))

    assert (str(boxes.sender), str(boxes.recipient)) == (OTHER, OURS)


async def test_a_mailbox_that_is_not_for_one_company_serves() -> None:
    assert str((await found([ANOTHERS, OF_ALL])).recipient) == SHARED


@pytest.mark.parametrize("valid_to", ["/Date(1764000000000)/", "2026-11-24T00:00:00", "2026-11-25T11:59:59Z"])
async def test_an_expired_mailbox_neither_receives_nor_sends(valid_to: str) -> None:
    boxes = await found([OWN | {"ValidTo": valid_to}, OF_ALL], preferring(OURS))

    assert (str(boxes.sender), str(boxes.recipient)) == (SHARED, SHARED)


@pytest.mark.parametrize("valid_to", [None, "", "soon", "2026-11-25T00:00:00", "/Date(253402214400000)/"])
async def test_a_mailbox_serves_until_the_end_of_its_last_day(valid_to: str | None) -> None:
    assert str((await found([OWN | {"ValidTo": valid_to}])).recipient) == OURS


@pytest.mark.parametrize(
    "refusal",
    [
        httpx.Response(400, content=ERROR),
        httpx.Response(403),
        httpx.Response(404),
        httpx.Response(500, content=ERROR),
        httpx.Response(500, content=b'{"error":{"message":{"value":"Object reference not set"}}}'),
        httpx.Response(200, json={"d": None}),
        httpx.Response(200, json={"d": []}),
    ],
)
async def test_without_a_preference_the_recipient_s_mailbox_sends(refusal: httpx.Response) -> None:
    boxes = await found([OWN], refusal)

    assert str(boxes.sender) == str(boxes.recipient) == OURS


async def test_a_used_up_limit_is_no_refusal_of_the_preference() -> None:
    with pytest.raises(TryLater):
        await found([OWN], httpx.Response(429))


@pytest.mark.parametrize("name", ["ALL@exact.example ", SHARED.upper()])
async def test_a_partner_names_the_mailbox_by_address_or_id(name: str) -> None:
    assert str((await found([OWN, OF_ALL], named=name)).recipient) == SHARED


@pytest.mark.parametrize("name", ["other@exact.example", "nobody@exact.example"])
async def test_a_named_mailbox_that_is_not_this_company_s_is_reported_by_its_name(name: str) -> None:
    with pytest.raises(Rejected) as refused:
        await found([OWN, ANOTHERS], named=name)

    assert name in refused.value.reason.sentence
