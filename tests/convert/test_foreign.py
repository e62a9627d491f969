"""Documents of other makings: their money stays, a PDF is opened, and a contradiction is refused."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from lxml import etree

from app.banqup.schemas import Document
from app.convert import Conversion, File, Unconvertible, convert
from tests.convert import golden
from tests.convert.documents import document, line
from tests.convert.golden import pdf_file, xml_file

CASES = golden.of_kind("foreign")
ON = date(2026, 6, 1)


def source(case: str) -> bytes:
    return (golden.GOLDEN / f"{case}.xml").read_bytes()


def converted(*files: File) -> Conversion:
    return convert(Document.model_validate(document(line())), files, on=ON)


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
    before, after = source(case), converted(xml_file(source(case))).ubl
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


def test_the_invoice_inside_a_pdf_is_used_and_the_pdf_goes_along() -> None:
    hybrid = pdf_file({"factur-x.xml": source("foreign/factur-x")}, name="facture.pdf")
    conversion = converted(hybrid)
    assert conversion.origin == "cii"
    assert conversion.summary.number == "FA-2026-11"
    assert b'filename="facture.pdf"' in conversion.ubl


def test_a_pdf_without_an_invoice_leaves_it_to_banqups_own_data() -> None:
    assert converted(pdf_file({}, name="scan.pdf")).origin == "banqup"


def test_a_pdf_that_cannot_be_opened_leaves_it_to_banqups_own_data_and_goes_along() -> None:
    conversion = converted(File("1", "PDF", "scan.pdf", "application/pdf", b"%PDF-1.7 broken"))
    assert conversion.origin == "banqup"
    assert b'filename="scan.pdf"' in conversion.ubl


def test_a_cii_file_is_read_when_there_is_no_ubl() -> None:
    assert converted(xml_file(source("foreign/xrechnung-cii"))).origin == "cii"


def refused(xml: bytes) -> set[str]:
    """The rules that refuse a file when Banqup's own data have no lines."""
    with pytest.raises(Unconvertible) as caught:
        convert(Document.model_validate(document() | {"lines": []}), [xml_file(xml)], on=ON)
    return {finding.rule for finding in caught.value.findings}


def test_a_source_whose_totals_contradict_each_other_is_refused_with_every_reason() -> None:
    wrong = source("foreign/xrechnung-ubl").replace(b">119.00<", b">120.00<").replace(b">R-2026-5<", b"><")
    assert {"BR-02", "BR-CO-15"} <= refused(wrong)


def test_a_source_with_numbers_that_are_none_is_refused_as_unreadable() -> None:
    assert refused(source("foreign/e-fff").replace(b">371.00<", b">a lot<")) == {"CONVERT-UNREADABLE"}


def test_numbers_of_extreme_size_are_refused_with_reasons() -> None:
    huge = (
        source("foreign/e-fff")
        .replace(b">100.00<", b">999999999999999.99<")
        .replace(b">4<", b">0.0000000000000000000000001<")
    )
    assert refused(huge) == {"BR-CO-10", "BR-S-09"}
