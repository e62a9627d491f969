"""What the writer writes, the reader reads: the model comes back as it was, and nothing is lost on the way."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec import Struct
from msgspec.structs import replace

from app.peppol.invoice import DirectDebit, Identifier, Invoice, PaymentInstructions, Vat, VatBreakdown
from app.peppol.readers import Reading, read
from app.peppol.totals import complete
from app.peppol.writer import write
from tests.peppol.documents import full, invoices, line, plain


def test_an_invoice_with_every_term_comes_back_as_it_was() -> None:
    assert read(write(full())) == Reading(complete(full()))


def test_a_credit_note_with_every_term_comes_back_as_it_was() -> None:
    note = replace(full(), type_code="381")
    assert read(write(note)) == Reading(complete(note))


def test_a_document_with_next_to_nothing_comes_back_as_it_was() -> None:
    bare = Invoice(currency="EUR", business_process="", specification="")
    assert read(write(bare)) == Reading(complete(bare))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(invoices())
def test_any_document_comes_back_as_it_was(invoice: Invoice) -> None:
    if invoice.is_credit_note and not invoice.payment_instructions:
        invoice = replace(invoice, due_date=None)  # UBL has it in the payment means then, and there are none
    assert read(write(invoice)) == Reading(as_xml_has_it(invoice))


def as_xml_has_it(value: Any) -> Any:
    """The value without what XML forbids or reads as something else: control characters, line ends, blanks around."""
    if isinstance(value, str):
        return FORBIDDEN.sub("", value).strip().replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, tuple):
        return tuple(as_xml_has_it(part) for part in value)
    if isinstance(value, Struct):
        return type(value)(**{name: as_xml_has_it(getattr(value, name)) for name in value.__struct_fields__})
    return value


FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_the_creditor_comes_back_with_the_debits_that_it_is_for(type_code: str) -> None:
    debit = DirectDebit(mandate="M-7", creditor="BE68ZZZ0123456789")
    means = (PaymentInstructions(means_code="30"), PaymentInstructions(means_code="59", direct_debit=debit))
    invoice = plain(type_code=type_code, payment_instructions=means)
    assert read(write(invoice)).invoice.payment_instructions == means


def test_a_creditor_without_a_mandate_comes_back_with_the_direct_debit() -> None:
    means = (PaymentInstructions(means_code="59", direct_debit=DirectDebit(creditor="BE68ZZZ0123456789")),)
    assert read(write(plain(payment_instructions=means))).invoice.payment_instructions == means


def test_a_sales_order_without_an_order_comes_back_alone() -> None:
    read_back = read(write(plain(sales_order_reference="SO-9"))).invoice
    assert (read_back.purchase_order_reference, read_back.sales_order_reference) == (None, "SO-9")


def test_amounts_given_by_the_document_are_read_and_not_computed() -> None:
    odd = plain(
        vat_breakdown=(VatBreakdown(vat=Vat("S", Decimal(21)), taxable_amount=Decimal(1), tax_amount=Decimal(2)),)
    )
    assert read(write(odd)).invoice.vat_breakdown == odd.vat_breakdown


def test_a_date_may_carry_a_zone_or_come_without_hyphens() -> None:
    written = write(plain(line(object_identifier=Identifier("METER-7"))))
    for form in (b"2026-05-04Z", b"2026-05-04+02:00", b"20260504", b"2026-5-4"):
        assert read(written.replace(b"2026-05-04", form)).invoice.issue_date == date(2026, 5, 4)
