"""Every published error code is shown to be given by some test."""

from pathlib import Path

import pytest

from app import reasons
from app.reasons import KINDS, Kind

TESTS = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def words() -> str:
    """All that the tests say, but for this file."""
    return "".join(path.read_text() for path in TESTS.rglob("test_*.py") if path.name != Path(__file__).name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_published_code_is_expected_somewhere(kind: Kind, words: str) -> None:
    name = next(name for name, value in vars(reasons).items() if value is kind)

    assert f'"{kind.code}"' in words or name in words
