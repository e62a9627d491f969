"""The signed-in user, as Exact names them."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from app.clock import Clock
from app.errors import TryLater
from app.exact.access_tokens import GivenToken
from app.exact.client import Exact, NoPace
from app.exact.users import ExactUser
from tests.outbound.canned import Canned

ROW: dict[str, Any] = {
    "UserID": "11111111-1111-4111-8111-111111111111",
    "UserName": "anna@peeters.example",
    "FullName": "Anna Peeters",
    "CurrentDivision": 100001,
}


def exact(**changes: Any) -> Exact:
    """Exact whose `Me` has this row."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"d": {"results": [ROW | changes]}})

    http = httpx.AsyncClient(transport=Canned(answer))
    return Exact(http, "http://127.0.0.1", token=GivenToken("t"), pace=NoPace(), clock=Clock())


async def test_the_signed_in_user_has_an_id_a_login_and_a_name() -> None:
    assert await exact(CurrentDivision="100001").me() == ExactUser(
        id=UUID(ROW["UserID"]), login="anna@peeters.example", full_name="Anna Peeters", current_division=100001
    )


@pytest.mark.parametrize("missing", [None, ""])
async def test_a_user_without_a_name_is_shown_by_the_email_address_else_by_the_login(missing: str | None) -> None:
    assert (await exact(FullName=missing, Email="anna@office.example").me()).full_name == "anna@office.example"
    assert (await exact(FullName=missing, Email=missing).me()).full_name == "anna@peeters.example"


@pytest.mark.parametrize("changes", [{"UserID": None}, {"UserID": "anna"}, {"CurrentDivision": None}])
async def test_a_user_that_exact_does_not_identify_is_asked_for_later(changes: dict[str, Any]) -> None:
    with pytest.raises(TryLater) as refused:
        await exact(**changes).me()

    assert refused.value.reason.kind.code == "exact_unavailable"
