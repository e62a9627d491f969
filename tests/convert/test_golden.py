"""Golden pairs: Banqup's JSON and the UBL made of it, or the reasons why none is made.

`UPDATE_GOLDEN=1 pytest tests/convert/test_golden.py` rewrites what is expected; a person reads the diff.
"""

import os
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from app.banqup.schemas import Document
from app.banqup.schemas import File as Listed
from app.convert import Conversion, File, Unconvertible, convert
from app.peppol.rules import validate
from tests.peppol.official import broken_rules, schema_errors

GOLDEN = Path(__file__).parent.parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.json"))
ON = date(2026, 6, 1)


def converted(case: str) -> Conversion:
    document = Document.model_validate_json((GOLDEN / f"{case}.json").read_bytes())
    return convert(document, [content(file) for file in document.files], on=ON)


def content(listed: Listed) -> File:
    """A file as the document lists it, with a few bytes in it."""
    name = listed.filename or ""
    return File(str(listed.id), listed.role or "", name, listed.content_type or "", f"content of {name}".encode())


def outcome(case: str) -> str:
    """What becomes of a case, to be read by a person: the UBL indented, and what was lost; or the reasons."""
    try:
        conversion = converted(case)
    except Unconvertible as refusal:
        return "".join(f"{finding.rule}: {finding.message}\n" for finding in refusal.findings)
    root = etree.fromstring(conversion.ubl, etree.XMLParser(remove_blank_text=True))
    etree.indent(root)
    losses = "".join(f"<!-- {loss} -->\n" for loss in conversion.losses)
    return etree.tostring(root, encoding="unicode") + "\n" + losses


@pytest.mark.parametrize("case", CASES)
def test_a_document_becomes_what_its_golden_file_says(case: str) -> None:
    found = outcome(case)
    expected = GOLDEN / f"{case}{'.xml' if found.startswith('<') else '.txt'}"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", [path.stem for path in sorted(GOLDEN.glob("*.xml"))])
def test_every_golden_document_is_valid_by_the_schema_and_the_cen_rules(case: str) -> None:
    ubl = converted(case).ubl
    assert schema_errors(ubl) == []
    assert broken_rules(ubl) == []


@pytest.mark.parametrize("on", [ON, date(2027, 3, 1)], ids=["3.0.21", "3.0.22"])
@pytest.mark.parametrize("case", [path.stem for path in sorted(GOLDEN.glob("*.xml"))])
def test_every_golden_document_is_free_of_findings(case: str, on: date) -> None:
    assert validate(converted(case).ubl, on=on) == []
