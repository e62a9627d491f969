"""The sign-in as a person meets it: Exact's page, Allow, and our page, in a real browser."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from playwright.async_api import Page, expect

from app.onboarding import PERMISSIONS
from sandbox.demo import browser
from sandbox.running import Sandbox
from tests.api.browsing import needs_chromium, opened, photograph
from tests.api.issuing import Issuer
from tests.api.running import Api

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page in which no script runs; what our own policy makes the browser refuse fails the test."""
    async with opened(scripts=False) as page:
        refused: list[str] = []
        page.on("console", lambda line: refused.append(line.text))
        yield page
        assert [line for line in refused if "Content Security Policy" in line] == []


async def begun(desk: Api, sandbox: Sandbox, address: str, issuer: Issuer) -> tuple[UUID, str]:
    """A space and the address of its sign-in, over the API on a real socket."""
    redirect = f"{address}/oauth/exact-online/callback"
    app = {"secret": sandbox.exact_client_secret, "redirect_uris": [redirect]}
    await sandbox.exact.put(f"/sandbox/apps/{sandbox.exact_client_id}", app)
    space = uuid4()
    headers = {"Authorization": f"Bearer {issuer.token(space)}"}
    async with httpx.AsyncClient(base_url=address, headers=headers) as http:
        body = {"partner_space_id": str(space), "country": "be", "permissions": list(PERMISSIONS)}
        assert (await http.post("/v1/installations", json=body)).status_code == 201
        answer = await http.post(f"/v1/installations/{space}/sign-in", json={"partner_name": "Peeters & Partners"})
    return space, answer.json()["authorization_url"]


async def test_a_person_signs_in_and_sees_that_it_worked(
    page: Page, desk: Api, sandbox: Sandbox, address: str, issuer: Issuer
) -> None:
    space, url = await begun(desk, sandbox, address, issuer)
    await page.goto(url)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Connect Exact Online")
    await expect(page.get_by_role("main")).to_contain_text(str(space))
    await photograph(page, "before-sign-in", height=900)
    await page.get_by_role("button", name="Continue to Exact Online").press("Enter")
    await page.get_by_label("Anna Peeters").check()
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Exact Online is connected")
    await expect(page.get_by_role("main")).to_contain_text("Anna Peeters")
    await expect(page.get_by_role("main")).to_contain_text(str(space))
    assert await page.title() == "Connected – Exact Online for Banqup"
    assert await page.locator("main").evaluate("main => getComputedStyle(main).borderTopStyle") == "solid"
    await photograph(page, "connected")


async def test_a_user_who_denies_access_reads_what_to_do(
    page: Page, desk: Api, sandbox: Sandbox, address: str, issuer: Issuer
) -> None:
    _, url = await begun(desk, sandbox, address, issuer)
    await page.goto(url)
    await page.get_by_role("button", name="Continue to Exact Online").click()
    await page.get_by_role("button", name="Deny").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("The sign-in was cancelled")
    await expect(page.get_by_role("main")).to_contain_text("Start the sign-in again in Banqup")


async def test_the_page_can_be_read_on_a_phone_and_in_the_dark(page: Page, address: str) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.emulate_media(color_scheme="dark")
    await page.goto(f"{address}/oauth/exact-online/callback?state=forged")
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    assert await page.locator("main").evaluate("main => getComputedStyle(main).backgroundColor") == "rgb(24, 33, 42)"


@pytest.mark.parametrize("width", [320, 880])
async def test_the_page_before_the_sign_in_fits_and_its_button_is_easy_to_hit(
    page: Page, desk: Api, sandbox: Sandbox, address: str, issuer: Issuer, width: int
) -> None:
    _, url = await begun(desk, sandbox, address, issuer)
    await page.set_viewport_size({"width": width, "height": 640})
    await page.goto(url)
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    button = await page.get_by_role("button").bounding_box()
    assert button is not None
    assert button["height"] >= 44


async def test_another_browser_is_told_to_start_again(
    page: Page, desk: Api, sandbox: Sandbox, address: str, issuer: Issuer
) -> None:
    _, url = await begun(desk, sandbox, address, issuer)
    async with httpx.AsyncClient() as sender:
        exact = await browser.press(sender, url)
    await page.goto(exact.headers["location"])
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("This sign-in belongs to another browser")
