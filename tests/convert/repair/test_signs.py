"""A credit note credits in positive amounts, whatever signs its sender gave it."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from app.convert.repair.signs import signs
from app.peppol.invoice import AllowanceCharge, Invoice, Line, Price, Totals, VatBreakdown
from app.peppol.totals import complete
from tests.peppol.documents import STANDARD, line, plain

CREDIT = AllowanceCharge(amount=Decimal(10), reason="Loyalty", vat=STANDARD)


def credit_note(*lines: Line, **terms: object) -> Invoice:
    """A credit note of 100.00 and 21.00 VAT with everything computed."""
    return complete(replace(plain(*lines), type_code="381", **terms))


def repaired(source: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return signs(source, losses), losses


def negative(source: Invoice) -> Invoice:
    """The same with the sign of every quantity and amount turned."""
    return complete(
        replace(
            source,
            lines=tuple(replace(each, quantity=-(each.quantity or 0), net_amount=None) for each in source.lines),
            allowances=tuple(replace(each, amount=-each.amount) for each in source.allowances),
            vat_breakdown=(),
            totals=Totals(),
        )
    )


def test_a_credit_note_in_negative_amounts_credits_the_same_in_positive_ones() -> None:
    found, losses = repaired(negative(credit_note(allowances=(CREDIT,))))
    assert found == credit_note(allowances=(CREDIT,))
    assert losses == ["The credit note has negative amounts; they are written as positive ones, which credit 108.90."]


def test_a_quantity_that_stayed_positive_in_a_negative_credit_note_stays_positive() -> None:
    source = negative(credit_note())
    half_turned = replace(source, lines=tuple(replace(each, quantity=Decimal(2)) for each in source.lines))
    assert repaired(half_turned)[0] == credit_note()


def test_a_negative_price_in_a_negative_credit_note_is_turned_with_its_quantity() -> None:
    source = negative(credit_note())
    priced = replace(source.lines[0], quantity=Decimal(2), price=Price(net=Decimal(-50)))
    (found,) = repaired(replace(source, lines=(priced,)))[0].lines
    assert (found.net_amount, found.quantity, found.price.net) == (Decimal(100), Decimal(-2), Decimal(-50))


def test_a_total_that_is_only_computed_decides_too() -> None:
    bare = replace(negative(credit_note()), totals=Totals(), vat_breakdown=())
    assert complete(repaired(bare)[0]) == credit_note()


def test_lines_in_the_opposite_sign_of_their_total_get_its_sign() -> None:
    right, wrong = credit_note(), negative(credit_note())
    found, losses = repaired(replace(right, lines=wrong.lines))
    assert found == right
    assert losses == ["The line amounts have the opposite sign of their total; they are written with its sign."]


def test_a_vat_breakdown_in_the_opposite_sign_of_the_total_gets_its_sign() -> None:
    right = credit_note()
    turned = replace(negative(right).totals).vat
    wrong = replace(right, vat_breakdown=negative(right).vat_breakdown, totals=replace(right.totals, vat=turned))
    found, losses = repaired(wrong)
    assert found == right
    assert len(losses) == 1


def test_an_amount_due_in_the_opposite_sign_of_the_total_gets_its_sign() -> None:
    right = credit_note()
    found, losses = repaired(replace(right, totals=replace(right.totals, payable=Decimal("-121.00"))))
    assert found == right
    assert losses == ["The amount due -121.00 is written as 121.00, with the sign of the total."]


def test_a_positive_total_with_one_returned_line_stays() -> None:
    source = credit_note(line(), replace(line("2"), quantity=Decimal(-1)))
    assert repaired(source) == (source, [])


@pytest.mark.parametrize("type_code", ["380", "384"])
def test_a_negative_invoice_credits_as_it_is(type_code: str) -> None:
    source = replace(negative(credit_note()), type_code=type_code)
    assert repaired(source) == (source, [])


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_a_paid_amount_below_zero_that_lowers_the_amount_due_is_written_above_it(type_code: str) -> None:
    source = replace(
        credit_note(),
        type_code=type_code,
        totals=replace(credit_note().totals, paid=Decimal("-21.00"), payable=Decimal("100.00")),
    )
    found, losses = repaired(source)
    assert found.totals.paid == Decimal("21.00")
    assert losses == ["The paid amount -21.00 is written as 21.00: the amount due is less by it."]


def test_amounts_that_contradict_each_other_stay() -> None:
    group = VatBreakdown(vat=STANDARD, taxable_amount=Decimal("-90.00"), tax_amount=Decimal("-18.90"))
    source = replace(credit_note(), vat_breakdown=(group,))
    assert repaired(source) == (source, [])


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_an_allowance_of_the_document_below_zero_that_lowers_the_total_is_written_above_it(type_code: str) -> None:
    right = replace(credit_note(allowances=(CREDIT,)), type_code=type_code)
    below = replace(CREDIT, amount=-CREDIT.amount)
    found, losses = repaired(
        replace(right, allowances=(below,), totals=replace(right.totals, allowances=Decimal("-10.00")))
    )
    assert found == right
    assert losses == [
        "Allowances and charges below zero are written above it, as the total needs them.",
        "The sum of the allowances, -10.00, is written as 10.00.",
    ]


def test_an_allowance_of_the_document_below_zero_that_raises_the_total_stays() -> None:
    source = complete(replace(plain(), allowances=(replace(CREDIT, amount=-CREDIT.amount),)))
    assert repaired(source) == (source, [])


def test_lines_are_compared_with_the_total_where_no_sum_of_them_is_stated() -> None:
    right, wrong = credit_note(), negative(credit_note())
    source = replace(right, lines=wrong.lines, totals=replace(right.totals, line_net=None))
    assert repaired(source)[0].lines == right.lines
