"""A price or a quantity that does not give the net amount of its line is read as its sender meant it, or stays."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.repair.line_sum import adds_up
from app.convert.repair.prices import prices
from app.peppol.invoice import AllowanceCharge, Line, Price
from tests.peppol.documents import line, plain

ALLOWANCE = AllowanceCharge(amount=Decimal(10), reason="Discount")
CHARGE = AllowanceCharge(amount=Decimal(4), reason="Freight")


def stated(quantity: str, price: str, net: str, *, per: str | None = None, unit: str = "C62", **terms: Any) -> Line:
    """A line as a sender states it."""
    base = Decimal(per) if per else None
    return replace(
        line(),
        quantity=Decimal(quantity),
        unit=unit,
        net_amount=Decimal(net),
        price=Price(net=Decimal(price), base_quantity=base),
        **terms,
    )


def repaired(source: Line, *, currency: str = "EUR") -> tuple[Line, list[str]]:
    losses: list[str] = []
    (found,) = prices(replace(plain(source), currency=currency), losses).lines
    assert found.net_amount == source.net_amount
    return found, losses


@pytest.mark.parametrize(
    ("quantity", "price", "net", "exact"),
    [
        ("10", "0.8", "8.35", "0.835"),
        ("10", "0.83", "8.35", "0.835"),
        ("10", "0.84", "8.35", "0.835"),
        ("10", "0.8300", "8.35", "0.835"),
        ("12345", "0.1234", "1523.00", "0.12337"),
        ("12345", "0.1233", "1523.00", "0.12337"),
        ("16000", "0.01", "140.80", "0.0088"),
        ("16000", "0.00", "44.80", "0.0028"),
        ("3", "33.3", "100.00", "33.333"),
        ("-10", "0.83", "-8.35", "0.835"),
        ("1000000", "0.1234567", "123456.78", "0.12345678"),
    ],
)
def test_a_price_rounded_or_cut_at_any_number_of_decimals_becomes_the_exact_one(
    quantity: str, price: str, net: str, exact: str
) -> None:
    found, losses = repaired(stated(quantity, price, net))
    assert (found.price.net, found.quantity) == (Decimal(exact), Decimal(quantity))
    assert losses == [f"Line 1: the price {price} is rounded; {exact} is written, which gives the net amount."]


@pytest.mark.parametrize(
    ("per", "price", "exact"), [("100", "12.34", "12.345"), ("1000", "123.4", "123.45"), ("10", "1.23", "1.2345")]
)
def test_a_rounded_price_may_be_for_a_base_quantity(per: str, price: str, exact: str) -> None:
    found, _ = repaired(stated("1000", price, "123.45", per=per))
    assert (found.price.net, found.price.base_quantity) == (Decimal(exact), Decimal(per))


def test_a_rounded_price_is_before_the_allowances_and_charges_of_its_line() -> None:
    found, losses = repaired(stated("100", "0.83", "77.50", allowances=(ALLOWANCE,), charges=(CHARGE,)))
    assert found.price.net == Decimal("0.835")
    assert (found.allowances, found.charges) == ((ALLOWANCE,), (CHARGE,))
    assert len(losses) == 1


def test_the_discount_of_a_rounded_price_is_what_lies_between_gross_and_net() -> None:
    price = Price(net=Decimal("0.83"), gross=Decimal(1), discount=Decimal("0.17"))
    found, losses = repaired(replace(stated("10", "0.83", "8.35"), price=price))
    assert found.price == Price(net=Decimal("0.835"), gross=Decimal(1), discount=Decimal("0.165"))
    assert losses[0].endswith("Its discount 0.17 is written as 0.165.")


@pytest.mark.parametrize(
    ("quantity", "unit", "price", "net", "exact"),
    [
        ("1.33", "HUR", "75.00", "100.00", "1.3333"),
        ("0.3", "KGM", "60.00", "20.00", "0.3333"),
        ("2.66", "HUR", "75.00", "200.00", "2.6667"),
        ("12345", "KWH", "1.234567", "15241.22", "12345.4"),
    ],
)
def test_a_rounded_quantity_becomes_the_exact_one(quantity: str, unit: str, price: str, net: str, exact: str) -> None:
    found, losses = repaired(stated(quantity, price, net, unit=unit))
    assert (found.quantity, found.price.net) == (Decimal(exact), Decimal(price))
    assert losses == [f"Line 1: the quantity {quantity} is rounded; {exact} is written, which gives the net amount."]


@pytest.mark.parametrize(("quantity", "price", "per"), [("64", "36109.00", "100"), ("8", "2931", None)])
def test_an_amount_in_a_currency_without_cents_is_rounded_to_one(quantity: str, price: str, per: str | None) -> None:
    source = stated(quantity, price, "23110" if per else "23449", per=per)
    found, losses = repaired(source, currency="HUF")
    assert adds_up(found)
    assert len(losses) == 1
    assert repaired(source)[1] == []


@pytest.mark.parametrize(
    ("quantity", "price", "per", "net"),
    [
        ("2.00", "85.00", "2.00", "170.00"),
        ("132", "15.24", "15.24000", "2011.68"),
        ("16000", "0.0088", "0.00880", "140.80"),
        ("-1", "3.96", "3.96", "-3.96"),
        ("5", "10.00", "12", "50.00"),
    ],
)
def test_a_base_quantity_that_repeats_another_number_is_left_out(quantity: str, price: str, per: str, net: str) -> None:
    found, losses = repaired(stated(quantity, price, net, per=per))
    assert found.price == Price(net=Decimal(price))
    assert losses == [f"Line 1: the base quantity {per} of the price is left out: quantity × price is the net amount."]


def test_a_repeated_base_quantity_may_hide_a_rounded_price() -> None:
    found, losses = repaired(stated("10", "0.83", "8.35", per="10"))
    assert found.price == Price(net=Decimal("0.835"))
    assert "base quantity 10" in losses[0]
    assert "0.835 is written" in losses[0]


@pytest.mark.parametrize("per", [None, "2"])
def test_a_price_that_holds_the_allowances_of_the_line_becomes_the_one_before_them(per: str | None) -> None:
    found, losses = repaired(stated("2", "45.00", "90.00", per=per, allowances=(ALLOWANCE,), charges=(CHARGE,)))
    assert found.price == Price(net=Decimal("48.00"))
    assert (found.allowances, found.charges) == ((ALLOWANCE,), (CHARGE,))
    assert "48.00 is written" in losses[0]


def test_allowances_below_zero_that_lower_the_amount_are_written_above_it() -> None:
    below = replace(ALLOWANCE, amount=Decimal(-10), base_amount=Decimal(-100))
    found, losses = repaired(stated("2", "50.00", "90.00", allowances=(below,)))
    assert found.allowances == (replace(ALLOWANCE, base_amount=Decimal(100)),)
    assert losses == ["Line 1: the allowance or charge of -10 is written above zero, as the net amount needs it."]


def test_an_allowance_below_zero_that_raises_the_amount_stays() -> None:
    below = replace(ALLOWANCE, amount=Decimal(-10))
    assert repaired(stated("2", "50.00", "110.00", allowances=(below,)))[1] == []


def test_a_price_that_repeats_the_net_amount_is_that_of_the_whole_quantity() -> None:
    found, losses = repaired(stated("3", "800.00", "800.00"))
    assert found.price == Price(net=Decimal("800.00"), base_quantity=Decimal(3))
    assert losses == ["Line 1: the price 800.00 is that of all 3, and written as such."]


def test_a_line_that_is_charged_at_its_gross_price_has_that_price() -> None:
    price = Price(net=Decimal("67.2244"), gross=Decimal("80.0006"))
    found, losses = repaired(replace(stated("1", "67.2244", "80.00"), price=price))
    assert found.price == Price(net=Decimal("80.0006"))
    assert "67.2244" in losses[0]


def test_a_discount_that_the_amount_leaves_out_is_a_contradiction() -> None:
    price = Price(net=Decimal(90), gross=Decimal(100), discount=Decimal(10))
    source = replace(stated("1", "90", "100.00"), price=price)
    assert repaired(source) == (source, [])


@pytest.mark.parametrize(
    ("quantity", "price", "net", "terms"),
    [
        ("2", "50", "101.00", {}),
        ("2", "50.00", "100.10", {}),
        ("10", "12.00", "150.00", {}),
        ("10", "0.83", "8.45", {}),
        ("10", "0.83", "8.24", {}),
        ("3", "10.00", "35.00", {"unit": "HUR"}),
        ("100", "10.00", "1005.00", {}),
        ("10", "10.00", "1000.00", {}),
        ("30", "143.75", "4743.75", {}),
        ("2", "50.00", "80.00", {"per": "3"}),
        ("2", "50.00", "95.00", {"allowances": (ALLOWANCE,)}),
        ("2", "0.00", "-8.00", {}),
    ],
)
def test_a_line_that_contradicts_itself_stays_as_it_is(
    quantity: str, price: str, net: str, terms: dict[str, Any]
) -> None:
    source = stated(quantity, price, net, **terms)
    assert repaired(source) == (source, [])


def test_a_line_that_states_an_amount_only_is_one_of_it() -> None:
    source = replace(line(), quantity=None, price=Price(), net_amount=Decimal("12.50"))
    found, losses = repaired(source)
    assert (found.quantity, found.price) == (Decimal(1), Price(net=Decimal("12.50")))
    assert losses == [
        "Line 1: it states no quantity; 1 is written.",
        "Line 1: it states no price; 12.50 is written, which gives the net amount.",
    ]


def test_a_quantity_of_nothing_without_a_price_costs_nothing() -> None:
    source = replace(line(), quantity=Decimal(0), price=Price(), net_amount=Decimal(0))
    assert repaired(source)[0].price == Price(net=Decimal(0))


def test_a_discount_finer_than_its_price_is_what_lies_between_gross_and_net() -> None:
    price = Price(net=Decimal("2.48"), gross=Decimal("2.75"), discount=Decimal("0.275"))
    found, losses = repaired(replace(stated("2", "2.48", "4.96"), price=price))
    assert found.price == replace(price, discount=Decimal("0.27"))
    assert losses == ["Line 1: the discount 0.275 on the price is rounded. Its discount 0.275 is written as 0.27."]


def test_a_discount_that_does_not_fit_its_price_is_left_out_with_the_gross_price() -> None:
    price = Price(net=Decimal("50"), gross=Decimal("60"), discount=Decimal("5"))
    found, losses = repaired(replace(stated("2", "50", "100.00"), price=price))
    assert found.price == Price(net=Decimal("50"))
    assert losses == [
        "Line 1: the gross price 60 less the discount 5 is not the price 50. Its gross price 60 is left out."
    ]


def test_no_reading_makes_a_price_negative() -> None:
    source = stated("1", "0.00", "0.00", charges=(replace(CHARGE, amount=Decimal("0.05")),))
    assert repaired(source) == (source, [])
