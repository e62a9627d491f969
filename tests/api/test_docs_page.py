"""The descriptions of the APIs as pages: a browser shows them, and asks nobody but their own server."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from sandbox.running import Sandbox
from tests.api.browsing import needs_chromium, opened

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page in which scripts run."""
    async with opened(scripts=True) as page:
        yield page


@pytest.mark.parametrize(
    ("which", "operation"),
    [
        ("api", "/v1/extension"),
        ("exact", "/sandbox/arrived"),
        ("banqup", "/sandbox/spaces"),
    ],
)
async def test_a_description_shows_its_operations_from_its_own_server_alone(
    page: Page, address: str, sandbox: Sandbox, which: str, operation: str
) -> None:
    url = {
        "api": f"{address}/docs",
        "exact": f"{sandbox.exact_url}/sandbox/docs",
        "banqup": f"{sandbox.banqup_url}/sandbox/docs",
    }[which]
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: failed.append(line.text) if line.type == "error" else None)

    await page.goto(url)

    shown = page.locator(".opblock-summary-path", has_text=operation.replace("/", "\u200b/"))
    await expect(shown.first).to_be_visible()
    assert await page.get_by_text("Unable to render this definition").count() == 0
    assert {urlsplit(one).netloc for one in asked} <= {urlsplit(url).netloc, ""}
    assert failed == []
