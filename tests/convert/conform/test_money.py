"""How amounts, allowances and totals become those of Peppol."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Totals
from tests.convert.conforming import conformed, the_line
from tests.peppol.documents import line, plain


def test_line_amounts_are_rounded_so_that_the_total_of_the_document_stays() -> None:
    nets = ("0.3349", "0.3349", "0.3349")
    lines = [replace(line(str(number)), net_amount=Decimal(net)) for number, net in enumerate(nets, start=1)]
    found, losses = conformed(plain(*lines, totals=Totals(line_net=Decimal("1.00"))))
    assert [each.net_amount for each in found.lines] == [Decimal("0.34"), Decimal("0.33"), Decimal("0.33")]
    said = "0.3349 as 0.34 (line 1), 0.3349 as 0.33 (line 2), 0.3349 as 0.33 (line 3)"
    assert losses == [f"Line net amounts with more than two decimals are rounded to cents: {said}."]


def test_totals_finer_than_a_cent_are_rounded_and_named() -> None:
    found, losses = conformed(plain(totals=Totals(with_vat=Decimal("121.004"), paid=Decimal("1.0"))))
    assert (found.totals.with_vat, found.totals.paid) == (Decimal("121.00"), Decimal("1.00"))
    assert losses == ["Totals with more than two decimals are rounded to cents: 121.004."]


def test_an_amount_with_superfluous_zeros_is_not_said_to_be_rounded() -> None:
    found, losses = conformed(plain(replace(line(), net_amount=Decimal("100.0000"))))
    assert (found.lines[0].net_amount, losses) == (Decimal(100), [])


def adjusted(**terms: Any) -> tuple[AllowanceCharge, list[str]]:
    allowance = AllowanceCharge(**{"amount": Decimal(25), "reason": "Loyalty", **terms})
    found, losses = the_line(allowances=(allowance,))
    return found.allowances[0], losses


def test_base_amount_and_percentage_go_together() -> None:
    found, losses = adjusted(percentage=Decimal(20))
    assert found.base_amount == Decimal("125.00")
    assert losses == [
        "Line 1: the allowance of 25.00 is 20 % of an amount that is not stated; the amount 125.00 is written."
    ]
    found, losses = adjusted(base_amount=Decimal(100))
    assert found.percentage == Decimal(25)
    assert losses == ["Line 1: the allowance of 25.00 is a percentage of 100.00 that is not stated; 25 % is written."]


def test_a_percentage_that_does_not_give_the_amount_is_left_out_and_the_amount_stays() -> None:
    found, losses = adjusted(base_amount=Decimal(100), percentage=Decimal(50))
    assert (found.amount, found.base_amount, found.percentage) == (Decimal(25), None, None)
    assert "50 %" in losses[0]


@pytest.mark.parametrize(
    ("code", "reason", "expected"),
    [
        ("95", None, ("95", None)),
        (None, "Loyalty", (None, "Loyalty")),
        ("XX", "Loyalty", (None, "Loyalty (XX)")),
        (None, None, ("95", None)),
    ],
)
def test_an_allowance_has_a_reason(
    code: str | None, reason: str | None, expected: tuple[str | None, str | None]
) -> None:
    found, _ = adjusted(reason_code=code, reason=reason)
    assert (found.reason_code, found.reason) == expected


def test_a_contradiction_is_not_taken_for_rounding() -> None:
    totals = Totals(with_vat=Decimal(12), payable=Decimal(10))
    assert conformed(plain(totals=totals))[0].totals.rounding is None
