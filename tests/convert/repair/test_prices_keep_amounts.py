"""Whatever a line states: its net amount stays, and a change is named and makes the line add up."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from app.convert.repair.line_sum import adds_up
from app.convert.repair.prices import prices
from app.peppol.invoice import AllowanceCharge, Line, Price
from tests.peppol.documents import line, plain

numbers = st.decimals(-10_000, 10_000, places=3) | st.decimals(0, 10, places=2) | st.sampled_from([Decimal(0)])
optional = st.none() | numbers
adjustments = st.lists(st.builds(AllowanceCharge, amount=numbers, reason=st.just("Loyalty")), max_size=1).map(tuple)
lines = st.builds(
    lambda **terms: replace(line(), **terms),
    quantity=optional,
    net_amount=optional,
    unit=st.sampled_from(["C62", "KGM"]),
    allowances=adjustments,
    charges=adjustments,
    price=st.builds(Price, net=optional, gross=optional, discount=optional, base_quantity=optional),
)


def changed(source: Line) -> tuple[Line, list[str]]:
    losses: list[str] = []
    (found,) = prices(plain(source), losses).lines
    return found, losses


@given(lines)
def test_the_net_amount_stays_and_every_change_is_named(source: Line) -> None:
    found, losses = changed(source)
    assert found.net_amount == source.net_amount
    assert (found == source) == (losses == [])


@given(lines)
def test_what_was_repaired_needs_no_further_repair(source: Line) -> None:
    found, _ = changed(source)
    assert changed(found) == (found, [])


@given(st.decimals("0.001", 5_000, places=4), st.decimals("0.01", 900, places=2), st.integers(0, 3))
def test_a_price_that_is_rounded_at_any_decimals_makes_its_line_add_up(
    price: Decimal, quantity: Decimal, cut: int
) -> None:
    net = round(price * quantity, 2)
    rounded = round(price, max(1, 4 - cut))
    found, _ = changed(replace(line(), quantity=quantity, net_amount=net, price=Price(net=rounded), unit="KGM"))
    assert adds_up(found) or net == 0
