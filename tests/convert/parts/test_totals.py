"""An amount due that differs from the total: what it is written as, and when it stays for the rules to refuse."""

from decimal import Decimal

import pytest

from app.convert.parts.totals import amount_due
from app.peppol.invoice import Totals
from tests.peppol.documents import plain


def money(amount: str | None) -> Decimal | None:
    return None if amount is None else Decimal(amount)


@pytest.mark.parametrize(
    ("paid", "rounding", "due", "expected", "said"),
    [
        (None, None, "121.00", (None, None), None),
        (None, None, "100.00", ("21.00", None), "21.00, is written as already paid"),
        ("0.00", None, "100.00", ("21.00", None), "21.00, is written as already paid"),
        (None, None, "0.00", ("121.00", None), "121.00, is written as already paid"),
        (None, None, "121.01", (None, "0.01"), "0.01, is written as rounding"),
        (None, None, "120.60", (None, "-0.40"), "-0.40, is written as rounding"),
        ("21.00", None, "99.98", ("21.00", "-0.02"), "-0.02, is written as rounding"),
        (None, "0.02", "100.02", ("21.00", "0.02"), "21.00, is written as already paid"),
        (None, None, "150.00", (None, None), None),
        ("20.00", None, "50.00", ("20.00", None), None),
        (None, None, "-21.00", (None, None), None),
    ],
)
def test_what_lies_between_total_and_amount_due(
    paid: str | None, rounding: str | None, due: str, expected: tuple[str | None, str | None], said: str | None
) -> None:
    totals = Totals(with_vat=Decimal("121.00"), paid=money(paid), rounding=money(rounding), payable=Decimal(due))
    losses: list[str] = []
    found = amount_due(plain(totals=totals), losses).totals
    assert (found.paid, found.rounding) == (money(expected[0]), money(expected[1]))
    assert [said in loss for loss in losses if said] == ([True] if said else [])


def test_the_total_is_computed_if_only_the_amount_due_is_given() -> None:
    found = amount_due(plain(totals=Totals(payable=Decimal("21.00"))), []).totals
    assert (found.with_vat, found.paid) == (Decimal("121.00"), Decimal("100.00"))


def test_a_credit_in_negative_amounts_is_settled_with_their_sign() -> None:
    found = amount_due(plain(totals=Totals(with_vat=Decimal("-121.00"), payable=Decimal("-21.00"))), []).totals
    assert found.paid == Decimal("-100.00")
