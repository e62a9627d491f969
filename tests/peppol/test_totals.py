"""Totals: missing ones are computed by the standard, stated ones stay."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Price, Totals, Vat, VatBreakdown
from app.peppol.totals import cents, complete, line_net
from tests.peppol.documents import STANDARD, line, plain

REDUCED = Vat("S", Decimal(6))


def test_vat_is_computed_on_the_total_of_a_rate_and_not_summed_from_lines() -> None:
    fifty = [line(str(place), quantity="1", price="0.50") for place in range(1, 4)]
    (group,) = complete(plain(*fifty)).vat_breakdown
    assert group.tax_amount == Decimal("0.32")  # three lines of 0.11 each would be 0.33


def test_each_category_and_rate_has_one_breakdown() -> None:
    lines = (line("1"), line("2", vat=REDUCED), line("3", vat=Vat("S", Decimal("21.00"))), line("4", vat=Vat("O")))
    found = complete(plain(*lines)).vat_breakdown
    assert [(group.vat, group.taxable_amount) for group in found] == [
        (STANDARD, Decimal("200.00")),
        (REDUCED, Decimal("100.00")),
        (Vat("O"), Decimal("100.00")),
    ]


def test_allowances_and_charges_of_the_document_belong_to_the_breakdown_of_their_rate() -> None:
    invoice = complete(
        plain(
            line(),
            allowances=(AllowanceCharge(amount=Decimal("10.00"), vat=STANDARD),),
            charges=(AllowanceCharge(amount=Decimal("4.00"), vat=REDUCED),),
        )
    )
    assert [group.taxable_amount for group in invoice.vat_breakdown] == [Decimal("90.00"), Decimal("4.00")]
    assert invoice.totals == Totals(
        line_net=Decimal("100.00"),
        allowances=Decimal("10.00"),
        charges=Decimal("4.00"),
        without_vat=Decimal("94.00"),
        vat=Decimal("19.14"),
        with_vat=Decimal("113.14"),
        payable=Decimal("113.14"),
    )


@pytest.mark.parametrize("omitted", ["allowances", "charges"])
def test_a_document_that_states_every_total_but_one_of_its_allowances_or_charges_gets_that_one(omitted: str) -> None:
    entries = (
        AllowanceCharge(amount=Decimal("4.00"), vat=STANDARD),
        AllowanceCharge(amount=Decimal("6.00"), vat=STANDARD),
    )
    invoice = complete(plain(allowances=entries, charges=entries))
    stated = replace(invoice.totals, **{omitted: None})

    assert complete(replace(invoice, totals=stated)).totals == invoice.totals
    assert getattr(invoice.totals, omitted) == Decimal("10.00")


def test_prepayment_and_rounding_change_the_amount_due() -> None:
    invoice = plain(totals=Totals(paid=Decimal("21.00"), rounding=Decimal("-0.02")))
    assert complete(invoice).totals.payable == Decimal("99.98")


def test_a_line_is_quantity_times_price_per_base_quantity_plus_charges_minus_allowances() -> None:
    item = replace(
        line(quantity="2500", price="4.20"),
        price=Price(net=Decimal("4.20"), base_quantity=Decimal(1000)),
        allowances=(AllowanceCharge(amount=Decimal("1.00")),),
        charges=(AllowanceCharge(amount=Decimal("0.25")),),
    )
    assert line_net(item) == Decimal("9.75")


def test_half_a_cent_is_rounded_up_and_away_from_zero() -> None:
    assert cents(Decimal("0.125")) == Decimal("0.13")
    assert cents(Decimal("-0.125")) == Decimal("-0.13")


@pytest.mark.parametrize("name", Totals.__struct_fields__)
def test_a_stated_total_is_kept_even_if_wrong(name: str) -> None:
    wrong = Decimal("12345.67")
    assert getattr(complete(plain(totals=Totals(**{name: wrong}))).totals, name) == wrong


def test_a_stated_breakdown_is_kept_and_its_gaps_are_filled() -> None:
    invoice = plain(
        line(), line("2", vat=REDUCED), vat_breakdown=(VatBreakdown(vat=STANDARD, tax_amount=Decimal("99.00")),)
    )
    assert complete(invoice).vat_breakdown == (
        VatBreakdown(vat=STANDARD, taxable_amount=Decimal("100.00"), tax_amount=Decimal("99.00")),
    )


def test_a_stated_line_net_amount_is_kept() -> None:
    assert complete(plain(line(net_amount=Decimal("7.00")))).totals.line_net == Decimal("7.00")


def test_a_complete_invoice_is_returned_unchanged() -> None:
    invoice = complete(plain())
    assert complete(invoice) is invoice


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.decimals(-99, 99, places=3), st.decimals(0, 99, places=4)), min_size=1, max_size=9))
def test_completing_is_idempotent_and_adds_up(parts: list[tuple[Decimal, Decimal]]) -> None:
    lines = [line(str(at), quantity=str(quantity), price=str(price)) for at, (quantity, price) in enumerate(parts)]
    totals = complete(plain(*lines)).totals
    assert totals.with_vat == (totals.without_vat or 0) + (totals.vat or 0)
    assert totals.line_net == sum(cents(quantity * price) for quantity, price in parts)
