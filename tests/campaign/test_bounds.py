"""The attacks by requests, endpoints and documents without end; `make attack` runs them beside another partner."""

from pathlib import Path

import pytest

from benchmarks.attack import bounds, documents, target

pytestmark = pytest.mark.slow


async def test_the_service_bounds_what_comes_from_outside(folder: Path) -> None:
    with target.running(folder) as service:
        held = await bounds.attack(service.url, service.sandbox)
    assert len(held) == 7


async def test_the_service_bounds_what_a_document_may_ask_for(folder: Path) -> None:
    with target.running(folder) as service:
        async with service.watched():
            [held] = await documents.attack(service.url, service.sandbox)
    assert held.startswith("28 documents")
    assert max(service.memory.values()) < 512
