"""The notification target of a partner."""

from uuid import uuid4

from tests.api.running import Api

PUBLIC = "https://93.184.216.34/events"


async def test_an_address_is_set_with_a_secret_that_is_shown_once(api: Api) -> None:
    space = await api.installed()

    made = await api.at("PUT", space, "/notifications", json={"url": PUBLIC})
    seen = await api.at("GET", space, "/notifications")

    assert made.status_code == 200
    assert made.json()["secret"].startswith("whsec_")
    assert seen.json() == {name: value for name, value in made.json().items() if name != "secret"}


async def test_an_address_inside_a_private_network_is_refused(api: Api) -> None:
    space = await api.installed()

    refused = await api.at("PUT", space, "/notifications", json={"url": "https://10.0.0.1/events"})

    assert (refused.status_code, refused.json()["code"]) == (422, "destination_refused")
    assert (await api.at("GET", space, "/notifications")).status_code == 404


async def test_an_address_is_forgotten(api: Api) -> None:
    space = await api.installed()
    await api.at("PUT", space, "/notifications", json={"url": PUBLIC})

    assert (await api.at("DELETE", space, "/notifications")).status_code == 204
    assert (await api.at("GET", space, "/notifications")).status_code == 404


async def test_another_partner_s_address_is_not_found(api: Api) -> None:
    space = await api.installed()
    stranger = api.issuer.token(uuid4())

    answer = await api.at("GET", space, "/notifications", token=stranger)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
