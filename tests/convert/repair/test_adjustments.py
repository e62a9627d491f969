"""Allowances and charges keep their amounts; what Peppol needs beside them is inferred and named."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.banqup.adjustments import adjustments
from app.convert.repair.adjustments import allowances_and_charges
from app.convert.repair.only_vat import only_vat
from app.peppol.invoice import AllowanceCharge, Invoice, Vat, VatBreakdown
from tests.convert.documents import document, line, parsed
from tests.peppol.documents import STANDARD, plain
from tests.peppol.documents import line as model_line


def repaired(**terms: Any) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return allowances_and_charges(plain(**terms), losses), losses


def item(amount: str = "5.00", **terms: Any) -> AllowanceCharge:
    return AllowanceCharge(amount=Decimal(amount), vat=STANDARD, **terms)


def test_allowance_and_charge_without_a_reason_have_the_code_of_a_discount_and_of_other_services() -> None:
    found, losses = repaired(allowances=(item(),), charges=(item("3.00"),))
    assert [each.reason_code for each in (*found.allowances, *found.charges)] == ["95", "ABK"]
    assert losses == [
        "The allowance of 5.00 states no reason; the code 95 is written.",
        "The charge of 3.00 states no reason; the code ABK is written.",
    ]


def test_an_amount_finer_than_a_cent_is_rounded_and_named() -> None:
    found, losses = repaired(allowances=(item("5.005", reason="Loyalty"),))
    assert found.allowances[0].amount == Decimal("5.01")
    assert losses == ["The allowance of 5.005 has more than two decimals; 5.01 is written."]


def test_an_allowance_of_a_line_is_named_with_its_line() -> None:
    losses: list[str] = []
    source = replace(model_line(), allowances=(replace(item(), vat=None),))
    allowances_and_charges(plain(source), losses)
    assert losses == ["Line 1: the allowance of 5.00 states no reason; the code 95 is written."]


def test_what_is_complete_stays() -> None:
    source = plain(allowances=(item(reason="Loyalty", base_amount=Decimal("50.00"), percentage=Decimal(10)),))
    losses: list[str] = []
    assert allowances_and_charges(source, losses) == source
    assert losses == []


def banqup(**terms: Any) -> tuple[tuple[AllowanceCharge, ...], list[str]]:
    losses: list[str] = []
    (source,) = parsed(document(line(), allowances=[terms])).metadata.allowances
    return adjustments([source], losses=losses), losses


def test_an_allowance_of_banqup_without_an_amount_is_its_percentage_of_the_base() -> None:
    (found,), losses = banqup(percentage="10", baseAmount="55.55")
    assert (found.amount, losses) == (Decimal("5.56"), [])


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"percentage": "10", "reason": "Loyalty"}, "Loyalty (10 %)"),
        ({"baseAmount": "50.00"}, "no reason"),
    ],
)
def test_an_allowance_of_banqup_that_no_amount_follows_from_is_left_out_and_named(
    terms: dict[str, str], said: str
) -> None:
    assert banqup(**terms) == ((), [f"An allowance or charge states no amount and is left out: {said}."])


def with_only_vat(source: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return only_vat(source, losses), losses


def test_what_states_no_vat_has_the_only_category_and_rate_of_the_document() -> None:
    group = VatBreakdown(vat=STANDARD, taxable_amount=Decimal(95), tax_amount=Decimal("19.95"))
    source = plain(
        model_line(),
        replace(model_line("2"), vat=None),
        allowances=(replace(item(), vat=None),),
        vat_breakdown=(group,),
    )
    found, losses = with_only_vat(source)
    assert [each.vat for each in found.lines] == [STANDARD, STANDARD]
    assert found.allowances[0].vat == STANDARD
    assert losses == [
        "Line 2, the allowance of 5.00 states no VAT; 21 % (category S), the only one of the document, is written."
    ]


def test_outside_the_scope_of_vat_a_line_has_no_rate() -> None:
    group = VatBreakdown(vat=Vat("O", Decimal(0)), taxable_amount=Decimal(100), tax_amount=Decimal(0))
    found, _ = with_only_vat(plain(replace(model_line(), vat=None), vat_breakdown=(group,)))
    assert found.lines[0].vat == Vat("O")


def test_two_rates_leave_a_line_without_vat_as_it_is() -> None:
    groups = tuple(VatBreakdown(vat=Vat("S", Decimal(rate))) for rate in (6, 21))
    source = plain(replace(model_line(), vat=None), vat_breakdown=groups)
    assert with_only_vat(source) == (source, [])
