"""The official rules as XSLT, where a folder of them is at hand."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from app.peppol.grade import NETWORK_ONLY, Grade

VARIABLE = "OFFICIAL_XSLT"
_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"
_SELF_BILLING = b"poacc:selfbilling:3.0"
_OF_PEPPOL = "PEPPOL"  # in the name of a stylesheet: the rules of a profile, with -SB those of Self-billing


@dataclass(frozen=True)
class Official:
    """The stylesheets of one folder, compiled once."""

    processor: PySaxonProcessor
    rules: dict[str, PyXsltExecutable]

    def refusals(self, ubl: bytes, *, grade: Grade) -> list[str]:
        """Return the fatal rules that the document breaks, but for those that its grade leaves to the network."""
        node = self.processor.parse_xml(xml_text=ubl.decode("utf-8-sig"))
        allowed = NETWORK_ONLY if grade is Grade.EN16931 else frozenset()
        reports = (sheet.transform_to_string(xdm_node=node) for sheet in self._for(ubl))
        broken = {rule for report in reports for rule in _fatal(report)}
        return sorted(broken - allowed)

    def _for(self, ubl: bytes) -> list[PyXsltExecutable]:
        """The stylesheets of CEN and of the document's profile."""
        self_billed = _SELF_BILLING in ubl[:2000]
        return [sheet for name, sheet in self.rules.items() if _OF_PEPPOL not in name or _is_sb(name) is self_billed]


def _is_sb(name: str) -> bool:
    return "-SB" in name


def _fatal(report: str) -> set[str]:
    failed = etree.fromstring(report.encode()).iter(_FAILED)
    return {str(each.get("id")) for each in failed if each.get("flag") != "warning"}


def at_hand() -> Official | None:
    """Return the rules in the folder that `OFFICIAL_XSLT` names, or None."""
    folder = os.environ.get(VARIABLE)
    return _compiled(Path(folder)) if folder else None


@cache
def _compiled(folder: Path) -> Official:
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    files = sorted([*folder.glob("*.xsl"), *folder.glob("*.xslt")])
    return Official(processor, {file.name: compiler.compile_stylesheet(stylesheet_file=str(file)) for file in files})
