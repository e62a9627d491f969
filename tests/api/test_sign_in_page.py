"""The page before a sign-in: what it says, whose browser goes on from it, and what cannot press its button."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from lxml import html

from sandbox.demo import browser
from sandbox.running import Sandbox
from tests.api.issuing import Issuer
from tests.api.running import PUBLIC_URL, Api, running, settings
from tests.api.test_onboarding import begun, connected, continued
from tests.api.test_pages import expect_page

pytestmark = pytest.mark.slow

START = "/oauth/exact-online/start"
COOKIE = "exact-sign-in"


def another_browser(desk: Api) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(desk.app), base_url=PUBLIC_URL)


@pytest.fixture
async def victim(desk: Api) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of somebody else."""
    async with another_browser(desk) as http:
        yield http


async def connection(desk: Api, space: UUID) -> str:
    state: str = (await desk.at("GET", space, "/connection")).json()["state"]
    return state


async def test_the_page_says_who_will_be_connected_and_what_ends(desk: Api) -> None:
    space = await desk.installed()
    answer = await desk.http.get(await begun(desk, space, partner_name="Peeters & <b>Partners</b>"))
    page = expect_page(answer, 200, referrer="same-origin")
    assert str(space) in page
    assert "Peeters &amp; &lt;b&gt;Partners&lt;/b&gt;" in page
    assert "We have not checked it" in page
    assert desk.settings.exact_host("be") in page
    assert "that connection ends" in page
    assert "expires in\n10 minutes." in page


async def test_the_name_at_the_installation_is_shown_and_can_be_read(desk: Api) -> None:
    space = uuid4()
    permissions = ["documents:read", "messages:receive", "spaces:read"]
    body = {"partner_space_id": str(space), "country": "be", "permissions": permissions, "partner_name": "Peeters NV"}
    installed = await desk.call("POST", "/v1/installations", space, json=body)
    assert installed.json()["partner_name"] == "Peeters NV"
    assert "Peeters NV" in (await desk.http.get(await begun(desk, space))).text


async def test_a_page_without_a_name_says_so(desk: Api) -> None:
    assert "Name not given" in (await desk.http.get(await begun(desk, await desk.installed()))).text


async def test_nothing_but_the_button_leads_to_exact(desk: Api) -> None:
    answer = await desk.http.get(await begun(desk, await desk.installed()))
    page: Any = html.document_fromstring(answer.text)
    [form] = page.forms
    assert (form.method, form.action) == ("POST", f"{PUBLIC_URL}{START}")
    assert page.xpath("//a | //meta[@http-equiv] | //script") == []
    assert "/oauth2/auth" not in answer.text


async def test_looking_at_the_page_binds_no_browser(desk: Api, victim: httpx.AsyncClient) -> None:
    url = await begun(desk, await desk.installed())
    await victim.get(url)
    assert (await browser.press(desk.http, url)).status_code == 303


async def test_going_on_leads_to_exact_and_keeps_the_address_to_itself(desk: Api) -> None:
    url = await begun(desk, await desk.installed())
    answer = await browser.press(desk.http, url)
    exact = httpx.URL(answer.headers["location"])
    assert str(exact).startswith(f"{desk.settings.exact_host('be')}/api/oauth2/auth?")
    assert exact.params["state"] == httpx.URL(url).params["state"]
    assert (answer.headers["referrer-policy"], answer.headers["cache-control"]) == ("no-referrer", "no-store")


async def test_a_sign_in_that_its_sender_continued_connects_nobody_who_follows_the_link(
    desk: Api, sandbox: Sandbox, victim: httpx.AsyncClient
) -> None:
    own, space = await connected(desk, sandbox), await desk.installed()
    url = await begun(desk, space)
    exact = await continued(desk, url)

    back = await sandbox.exact.sign_in(exact)
    assert "sign_in_elsewhere" in expect_page(await victim.get(back), 400)
    pressed = await browser.press(victim, url)
    assert "sign_in_elsewhere" in expect_page(pressed, 400)
    assert [await connection(desk, each) for each in (own, space)] == ["connected", "missing"]


