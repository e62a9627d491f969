"""Nothing of an invoice is lost unnamed on its way through UBL or CII and conversion, whatever it says."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from hypothesis import HealthCheck, event, given, settings
from msgspec.structs import replace

from app.banqup.schemas import Document
from app.convert import Conversion, Unconvertible, convert
from app.peppol import writer
from app.peppol.invoice import Invoice
from tests.convert.conservation.models import misfits, values
from tests.convert.conservation.values import unaccounted
from tests.convert.golden import xml_file
from tests.peppol import cii
from tests.peppol.documents import full, invoices

ON = date(2026, 6, 1)
NOTHING = Document.model_validate({"id": UUID(int=1), "spaceId": UUID(int=2)})
OF_ANOTHER_PROFILE = "urn:cen.eu:en16931:2017"
QUICKLY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WRITERS = [pytest.param(writer.write, id="ubl"), pytest.param(cii.write, id="cii")]


def sayable(invoice: Invoice) -> Invoice:
    """The invoice without what UBL has no place for: a credit note's due date, and words for a second way to pay."""
    means = invoice.payment_instructions
    means = (*means[:1], *(replace(one, means_text=None) for one in means[1:]))
    due_date = None if invoice.is_credit_note and not means else invoice.due_date
    return replace(invoice, payment_instructions=means, due_date=due_date)


def through(invoice: Invoice, write: Callable[[Invoice], bytes]) -> Conversion:
    source = write(replace(invoice, specification=OF_ANOTHER_PROFILE))
    return convert(NOTHING, [xml_file(source)], on=ON)


@pytest.mark.parametrize("write", WRITERS)
def test_an_invoice_with_every_term_keeps_each_of_them(write: Callable[[Invoice], bytes]) -> None:
    conversion = through(full(), write)
    assert unaccounted(values(full()), conversion) == []


@pytest.mark.parametrize("write", WRITERS)
@QUICKLY
@given(invoice=invoices().map(sayable))
def test_a_consistent_invoice_becomes_peppol_and_keeps_its_values(
    write: Callable[[Invoice], bytes], invoice: Invoice
) -> None:
    assert unaccounted(values(invoice), through(invoice, write)) == []


@pytest.mark.parametrize("write", WRITERS)
@QUICKLY
@given(invoice=misfits().map(sayable))
def test_a_part_that_has_no_room_is_named(write: Callable[[Invoice], bytes], invoice: Invoice) -> None:
    try:
        conversion = through(invoice, write)
    except Unconvertible as refusal:
        event(f"refused: {refusal.findings[0].rule}")
        return
    event("converted")
    assert unaccounted(values(invoice), conversion) == []
