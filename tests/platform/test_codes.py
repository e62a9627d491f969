"""The service produces every published error code, and a test asserts it."""

from pathlib import Path
from textwrap import dedent

import pytest

from app import reasons
from app.reasons import KINDS, Kind
from tests.platform import code_usage

ROOT = Path(__file__).parents[2]
NAMES = {value.code: name for name, value in vars(reasons).items() if isinstance(value, Kind)}


@pytest.fixture(scope="module")
def asserted() -> set[str]:
    return code_usage.asserted(code_usage.read(ROOT / "tests", "*.py"))


@pytest.fixture(scope="module")
def produced() -> set[str]:
    return code_usage.produced(code_usage.read(ROOT / "app", "*.py"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_a_published_code_is_produced_by_the_service_and_asserted_by_a_test(
    kind: Kind, asserted: set[str], produced: set[str]
) -> None:
    assert kind.code in asserted
    assert NAMES[kind.code] in produced


@pytest.mark.parametrize(
    "body",
    [
        'assert answer.json()["code"] == "gone"',
        'assert (answer.status_code, answer.json()["code"]) == (410, "gone")',
        'assert answer.status_code == 410 and answer.json()["code"] in {"gone"}',
        'assert refusal.reason.code == "gone"',
        'assert export.reason.get("code") == "gone"',
        'assert code_of(answer) == "gone"',
        'assert answer.json()["code"] == expected',
        'assert answer.json()["code"] == listed',
    ],
)
def test_a_code_compared_in_an_assertion_is_asserted(body: str) -> None:
    source = f"""
        ROWS = [(1, "gone")]

        def code_of(answer):
            return answer.json()["code"]

        @pytest.mark.parametrize("expected", ["gone"])
        @pytest.mark.parametrize(("number", "listed"), ROWS)
        async def test_it(answer, expected, number, listed):
            async with answer:
                {body}
    """
    assert "gone" in code_usage.asserted([dedent(source)])


@pytest.mark.parametrize(
    "body",
    [
        "pass  # gone",
        'code = "gone"',
        '"""gone"""',
        'assert answer.json()["code"], "gone"',
        'assert answer.json()["code"] != "gone"',
        'assert answer.json()["code"] == "here" or "gone"',
        'assert not answer.json()["code"] == "gone"',
        'assert answer.text == "gone"',
        'assert "gone"',
    ],
)
def test_a_word_elsewhere_in_a_test_is_not_an_assertion(body: str) -> None:
    source = f"""
        def test_it(answer):
            {body}

        def helper(answer):
            assert answer.json()["code"] == "gone"
    """
    assert "gone" not in code_usage.asserted([dedent(source)])


def test_a_kind_is_produced_by_code_and_not_by_documentation_or_a_comparison() -> None:
    source = """
        from app import reasons

        @router.get("/", responses=problems(reasons.DOCUMENTED))
        def route(kind):
            "reasons.MENTIONED"
            if kind is reasons.COMPARED:
                raise Rejected(reasons.RAISED.because("It is gone."))
            return reasons.RETURNED
    """
    found = code_usage.produced([dedent(source)])

    assert {"RAISED", "RETURNED"} <= found
    assert not {"DOCUMENTED", "MENTIONED", "COMPARED"} & found