async def test_a_browser_with_a_sign_in_of_its_own_does_not_finish_another(
    desk: Api, sandbox: Sandbox, victim: httpx.AsyncClient
) -> None:
    space = await desk.installed()
    await browser.press(victim, await begun(desk, await desk.installed()))
    back = await sandbox.exact.sign_in(await continued(desk, await begun(desk, space)))
    assert "sign_in_elsewhere" in expect_page(await victim.get(back), 400)
    assert await connection(desk, space) == "missing"
    expect_page(await desk.http.get(back), 200)


async def test_two_sign_ins_in_one_browser_both_finish(desk: Api, sandbox: Sandbox) -> None:
    spaces = [await desk.installed(), await desk.installed()]
    addresses = [await continued(desk, await begun(desk, space)) for space in spaces]
    for address, user in zip(addresses, ("anna", "bram"), strict=True):
        expect_page(await desk.http.get(await sandbox.exact.sign_in(address, user=user)), 200)
    assert [await connection(desk, space) for space in spaces] == ["connected", "connected"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"{PUBLIC_URL}0"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
async def test_another_site_cannot_press_the_button(desk: Api, headers: dict[str, str]) -> None:
    page = await desk.http.get(await begun(desk, await desk.installed()))
    answer = await desk.http.post(START, data=browser.values_of(page), headers=headers)
    assert "sign_in_elsewhere" in expect_page(answer, 400)
    assert (await browser.submit(desk.http, page)).status_code == 303


async def test_the_form_of_another_browser_or_sign_in_is_refused(desk: Api, victim: httpx.AsyncClient) -> None:
    urls = [await begun(desk, await desk.installed()) for _ in range(2)]
    pages = [await desk.http.get(url) for url in urls]
    mine, other = map(browser.values_of, pages)
    assert (await victim.post(START, data=mine)).status_code == 400
    await victim.get(urls[0])
    assert (await victim.post(START, data=mine)).status_code == 400
    assert (await desk.http.post(START, data=mine | {"form": other["form"]})).status_code == 400
    assert (await desk.http.post(START, data={"state": mine["state"]})).status_code == 400
    assert (await desk.http.post(START, data=mine)).status_code == 303


@pytest.mark.parametrize("secret", ["", "x", "é" * 43, "x" * 44, "a b" * 20, '"' + "x" * 43])
async def test_a_cookie_that_is_not_ours_is_replaced(desk: Api, secret: str) -> None:
    url = await begun(desk, await desk.installed())
    headers = [(b"cookie", f"{COOKIE}={secret}".encode())]
    async with another_browser(desk) as http:
        answer = await http.get(url, headers=headers)
        expect_page(answer, 200, referrer="same-origin")
        assert answer.cookies[COOKIE] != secret


@pytest.mark.parametrize("query", ["", "?state=", "?state=forged", "?state=%00", "?state=é"])
async def test_a_forged_link_is_a_page_that_says_so(api: Api, query: str) -> None:
    assert "sign_in_stale" in expect_page(await api.http.get(START + query), 400)


async def test_a_finished_sign_in_shows_no_button(desk: Api, sandbox: Sandbox) -> None:
    url = await begun(desk, await desk.installed())
    await desk.http.get(await sandbox.exact.sign_in(await continued(desk, url)))
    assert "sign_in_stale" in expect_page(await desk.http.get(url), 400)


@pytest.mark.parametrize(
    ("public_url", "cookie"),
    [
        (PUBLIC_URL, f"{COOKIE}="),
        ("http://[::1]:8000", f"{COOKIE}="),
        ("https://exact.example", f"__Host-{COOKIE}="),
        ("https://127.0.0.1:8000", f"__Host-{COOKIE}="),
        ("http://exact.example", f"__Host-{COOKIE}="),
        ("http://127.0.0.1.exact.example", f"__Host-{COOKIE}="),
    ],
)
async def test_the_cookie_is_bound_to_the_host_wherever_others_could_set_it(
    issuer: Issuer, shared_database_url: str, public_url: str, cookie: str
) -> None:
    values = settings(issuer, shared_database_url, public_url=public_url)
    async with running(values, issuer) as api:
        answer = await api.http.get(await begun(api, await api.installed()))
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith(cookie)
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=600"} <= set(attributes)
    assert ("Secure" in attributes) == cookie.startswith("__Host-")
    assert not any(attribute.lower().startswith("domain") for attribute in attributes)
