"""A sandbox for each test process, and a world for each test."""

from collections.abc import AsyncIterator, Iterator

import pytest

from sandbox.running import Sandbox, running
from tests.service.world import PUBLIC_URL, World, built


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The stand-ins of Exact and Banqup, as a process of their own."""
    with running(redirect_uris=[f"{PUBLIC_URL}/oauth/exact-online/callback"]) as sandbox:
        yield sandbox


@pytest.fixture
def more_settings() -> dict[str, object]:
    """What a test file sets beyond the sandbox's settings."""
    return {}


@pytest.fixture
async def world(sandbox: Sandbox, database_url: str, more_settings: dict[str, object]) -> AsyncIterator[World]:
    """The service's parts over an empty database and a fresh sandbox."""
    await sandbox.exact.reset()
    await sandbox.banqup.reset()
    async with built(sandbox, database_url, **more_settings) as world:
        yield world
