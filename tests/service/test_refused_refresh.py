"""A refresh that Exact refuses in other words than the known ones ends in a new sign-in, soon."""

from uuid import UUID

import pytest

from tests.service.invoices import invoice
from tests.service.world import World

_JSON = "application/json"
REFUSALS = {
    "invalid_grant": (400, '{"error":"invalid_grant"}', _JSON),
    "bare unauthorized_client": (400, '{"error":"unauthorized_client"}', _JSON),
    "empty 401": (401, "", _JSON),
    "403": (403, '{"error":"Error getting access token using refresh token"}', _JSON),
    "text": (400, "Bad Request", "text/plain"),
    "inactive": (400, '{"error":"access_denied","error_description":"The account is inactive."}', _JSON),
}


@pytest.mark.parametrize("words", REFUSALS)
async def test_three_refusals_within_ten_minutes_ask_for_a_sign_in(world: World, words: str) -> None:
    status, body, media = REFUSALS[words]
    partner = await world.connected()
    client = await world.client(partner)
    await world.advance(700)
    rule = await world.sandbox.exact.fault(
        "token_refused", endpoint="oauth2/token", status=status, body=body, type=media
    )
    document = await world.approved(client, invoice())

    await world.process()
    assert ((await world.export(document)).reason or {})["code"] == "exact_refuses_token"
    assert await state(world, partner) == "connected"
    for _ in range(10):
        await world.advance(60)
        await world.process()

    assert await state(world, partner) == "needs_sign_in"
    await world.sandbox.exact.delete(f"/sandbox/faults/{rule['id']}")
    await world.sign_in(partner)
    await world.process()
    assert (await world.export(document)).status == "ready_to_process"


@pytest.mark.parametrize(
    ("status", "body", "media", "code"),
    [
        (400, '{"error":"invalid_client"}', _JSON, "exact_refuses_app"),
        (403, "<html><body>Blocked</body></html>", "text/html", "exact_unavailable"),
        (400, '{"fault":{"faultstring":"Gateway"}}', _JSON, "exact_unavailable"),
    ],
)
async def test_a_refusal_of_our_app_or_of_a_gateway_costs_no_partner_the_sign_in(
    world: World, status: int, body: str, media: str, code: str
) -> None:
    partner = await world.connected()
    client = await world.client(partner)
    await world.advance(700)
    rule = await world.sandbox.exact.fault(
        "token_refused", endpoint="oauth2/token", status=status, body=body, type=media
    )
    document = await world.approved(client, invoice())
    for _ in range(12):
        await world.process()
        assert ((await world.export(document)).reason or {})["code"] == code
        await world.advance(90)

    assert await state(world, partner) == "connected"
    await world.sandbox.exact.delete(f"/sandbox/faults/{rule['id']}")
    for _ in range(5):
        await world.advance(900)
        await world.process()
    assert (await world.export(document)).status == "ready_to_process"


async def state(world: World, partner: UUID) -> str | None:
    connection = await world.connection(partner)
    return connection.state if connection else None
