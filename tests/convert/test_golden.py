"""What each case of `tests/golden` becomes, and that it is valid.

`UPDATE_GOLDEN=1 pytest tests/convert/test_golden.py` rewrites what is expected; a person reads the diff.
"""

import os
from datetime import date

import pytest

from app.convert import File, Grade, convert
from app.peppol.grade import grade
from app.peppol.rules import validate
from benchmarks.corpus import official
from tests.convert import golden
from tests.convert.golden import CASES, CONVERTED, FROM_2027, IN_FORCE, converted
from tests.peppol.official import broken_rules, schema_errors


@pytest.mark.parametrize("case", CASES)
def test_a_case_becomes_what_its_golden_file_says(case: str) -> None:
    found = golden.outcome(case)
    expected = golden.expected(case, found=found)
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_either_converted_or_refused(case: str) -> None:
    outcomes = [golden.GOLDEN / f"{case}.expected.{ending}" for ending in ("xml", "txt")]
    assert [path.exists() for path in outcomes].count(True) == 1


@pytest.mark.parametrize("case", CONVERTED)
def test_every_golden_document_is_valid_by_the_schema_and_the_cen_rules(case: str) -> None:
    ubl = converted(case).ubl
    assert schema_errors(ubl) == []
    assert broken_rules(ubl) == []


@pytest.mark.parametrize("on", [IN_FORCE, FROM_2027], ids=["3.0.21", "3.0.22"])
@pytest.mark.parametrize("case", CONVERTED)
def test_every_case_becomes_valid_under_each_release(case: str, on: date) -> None:
    conversion = converted(case, on=on)
    assert grade(validate(conversion.ubl, on=on)) is conversion.grade


@pytest.mark.parametrize("on", [IN_FORCE, FROM_2027], ids=["3.0.21", "3.0.22"])
@pytest.mark.parametrize("case", [case for case in golden.of_kind("banqup") if case in CONVERTED])
def test_banqups_own_data_become_a_document_without_any_finding(case: str, on: date) -> None:
    assert validate(converted(case, on=on).ubl, on=on) == []


@pytest.mark.parametrize("case", CONVERTED)
def test_what_was_written_once_goes_out_unchanged_the_next_time(case: str) -> None:
    first = converted(case, on=IN_FORCE)
    again = convert(golden.document(case), [File("1", "UBL", "again.xml", "application/xml", first.ubl)], on=IN_FORCE)
    assert (again.ubl, again.grade) == (first.ubl, first.grade)
    assert (again.origin == "untouched") == (first.grade is Grade.PEPPOL)


def test_the_official_rules_accept_every_output_of_every_grade() -> None:
    rules = official.at_hand()
    if rules is None:
        pytest.skip(f"the official rules are not at hand: {official.VARIABLE} names no folder")
    outputs = {case: converted(case, on=IN_FORCE) for case in CONVERTED}
    found = {case: rules.refusals(output.ubl, grade=output.grade) for case, output in outputs.items()}
    assert {case: refusals for case, refusals in found.items() if refusals} == {}
