"""The date of an answer is the sandbox's own."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from sandbox.running import Sandbox, running


@pytest.fixture(scope="module")
def sandbox() -> "Sandbox":  # type: ignore[misc]
    with running() as sandbox:
        yield sandbox


async def test_an_answer_of_exact_bears_the_date_of_its_moved_clock(sandbox: Sandbox) -> None:
    await sandbox.exact.advance(3600)

    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{sandbox.exact_url}/api/v1/current/Me")

    ahead = parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < ahead < timedelta(minutes=61)
