"""A real browser as tests use it: Debian's Chromium, which asks nobody but the page's own server."""

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable
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


def _missing() -> str:
    """Name what a browser lacks on this machine: Chromium, or a library of Playwright's driver."""
    if not CHROMIUM.exists():
        return f"Chromium is not installed: {CHROMIUM}"
    driver, *_ = compute_driver_executable()
    started = subprocess.run([driver, "--version"], capture_output=True, text=True, check=False)
    return started.stderr if started.returncode else ""


needs_chromium = pytest.mark.skipif(bool(missing := _missing()), reason=missing)


@asynccontextmanager
async def opened(*, scripts: bool) -> AsyncIterator[Page]:
    """An empty page in which scripts run or do not."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        context = await browser.new_context(java_script_enabled=scripts)
        yield await context.new_page()
        await browser.close()


async def photograph(page: Page, name: str, *, height: int = 460) -> None:
    """Save a picture of the page in the folder `SCREENSHOTS`, if that is set: see `make screenshots`."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.set_viewport_size({"width": 880, "height": height})
        await page.screenshot(path=Path(folder) / f"{name}.png")
