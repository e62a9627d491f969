"""A real browser as tests use it: Debian's Chromium, which asks nobody but the page's own server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed: /usr/bin/chromium")


@asynccontextmanager
async def opened(*, scripts: bool) -> AsyncIterator[Page]:
    """An empty page in which scripts run or do not."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        context = await browser.new_context(java_script_enabled=scripts)
        yield await context.new_page()
        await browser.close()
