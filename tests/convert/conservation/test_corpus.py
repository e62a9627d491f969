"""Nothing of a golden case is lost unnamed: each value is in the UBL that it becomes, or in a loss."""

import json

import pytest

from tests.convert import golden
from tests.convert.conservation.values import Value, of_json, of_xml, unaccounted
from tests.convert.golden import CONVERTED, GOLDEN, converted


def values(case: str) -> list[Value]:
    """What the document said: the structured file that was used, else Banqup's data."""
    origin = converted(case).origin
    if origin == "banqup":
        return list(of_json(json.loads((GOLDEN / f"{case}.json").read_bytes())))
    found = [path for ending in (".xml", ".inside.xml") if (path := GOLDEN / f"{case}{ending}").exists()]
    return list(of_xml(found[0].read_bytes()))


@pytest.mark.parametrize("case", [case for case in CONVERTED if not case.startswith("wrappers/")])
def test_every_value_of_a_case_is_in_its_outcome_or_in_a_loss(case: str) -> None:
    found = values(case)
    assert len(found) > 10
    assert unaccounted(found, converted(case)) == []


def test_a_value_that_vanishes_is_found() -> None:
    conversion = converted(golden.of_kind("foreign")[0])
    assert unaccounted([Value("Note", "Nowhere to be found"), Value("Amount", "98765.43")], conversion) == [
        Value("Note", "Nowhere to be found"),
        Value("Amount", "98765.43"),
    ]
