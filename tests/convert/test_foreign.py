"""Documents of other makings: what becomes of each, line by line in `tests/golden/foreign`, and its money.

`UPDATE_GOLDEN=1 pytest tests/convert/test_foreign.py` rewrites what is expected; a person reads the diff.
"""

import os
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfWriter

from app.banqup.schemas import Document
from app.convert import Conversion, File, Unconvertible, convert
from app.peppol.rules import validate
from tests.convert.documents import document, line
from tests.peppol.official import broken_rules, schema_errors

FOREIGN = Path(__file__).parent.parent / "golden" / "foreign"
CASES = sorted(path.name.removesuffix(".source.xml") for path in FOREIGN.glob("*.source.xml"))
ON = date(2026, 6, 1)
AFTER_FEBRUARY_2027 = date(2027, 6, 1)


def source(case: str) -> bytes:
    return (FOREIGN / f"{case}.source.xml").read_bytes()


def file(content: bytes, *, name: str = "invoice.xml") -> File:
    role = "PDF" if name.endswith(".pdf") else "CII" if b"CrossIndustry" in content[:300] else "UBL"
    return File("1", role, name, "application/pdf" if role == "PDF" else "application/xml", content)


def converted(*files: File) -> Conversion:
    return convert(Document.model_validate(document(line())), files, on=ON)


def readable(conversion: Conversion) -> str:
    root = etree.fromstring(conversion.ubl, etree.XMLParser(remove_blank_text=True))
    etree.indent(root)
    losses = "".join(f"<!-- {loss} -->\n" for loss in conversion.losses)
    return etree.tostring(root, encoding="unicode") + "\n" + losses


@pytest.mark.parametrize("case", CASES)
def test_a_foreign_document_becomes_what_its_golden_file_says(case: str) -> None:
    found = readable(converted(file(source(case))))
    expected = FOREIGN / f"{case}.xml"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_every_foreign_document_becomes_valid_by_our_rules_and_by_those_of_others(case: str) -> None:
    ubl = converted(file(source(case))).ubl
    assert schema_errors(ubl) == []
    assert broken_rules(ubl) == []
    for day in (ON, AFTER_FEBRUARY_2027):
        assert [finding for finding in validate(ubl, on=day) if finding.severity == "fatal"] == []


MONEY = {
    "LineExtensionAmount": "LineTotalAmount",
    "TaxExclusiveAmount": "TaxBasisTotalAmount",
    "TaxInclusiveAmount": "GrandTotalAmount",
    "PayableAmount": "DuePayableAmount",
    "PrepaidAmount": "TotalPrepaidAmount",
    "TaxableAmount": "BasisAmount",
}


@pytest.mark.parametrize("case", CASES)
def test_the_totals_stay_as_they_are_to_the_cent(case: str) -> None:
    before, after = source(case), converted(file(source(case))).ubl
    for ours, theirs in MONEY.items():
        name = theirs if b"CrossIndustry" in before[:300] else ours
        assert totals(before, name) == totals(after, ours), ours


def totals(xml: bytes, name: str) -> Decimal:
    """The sum of all amounts of this name, each in cents, outside the parts that Peppol has not."""
    path = f"//*[local-name()='{name}'][not(ancestor::*[local-name()='SubInvoiceLine'])]"
    in_lines = "[not(ancestor::*[local-name()='TaxTotal']/ancestor::*[contains(local-name(), 'Line')])]"
    elements = etree.fromstring(xml).xpath(path + in_lines)
    assert isinstance(elements, list)
    found = (Decimal(str(each.text)) for each in elements if isinstance(each, etree._Element))
    return sum((amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for amount in found), Decimal(0))


def pdf(**attachments: bytes) -> bytes:
    writer, stream = PdfWriter(), BytesIO()
    writer.add_blank_page(width=72, height=72)
    for name, content in attachments.items():
        writer.add_attachment(f"{name.replace('_', '-')}.xml", content)
    writer.write(stream)
    return stream.getvalue()


def test_the_invoice_inside_a_pdf_is_used_and_the_pdf_goes_along() -> None:
    hybrid = file(pdf(factur_x=source("factur-x")), name="facture.pdf")
    conversion = converted(hybrid)
    assert conversion.origin == "cii"
    assert conversion.summary.number == "FA-2026-11"
    assert b'filename="facture.pdf"' in conversion.ubl


def test_a_pdf_without_an_invoice_leaves_it_to_banqups_own_data() -> None:
    assert converted(file(pdf(), name="scan.pdf")).origin == "banqup"


def test_a_pdf_that_cannot_be_opened_leaves_it_to_banqups_own_data_and_goes_along() -> None:
    conversion = converted(file(b"%PDF-1.7 broken", name="scan.pdf"))
    assert conversion.origin == "banqup"
    assert b'filename="scan.pdf"' in conversion.ubl


def test_a_cii_file_is_read_when_there_is_no_ubl() -> None:
    assert converted(file(source("xrechnung-cii"))).origin == "cii"


def refused(xml: bytes) -> set[str]:
    """The rules that refuse a file when Banqup's own data have no lines."""
    with pytest.raises(Unconvertible) as caught:
        convert(Document.model_validate(document() | {"lines": []}), [file(xml)], on=ON)
    return {finding.rule for finding in caught.value.findings}


def test_a_source_whose_totals_contradict_each_other_is_refused_with_every_reason() -> None:
    wrong = source("xrechnung-ubl").replace(b">119.00<", b">120.00<").replace(b">R-2026-5<", b"><")
    assert {"BR-02", "BR-CO-15"} <= refused(wrong)


def test_a_source_with_numbers_that_are_none_is_refused_as_unreadable() -> None:
    assert refused(source("e-fff").replace(b">371.00<", b">a lot<")) == {"CONVERT-UNREADABLE"}


def test_numbers_too_large_to_compute_with_are_a_reason_and_no_crash() -> None:
    huge = (
        source("e-fff").replace(b">100.00<", b">999999999999999.99<").replace(b">4<", b">0.0000000000000000000000001<")
    )
    assert refused(huge) == {"CONVERT-UNREADABLE"}
