"""`make corpus`: a folder of files becomes counts, and a page on which each document says what became of it."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from app.peppol.writer import write
from benchmarks.corpus.folder import candidates
from benchmarks.corpus.outcome import outcome
from benchmarks.corpus.tally import Tally
from tests.convert.documents import document, line
from tests.convert.golden import pdf_file
from tests.peppol.documents import plain

ON = date(2026, 6, 1)
ORDER = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    below = tmp_path / "below"
    below.mkdir()
    (below / "valid.xml").write_bytes(write(plain()))
    (below / "order.xml").write_bytes(ORDER)
    (below / "hybrid.json").write_text(json.dumps(document(line())))
    (below / "hybrid.pdf").write_bytes(pdf_file({"factur-x.xml": write(plain(number="F-2"))}).content)
    (below / "package.json").write_text('{"name": "something else"}')
    (below / "valid.expected.xml").write_bytes(b"<not-an-input/>")
    (below / "scan.pdf").write_bytes(pdf_file({}).content)
    return tmp_path


def tally(folder: Path) -> Tally:
    return Tally([outcome(candidate, ON) for candidate in candidates(folder)])


def test_files_of_one_name_beside_banqups_data_are_one_document(folder: Path) -> None:
    found = {candidate.name: [path.name for path in candidate.files] for candidate in candidates(folder)}
    assert found == {
        "below/hybrid.json": ["hybrid.pdf"],
        "below/order.xml": ["order.xml"],
        "below/scan.pdf": ["scan.pdf"],
        "below/valid.xml": ["valid.xml"],
    }


def test_documents_are_counted_by_grade_cause_and_source(folder: Path) -> None:
    found = tally(folder)
    assert found.by_grade == {"peppol": 2, "refused": 2}
    assert found.by_cause == {"not_an_invoice": 1, "no_invoice_data": 1}
    assert found.by_origin == {"untouched": 2}
    assert found.by_rules == {"CONVERT-TYPE": 1, "CONVERT-NO-DATA": 1}


def test_losses_that_differ_in_their_values_are_one_kind(tmp_path: Path) -> None:
    for number in ("1", "2"):
        source = document(line(unit=f"FLASK-{number}"))
        (tmp_path / f"{number}.json").write_text(json.dumps(source))
    [units] = [kind for kind in tally(tmp_path).by_loss if "unit" in kind.example]
    assert (units.times, units.where) == (2, "1.json")


def test_the_command_prints_the_counts_and_writes_a_page_of_its_own(folder: Path) -> None:
    page = folder / "report.html"
    command = [sys.executable, "-m", "benchmarks.corpus", str(folder), "--report", str(page), "--on", "2026-06-01"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "4 documents" in done.stdout
    assert "The file is a purchase order (UBL Order), not an invoice." in done.stdout
    text = page.read_text(encoding="utf-8")
    assert "below/order.xml" in text
    assert "The file is a purchase order (UBL Order), not an invoice." in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "benchmarks.corpus", str(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.startswith("There is no UBL, CII, PDF or Banqup JSON in ")) == (1, True)
