"""A line that states no amount becomes text in the note; a line that costs nothing stays a line."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.repair.text_lines import text_lines
from app.peppol.invoice import AllowanceCharge, Attribute, Invoice, Item, Line, Period, Price, Vat, VatBreakdown
from tests.peppol.documents import line, plain

TWO_RATES = tuple(VatBreakdown(vat=Vat("S", Decimal(rate))) for rate in (6, 21))


def text(**terms: Any) -> Line:
    """A line that is only a name."""
    bare = Line(identifier="2", item=Item(name="Delivered to the site"))
    return replace(bare, **terms)


def repaired(*lines: Line, **terms: Any) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return text_lines(replace(plain(*lines), **terms), losses), losses


def test_the_words_of_a_line_without_an_amount_are_added_to_the_note() -> None:
    found, losses = repaired(line(), text(), note="Thank you")
    assert found.lines == (line(),)
    assert found.note == "Thank you\nLine 2: Delivered to the site"
    assert losses == ["Line 2 states no amount; its text is written into the note: Delivered to the site."]


def test_whatever_else_a_text_line_states_is_in_the_note_too() -> None:
    item = Item(name="Ink", description="Black", sellers_identifier="INK-1", attributes=(Attribute("Size", "XL"),))
    source = text(
        item=item,
        note="By hand",
        quantity=Decimal(3),
        unit="H87",
        order_line_reference="7",
        period=Period(date(2026, 1, 1), None),
    )
    assert repaired(source)[0].note == "Line 2: Ink; Black; INK-1; Size; XL; By hand; 3 H87; 7; 2026-01-01"


def test_text_lines_without_numbers_are_named_by_their_place() -> None:
    found, losses = repaired(text(identifier=""), text(identifier=""))
    assert found.note == "Line 1: Delivered to the site\nLine 2: Delivered to the site"
    assert len(losses) == 2


@pytest.mark.parametrize(
    "terms",
    [
        {
            "net_amount": Decimal(0),
            "quantity": Decimal(1),
            "price": Price(net=Decimal(0)),
            "vat": Vat("S", Decimal(21)),
        },
        {"net_amount": Decimal(0), "quantity": Decimal(0), "vat": Vat("S", Decimal(21))},
        {"net_amount": Decimal(5)},
        {"quantity": Decimal(2), "price": Price(net=Decimal(5))},
        {"quantity": Decimal(2), "price": Price(gross=Decimal(5))},
        {"allowances": (AllowanceCharge(amount=Decimal(5)),)},
    ],
)
def test_a_line_with_an_amount_or_an_item_for_nothing_stays(terms: dict[str, Any]) -> None:
    source = text(**terms)
    found, losses = repaired(source, vat_breakdown=TWO_RATES)
    assert (found.lines, losses) == ((source,), [])


@pytest.mark.parametrize(("groups", "kept"), [(TWO_RATES, 0), (TWO_RATES[:1], 1)])
def test_an_item_for_nothing_needs_a_vat_rate(groups: tuple[VatBreakdown, ...], kept: int) -> None:
    source = text(net_amount=Decimal(0), quantity=Decimal(1), price=Price(net=Decimal(0)))
    assert len(repaired(source, vat_breakdown=groups)[0].lines) == kept
