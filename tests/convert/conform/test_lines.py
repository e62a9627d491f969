"""How quantities, prices and items become those of Peppol."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.peppol.invoice import Attribute, Classification, Identifier, Item, Price
from tests.convert.conforming import conformed, the_line
from tests.peppol.documents import line, plain


@pytest.mark.parametrize(
    ("source", "written", "lost"), [("STUK", "H87", 0), ("c62", "C62", 0), ("", "C62", 0), ("FLASK", "C62", 1)]
)
def test_a_unit_is_a_code_or_a_word_for_one(source: str, written: str, lost: int) -> None:
    found, losses = the_line(unit=source)
    assert (found.unit, len(losses)) == (written, lost)


def test_a_line_that_only_says_what_it_costs_is_one_of_it() -> None:
    found, _ = conformed(plain(replace(line(), quantity=None, price=Price(), net_amount=Decimal("12.50"))))
    assert (found.lines[0].quantity, found.lines[0].price.net) == (Decimal(1), Decimal("12.50"))


def test_a_price_that_is_missing_is_what_amount_and_quantity_give() -> None:
    found, _ = conformed(plain(replace(line(), quantity=Decimal(3), price=Price(), net_amount=Decimal(10))))
    assert found.lines[0].price.net == Decimal("3.333")


def test_a_negative_price_is_a_negative_quantity() -> None:
    found, _ = conformed(plain(replace(line(), price=Price(net=Decimal(-5), gross=Decimal(-6), discount=Decimal(-1)))))
    assert (found.lines[0].quantity, found.lines[0].price) == (
        Decimal(-2),
        Price(net=Decimal(5), gross=Decimal(6), discount=Decimal(1)),
    )


def test_a_price_that_was_rounded_to_cents_is_the_one_that_gives_the_amount() -> None:
    rounded = replace(line(), quantity=Decimal(50), price=Price(net=Decimal("4.10")), net_amount=Decimal("204.75"))
    found, losses = conformed(plain(rounded))
    assert (found.lines[0].price.net, found.lines[0].net_amount) == (Decimal("4.095"), Decimal("204.75"))
    assert losses == ["Line 1: the price 4.10 is rounded; 4.095 is written, which gives the net amount."]


def test_a_price_that_is_wrong_by_more_than_rounding_stays_wrong() -> None:
    wrong = replace(line(), quantity=Decimal(50), price=Price(net=Decimal("4.20")), net_amount=Decimal("204.75"))
    assert conformed(plain(wrong))[0].lines[0].price.net == Decimal("4.20")


def test_what_only_the_amount_says_was_returned_has_a_negative_quantity() -> None:
    found, losses = conformed(plain(replace(line(), net_amount=Decimal(-100))))
    assert (found.lines[0].quantity, found.lines[0].net_amount) == (Decimal(-2), Decimal("-100.00"))
    assert "2 is written as -2" in losses[0]


def test_a_gross_price_that_does_not_give_the_net_price_is_left_out() -> None:
    found, losses = conformed(
        plain(replace(line(), price=Price(net=Decimal(5), gross=Decimal(9), discount=Decimal(1))))
    )
    assert found.lines[0].price == Price(net=Decimal(5))
    assert "9 less the discount 1 is not the price 5" in losses[0]


def test_a_base_quantity_is_above_nothing_and_in_the_unit_of_the_line() -> None:
    price = Price(net=Decimal(5), base_quantity=Decimal(0), base_quantity_unit="C62")
    assert conformed(plain(replace(line(), price=price)))[0].lines[0].price == Price(net=Decimal(5))
    price = replace(price, base_quantity=Decimal(10), base_quantity_unit="KGM")
    found, losses = conformed(plain(replace(line(), price=price)))
    assert found.lines[0].price.base_quantity_unit == "C62"
    assert "KGM" in losses[0]


def test_a_line_without_a_number_gets_its_place() -> None:
    assert [each.identifier for each in conformed(plain(line(""), line("")))[0].lines] == ["1", "2"]


def item(**terms: Any) -> tuple[Item, list[str]]:
    found, losses = the_line(item=Item(name="Paper", **terms))
    return found.item, losses


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (Identifier("5412345000013"), Identifier("5412345000013", "0160")),
        (Identifier("5412345000013", "EAN"), Identifier("5412345000013", "0160")),
        (Identifier("7", "0088"), Identifier("7", "0088")),
        (Identifier("5412345000014", "EAN"), None),
        (Identifier("12345"), None),
    ],
)
def test_a_standard_item_number_has_a_scheme_if_its_check_digit_fits(
    source: Identifier, written: Identifier | None
) -> None:
    assert item(standard_identifier=source)[0].standard_identifier == written


def test_an_item_number_of_no_known_scheme_is_an_attribute() -> None:
    found, _ = item(standard_identifier=Identifier("X-7", "OWN"))
    assert (found.standard_identifier, found.attributes) == (None, (Attribute("OWN", "X-7"),))


@pytest.mark.parametrize(("source", "written"), [("CPV", "STI"), ("HS", "HS"), ("OWN", "ZZZ"), (None, "ZZZ")])
def test_a_classification_is_of_a_list_that_peppol_knows(source: str | None, written: str) -> None:
    found, losses = item(classifications=(Classification(code="1", scheme=source),))
    assert found.classifications == (Classification(code="1", scheme=written),)
    assert len(losses) == (source == "OWN")


def test_a_country_of_origin_that_is_none_is_named() -> None:
    assert item(country_of_origin="be")[0].country_of_origin == "BE"
    found, losses = item(country_of_origin="QQ")
    assert found.country_of_origin is None
    assert "QQ" in losses[0]
