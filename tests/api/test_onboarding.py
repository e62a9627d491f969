"""A partner's steps over HTTP: install, sign in, choose companies, activate, switch off, uninstall."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from app.onboarding import PERMISSIONS
from sandbox.demo import browser
from sandbox.running import Sandbox
from tests.api.running import FRONT_END, PUBLIC_URL, Api, message, minutes

pytestmark = pytest.mark.slow


async def begun(desk: Api, space: UUID, **wanted: str) -> str:
    """Start a sign-in; return the address of our page."""
    answer = await desk.at("POST", space, "/sign-in", json=wanted)
    assert answer.status_code == 200, answer.text
    url: str = answer.json()["authorization_url"]
    return url


async def continued(desk: Api, url: str) -> str:
    """Press the button of our page; return Exact's address."""
    answer = await browser.press(desk.http, url)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def sign_in(desk: Api, sandbox: Sandbox, space: UUID, *, user: str = "anna", **wanted: str) -> httpx.Response:
    """Sign in as a user of the sandbox and come back as the browser does."""
    exact = await continued(desk, await begun(desk, space, **wanted))
    return await desk.http.get(await sandbox.exact.sign_in(exact, user=user))


async def connected(desk: Api, sandbox: Sandbox, *, user: str = "anna") -> UUID:
    space = await desk.installed()
    assert (await sign_in(desk, sandbox, space, user=user)).status_code == 200
    return space


async def activate(desk: Api, space: UUID, client: UUID | None = None, **body: Any) -> httpx.Response:
    return await desk.at("PUT", space, f"/clients/{client or uuid4()}", json={"company_code": "3"} | body)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_anybody_may_read_what_the_extension_is(api: Api) -> None:
    answer = await api.http.get("/v1/extension")
    assert answer.status_code == 200
    assert answer.json()["countries"] == [{"code": "be", "name": "Belgium"}]
    assert {permission["id"] for permission in answer.json()["permissions"]} == set(PERMISSIONS)
    assert all(permission["why"] for permission in answer.json()["permissions"])


async def test_installing_twice_is_201_and_then_200(api: Api) -> None:
    space = uuid4()
    body = {"partner_space_id": str(space), "country": "be", "permissions": list(PERMISSIONS)}
    first = await api.call("POST", "/v1/installations", space, json=body)
    second = await api.call("POST", "/v1/installations", space, json=body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() == (await api.at("GET", space)).json()
    assert first.json()["active"] is True
    assert (first.json()["connection"], first.json()["clients"], first.json()["waiting"]) == ("missing", 0, 0)


async def test_a_permission_that_is_not_confirmed_is_named(api: Api) -> None:
    space = uuid4()
    body = {"partner_space_id": str(space), "country": "be", "permissions": ["spaces:read"]}
    answer = await api.call("POST", "/v1/installations", space, json=body)
    assert refusal(answer) == (422, "permission_missing")
    assert answer.json()["details"]["missing"] == ["documents:read", "messages:receive"]
    assert (await api.at("GET", space)).status_code == 404


async def test_a_country_without_an_app_is_refused(api: Api) -> None:
    space = uuid4()
    body = {"partner_space_id": str(space), "country": "nl", "permissions": list(PERMISSIONS)}
    answer = await api.call("POST", "/v1/installations", space, json=body)
    assert refusal(answer) == (422, "country_not_offered")
    assert answer.json()["details"] == {"countries": ["be"]}


async def test_installing_in_another_partners_space_is_a_404(api: Api) -> None:
    body = {"partner_space_id": str(uuid4()), "country": "be", "permissions": list(PERMISSIONS)}
    answer = await api.call("POST", "/v1/installations", uuid4(), json=body)
    assert refusal(answer) == (404, "not_found")


@pytest.mark.parametrize("path", ["/connection", "/clients", "/exports", "/companies", f"/clients/{UUID(int=7)}"])
async def test_nothing_is_below_an_installation_that_does_not_exist(api: Api, path: str) -> None:
    assert refusal(await api.at("GET", uuid4(), path)) == (404, "not_found")


async def test_switching_off_must_be_confirmed(api: Api) -> None:
    space = await api.installed()
    asked = await api.at("PATCH", space, json={"active": False})
    assert refusal(asked) == (409, "confirmation_required")
    assert asked.json()["details"] == {"clients": 0, "waiting": 0}
    confirmed = await api.at("PATCH", space, json={"active": False, "confirm": True})
    assert (confirmed.status_code, confirmed.json()["active"]) == (200, False)
    again = await api.at("PATCH", space, json={"active": True})
    assert (again.status_code, again.json()["active"]) == (200, True)


async def test_the_cut_off_can_be_chosen(api: Api) -> None:
    space = await api.installed()
    answer = await api.at("PATCH", space, json={"cutoff": "event"})
    assert (answer.status_code, answer.json()["cutoff"], answer.json()["active"]) == (200, "event", True)


@pytest.mark.parametrize("body", [{}, {"confirm": True}, {"cutoff": "never"}, {"active": "perhaps"}, {"activ": True}])
async def test_a_change_of_nothing_or_of_the_unknown_is_a_422(api: Api, body: dict[str, Any]) -> None:
    space = await api.installed()
    assert refusal(await api.at("PATCH", space, json=body)) == (422, "invalid_request")


async def test_uninstalling_leaves_nothing_to_look_at_and_can_be_undone(api: Api) -> None:
    space = await api.installed()
    gone = await api.at("DELETE", space, "?confirm=true")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await api.at("GET", space)).status_code == 404
    assert refusal(await api.at("DELETE", space, "?confirm=true")) == (404, "not_found")
    await api.installed(space)
    assert (await api.at("GET", space)).json()["active"] is True


