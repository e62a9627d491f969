"""Which of a document's forms is exported, what is said about it, and what is refused."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert import File, Unconvertible, convert
from app.peppol.totals import complete
from app.peppol.writer import write
from tests.convert.documents import document, line, parsed
from tests.peppol.documents import plain

ON = date(2026, 6, 1)
UBL = write(plain())
BROKEN_UBL = write(plain(number=""))
PDF = File("p", "PDF", "invoice.pdf", "application/pdf", b"%PDF-1.4 readable")


def ubl_file(content: bytes = UBL) -> File:
    return File("u", "UBL", "invoice.xml", "application/xml", content)


def refusal(source: Any, *files: File) -> list[str]:
    with pytest.raises(Unconvertible) as refused:
        convert(parsed(source), files, on=ON)
    return [finding.rule for finding in refused.value.findings]


def test_valid_ubl_is_exported_byte_for_byte_with_the_pdf_next_to_it() -> None:
    conversion = convert(parsed(document()), [PDF, ubl_file()], on=ON)
    assert (conversion.ubl, conversion.origin, conversion.pdf) == (UBL, "untouched", PDF)
    assert conversion.summary.number == "F-1"


def test_an_attachment_of_untouched_ubl_is_named_as_left_behind() -> None:
    attachment = File("a", "ATTACHMENT", "hours.csv", "text/csv", b"1;2")
    conversion = convert(parsed(document()), [ubl_file(), attachment], on=ON)
    assert conversion.losses == ("The file hours.csv is not sent along: the UBL goes out as it came.",)


def test_a_valid_credit_note_with_a_negative_total_stays_as_it_came_and_is_named() -> None:
    negative = tuple(replace(each, quantity=-each.quantity) for each in plain().lines if each.quantity)
    ubl = write(complete(replace(plain(*negative), type_code="381", due_date=None, payment_terms="30 days")))
    conversion = convert(parsed(document()), [ubl_file(ubl)], on=ON)
    assert (conversion.ubl, conversion.origin) == (ubl, "untouched")
    assert conversion.losses[0].startswith("The total of the credit note is negative (-121.00)")


def test_totals_that_do_not_tell_their_vat_rates_are_refused_in_one_sentence() -> None:
    source = document(documentTotals={"netAmount": "100.00", "vatAmount": "13.50", "grossAmount": "113.50"})
    source["lines"] = []
    assert refusal(source) == ["CONVERT-NO-LINES"]


def test_ubl_of_another_making_becomes_peppol_with_the_pdf_in_it() -> None:
    german = write(replace(plain(), specification="urn:cen.eu:en16931:2017"))
    conversion = convert(parsed(document()), [PDF, ubl_file(german)], on=ON)
    assert (conversion.origin, conversion.pdf) == ("ubl", None)
    assert b'filename="invoice.pdf"' in conversion.ubl


def test_ubl_that_cannot_be_used_gives_way_to_banqups_data_and_is_named() -> None:
    conversion = convert(parsed(document()), [ubl_file(BROKEN_UBL)], on=ON)
    assert conversion.origin == "banqup"
    assert conversion.losses[0].startswith("The file invoice.xml could not be used: ")


def test_ubl_that_is_no_xml_gives_way_to_banqups_data() -> None:
    assert convert(parsed(document()), [ubl_file(b"nothing")], on=ON).origin == "banqup"


def test_a_refusal_names_the_reasons_of_every_way_that_was_tried() -> None:
    source = document(line(vat="S", rate="0"))
    rules = refusal(source, ubl_file(b"nothing"))
    assert rules[0] == "CONVERT-UNREADABLE"
    assert "BR-S-05" in rules


def test_no_document_decides_how_long_a_loss_or_a_reason_is() -> None:
    long = "x" * 5000
    attachment = File("a", "ATTACHMENT", f"{long}.dwg", long, b"drawing")
    conversion = convert(parsed(document(line(unit=long))), [attachment], on=ON)
    assert len(conversion.losses) == 2
    assert max(map(len, conversion.losses)) <= 1000
    assert conversion.losses[0].endswith("C62 (one) is written.")

    with pytest.raises(Unconvertible) as refused:
        convert(parsed(document() | {"category": long}), [], on=ON)
    assert max(len(finding.message) for finding in refused.value.findings) < 500


def test_a_refusal_names_every_reason_and_each_only_once() -> None:
    source = document(line(), line(), documentNumber="", issueDate=None, currency="XYZ")
    rules = refusal(source)
    assert {"BR-02", "BR-03", "BR-CL-04"} <= set(rules)
    with pytest.raises(Unconvertible) as refused:
        convert(parsed(source), [], on=ON)
    messages = [finding.message for finding in refused.value.findings]
    assert len(messages) == len(set(messages))


def test_a_document_that_is_no_invoice_is_refused_with_its_reason() -> None:
    assert refusal(document(category="PURCHASE_ORDER")) == ["CONVERT-CATEGORY"]


def test_contradictory_totals_are_refused_and_never_mended() -> None:
    totals = {"netAmount": "90.00", "vatAmount": "21.00", "grossAmount": "111.00", "payableAmount": "111.00"}
    assert "BR-CO-13" in refusal(document(documentTotals=totals))


def test_a_structured_communication_with_wrong_check_digits_is_a_warning() -> None:
    means = [{"iban": "BE68539007547034", "paymentReference": "+++123/4567/89000+++"}]
    conversion = convert(parsed(document(paymentMeans=means)), [], on=ON)
    assert [finding.severity for finding in conversion.findings] == ["warning"]
    assert b"+++123/4567/89000+++" in conversion.ubl


def test_the_summary_is_of_the_document_as_exported() -> None:
    source = document(
        line(quantity="-2", net="-100.00"),
        category="CREDIT_NOTE",
        precedingInvoices=[{"documentNumber": "2026-0117"}],
    )
    summary = convert(parsed(source), [], on=ON).summary
    assert summary.is_credit_note
    assert (summary.seller.name, summary.seller.vat_number) == ("Peeters Drukkerij BV", "BE0404616494")
    assert (str(summary.payable_amount), summary.currency) == ("121.00", "EUR")
    assert summary.preceding_invoices == ("2026-0117",)
