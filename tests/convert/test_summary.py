"""The summary of a document is the same, whether it was written here or passes untouched."""

from datetime import date
from pathlib import Path

import pytest

from app.convert import summary
from app.peppol import readers
from app.peppol.rules import validate
from app.peppol.xml import parse

GOLDEN = sorted((Path(__file__).parent.parent / "golden").glob("banqup/*.expected.xml"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_header_alone_gives_the_summary_of_the_whole(path: Path) -> None:
    xml = path.read_bytes()
    assert not [finding for finding in validate(xml, on=date(2026, 11, 22)) if finding.severity == "fatal"]

    assert summary.of_ubl(parse(xml)) == summary.of(readers.read(xml).invoice)