async def test_a_sign_in_begins_with_a_page_of_ours(api: Api) -> None:
    space = await api.installed()
    answer = await api.at("POST", space, "/sign-in")
    url = httpx.URL(answer.json()["authorization_url"])
    assert str(url.copy_with(query=None)) == f"{PUBLIC_URL}/oauth/exact-online/start"
    assert len(url.params["state"]) >= 32
    assert answer.json()["expires_at"].endswith("Z")


async def test_nobody_signs_in_for_a_country_that_is_no_longer_offered(api: Api) -> None:
    space = await api.installed()
    async with api.services.sessions.begin() as session:
        query = text("update installation set country = 'fr' where partner_space_id = :space")
        await session.execute(query, {"space": space})
    assert refusal(await api.at("POST", space, "/sign-in")) == (422, "country_not_offered")


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/",
        f"{FRONT_END}.elsewhere.example/",
        f"{FRONT_END}@elsewhere.example/",
        f"{FRONT_END}:8443/",
        "http://partner.example/",
    ],
)
async def test_a_return_to_another_origin_is_refused(api: Api, address: str) -> None:
    space = await api.installed()
    answer = await api.at("POST", space, "/sign-in", json={"return_to": address})
    assert refusal(answer) == (422, "return_to_refused")


@pytest.mark.parametrize(
    "address", ["", "x", "javascript:alert(1)", "https://[", f"{FRONT_END}/\r\nX: y", f"{FRONT_END}/é", 7]
)
async def test_a_return_to_that_is_no_address_is_refused(api: Api, address: object) -> None:
    space = await api.installed()
    answer = await api.at("POST", space, "/sign-in", json={"return_to": address})
    assert refusal(answer) == (422, "invalid_request")


async def test_a_connection_is_missing_until_a_user_signs_in(desk: Api, sandbox: Sandbox) -> None:
    space = await desk.installed()
    before = (await desk.at("GET", space, "/connection")).json()
    assert (before["state"], before["reason"]["code"], before["user"]) == ("missing", "not_connected", None)
    await sign_in(desk, sandbox, space)
    after = (await desk.at("GET", space, "/connection")).json()
    assert (after["state"], after["reason"], after["user"]["name"]) == ("connected", None, "Anna Peeters")
    assert after["since"] == after["connected_at"]
    assert (await desk.at("GET", space)).json()["connection"] == "connected"


async def test_a_second_sign_in_of_the_same_user_supersedes_the_first_space(desk: Api, sandbox: Sandbox) -> None:
    first, second = await connected(desk, sandbox), await connected(desk, sandbox)
    seen = (await desk.at("GET", first, "/connection")).json()
    assert (seen["state"], seen["reason"]["code"]) == ("superseded", "connection_superseded")
    assert (seen["reason"]["who"], bool(seen["reason"]["how"])) == ("partner", True)
    assert str(second) not in str(seen)
    assert (await desk.at("GET", second, "/connection")).json()["state"] == "connected"


async def test_a_connection_that_exact_no_longer_accepts_says_so(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    for chain in await sandbox.exact.get("/sandbox/chains"):
        await sandbox.exact.post(f"/sandbox/chains/{chain['id']}/kill")
    answer = await desk.at("GET", space, "/companies?refresh=true")
    assert refusal(answer) == (409, "not_connected")
    seen = (await desk.at("GET", space, "/connection")).json()
    assert (seen["state"], seen["reason"]["code"]) == ("needs_sign_in", "connection")


async def test_a_connection_can_be_removed_once(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    assert (await desk.at("DELETE", space, "/connection?confirm=true")).status_code == 204
    assert (await desk.at("GET", space, "/connection")).json()["state"] == "missing"
    assert refusal(await desk.at("DELETE", space, "/connection?confirm=true")) == (404, "not_found")
    assert refusal(await desk.at("GET", space, "/companies")) == (409, "not_connected")


async def test_uninstalling_erases_the_tokens(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    assert (await desk.at("DELETE", space, "?confirm=true")).status_code == 204
    async with desk.services.sessions() as session:
        assert await session.scalar(text("select count(*) from token_chain")) == 0


async def test_the_companies_are_those_of_the_user(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    companies = (await desk.at("GET", space, "/companies")).json()["companies"]
    assert {company["division"]: company["status"] for company in companies} == {
        100001: "active",
        100002: "active",
        100003: "active",
        100004: "archived",
        100005: "blocked",
        100006: "inactive",
        10000017: "active",
        200001: "active",
    }
    maes = next(company for company in companies if company["division"] == 100003)
    assert (maes["code"], maes["name"], maes["vat_number"]) == ("3", "Garage Maes NV", "BE 0734.567.835")


async def test_a_new_company_is_seen_after_a_refresh_only(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    before = (await desk.at("GET", space, "/companies")).json()["companies"]
    await sandbox.exact.post("/sandbox/companies", {"code": 100009, "hid": 9, "name": "New BV"})
    await sandbox.exact.patch("/sandbox/users/anna", {"companies": [100001, 100009]})
    at_once = (await desk.at("GET", space, "/companies?refresh=1")).json()["companies"]
    desk.clock.offset += timedelta(seconds=6)
    kept = (await desk.at("GET", space, "/companies")).json()["companies"]
    fresh = (await desk.at("GET", space, "/companies?refresh=1")).json()["companies"]
    assert kept == at_once == before
    assert {company["division"] for company in fresh} == {100001, 100009}


async def test_a_client_is_activated_with_the_card_of_its_company(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    first = await activate(desk, space, client, vat_number="BE0734567835")
    second = await activate(desk, space, client, vat_number="BE0734567835", route="postbox")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["company"]["name"] == "Garage Maes NV"
    assert (first.json()["route"], second.json()["route"]) == ("documents", "postbox")
    assert first.json()["activated_at"] == second.json()["activated_at"]
    assert (await desk.at("GET", space, f"/clients/{client}")).json() == second.json()
    assert (await desk.at("GET", space, "/clients")).json() == {"clients": [second.json()]}
    assert (await desk.at("GET", space)).json()["clients"] == 1


async def test_another_company_begins_a_new_activation(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    first = await activate(desk, space, client)
    second = await activate(desk, space, client, company_code="7")
    assert (second.status_code, second.json()["company"]["division"]) == (200, 10000017)
    assert second.json()["activated_at"] > first.json()["activated_at"]


async def test_another_company_while_documents_wait_asks_what_becomes_of_them(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    await desk.post_message(message(client, uuid4()))
    asked = await activate(desk, space, client, company_code="7")
    assert refusal(asked) == (409, "waiting_documents")
    assert asked.json()["details"] == {"waiting": 1, "company": "Garage Maes NV"}
    answered = await activate(desk, space, client, company_code="7", waiting="stop")
    assert answered.status_code == 200
    [export] = (await desk.at("GET", space, "/exports")).json()["exports"]
    assert (export["status"], export["reason"]["code"]) == ("not_exported", "company_changed")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"company_code": "99"}, (404, "company_unknown")),
        ({"company_code": "1"}, (409, "company_ambiguous")),
        ({"company_code": "4"}, (409, "company_not_usable")),
        ({"company_code": "5"}, (409, "company_not_usable")),
        ({"company_code": "6"}, (409, "company_not_usable")),
        ({"vat_number": "BE0999999999"}, (409, "company_of_another_client")),
        ({"company_code": ""}, (422, "invalid_request")),
        ({"company_code": "3\x00"}, (422, "invalid_request")),
        ({"company_code": "x" * 101}, (422, "invalid_request")),
        ({"company_code": 3}, (422, "invalid_request")),
        ({"company_code": None}, (422, "invalid_request")),
        ({"route": "pigeon"}, (422, "invalid_request")),
        ({"vat_number": "--"}, (422, "invalid_request")),
        ({"override_reason": "two\nlines"}, (422, "invalid_request")),
        ({"surprise": 1}, (422, "invalid_request")),
    ],
)
async def test_a_company_that_cannot_be_is_refused(
    desk: Api, sandbox: Sandbox, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    space = await connected(desk, sandbox)
    answer = await activate(desk, space, **body)
    assert refusal(answer) == expected
    assert answer.json()["how"]
    assert (await desk.at("GET", space, "/clients")).json() == {"clients": []}


async def test_an_ambiguous_code_shows_the_candidates_and_a_number_decides(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    asked = await activate(desk, space, company_code="1")
    assert {card["division"] for card in asked.json()["details"]["candidates"]} == {100001, 200001}
    decided = await activate(desk, space, company_code="1", vat_number="BE0712345630")
    assert (decided.status_code, decided.json()["company"]["division"]) == (201, 100001)


async def test_a_company_of_another_client_is_taken_with_a_reason_that_is_recorded(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    answer = await activate(desk, space, vat_number="BE0999999999", override_reason="VAT group")
    assert (answer.status_code, answer.json()["override_reason"]) == (201, "VAT group")


async def test_nobody_is_activated_without_a_connection(api: Api) -> None:
    space = await api.installed()
    assert refusal(await activate(api, space)) == (409, "not_connected")


async def test_a_deactivated_client_is_gone(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    assert (await desk.at("DELETE", space, f"/clients/{client}")).status_code == 204
    assert refusal(await desk.at("GET", space, f"/clients/{client}")) == (404, "not_found")
    assert refusal(await desk.at("DELETE", space, f"/clients/{client}")) == (404, "not_found")


async def test_a_client_whose_company_the_new_user_does_not_see_is_shown_all_the_same(
    desk: Api, sandbox: Sandbox
) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    await sign_in(desk, sandbox, space, user="bram")
    await desk.at("GET", space, "/companies?refresh=true")
    seen = (await desk.at("GET", space, f"/clients/{client}")).json()["company"]
    assert (seen["division"], seen["code"], seen["name"], seen["status"]) == (100003, "3", "Garage Maes NV", None)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html_503"},
        {"kind": "html_200"},
        {"kind": "timeout_408"},
        {"kind": "garbage"},
        {"kind": "reset_before"},
    ],
)
async def test_an_exact_that_is_away_while_companies_are_listed_is_a_503(
    desk: Api, sandbox: Sandbox, fault: dict[str, str]
) -> None:
    space = await connected(desk, sandbox)
    await sandbox.exact.fault(fault["kind"], endpoint="system/Divisions")
    answer = await desk.at("GET", space, "/companies")
    assert refusal(answer) == (503, "exact_unavailable")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_state_works_for_ten_minutes(desk: Api, sandbox: Sandbox) -> None:
    space = await desk.installed()
    back = await sandbox.exact.sign_in(await continued(desk, await begun(desk, space)))
    desk.clock.offset = minutes(11)
    answer = await desk.http.get(back)
    assert answer.status_code == 400
    assert "no longer valid" in answer.text


@pytest.mark.parametrize("path", ["", "/connection"])
async def test_a_delete_that_stops_the_export_must_be_confirmed(desk: Api, sandbox: Sandbox, path: str) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client)
    await desk.post_message(message(client, uuid4()))
    asked = await desk.at("DELETE", space, path)
    assert refusal(asked) == (409, "confirmation_required")
    assert asked.json()["details"] == {"clients": 1, "waiting": 1}
    assert (await desk.at("GET", space)).json()["connection"] == "connected"
    assert (await desk.at("DELETE", space, f"{path}?confirm=true")).status_code == 204


async def test_a_put_without_details_keeps_the_standing_ones(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    details = {"route": "postbox", "relation": "link", "category": str(uuid4()), "folder": str(uuid4())}
    first = await activate(desk, space, client, **details)
    kept = await activate(desk, space, client)
    assert kept.json() == first.json()
    cleared = (await activate(desk, space, client, category=None, relation="none")).json()
    assert (cleared["category"], cleared["relation"], cleared["route"]) == (None, "none", "postbox")


async def test_another_company_keeps_the_route_but_not_what_belongs_to_the_former(desk: Api, sandbox: Sandbox) -> None:
    space, client = await connected(desk, sandbox), uuid4()
    await activate(desk, space, client, route="postbox", folder=str(uuid4()), override_reason="VAT group")
    moved = (await activate(desk, space, client, company_code="7")).json()
    assert (moved["route"], moved["folder"], moved["override_reason"]) == ("postbox", None, None)


async def test_a_company_code_is_trimmed(desk: Api, sandbox: Sandbox) -> None:
    space = await connected(desk, sandbox)
    answer = await activate(desk, space, company_code="  3 ")
    assert (answer.status_code, answer.json()["company"]["division"]) == (201, 100003)
    assert refusal(await activate(desk, space, company_code="  ")) == (422, "invalid_request")
