"""Periods outside the document's, order lines without an order, German payment terms and names of files."""

from datetime import date

import pytest
from msgspec.structs import replace

from app.convert.parts.german import in_german_form
from app.convert.parts.orders import order_lines
from app.convert.parts.periods import periods
from app.peppol.invoice import Address, Invoice, Period, SupportingDocument
from tests.peppol.documents import BUYER, SELLER, line, plain

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
SKONTO = "#SKONTO#TAGE=7#PROZENT=2.00#"


@pytest.mark.parametrize(
    "own",
    [
        Period(date(2026, 4, 1), date(2026, 4, 30)),
        Period(date(2026, 4, 30), None),
        Period(None, date(2026, 6, 1)),
        Period(date(2026, 5, 2), date(2026, 6, 30)),
    ],
)
def test_a_line_keeps_its_period_and_the_documents_is_named(own: Period) -> None:
    losses: list[str] = []
    found = periods(plain(line(period=own), period=MAY), losses)
    assert (found.period, found.lines[0].period) == (None, own)
    assert losses == [
        "The invoicing period from 2026-05-01 to 2026-05-31 is left out: the period of a line lies outside it."
    ]


def test_an_open_period_is_shown_as_one() -> None:
    losses: list[str] = []
    periods(plain(line(period=MAY), period=Period(date(2026, 5, 9), None)), losses)
    assert "from 2026-05-09 to an open date" in losses[0]


@pytest.mark.parametrize("own", [None, MAY, Period(date(2026, 5, 2), None)])
def test_a_line_inside_the_period_changes_nothing(own: Period | None) -> None:
    losses: list[str] = []
    assert periods(plain(line(period=own), period=MAY), losses).period == MAY
    assert losses == []


def between(country: str, **terms: object) -> Invoice:
    seller, buyer = (replace(party, address=Address(country=country)) for party in (SELLER, BUYER))
    return replace(plain(line(order_line_reference="3")), seller=seller, buyer=buyer, **terms)


def test_a_dutch_line_names_no_line_of_an_order_that_is_not_named() -> None:
    losses: list[str] = []
    assert order_lines(between("NL"), losses).lines[0].order_line_reference is None
    assert losses == ["Line 1: the order line 3 is left out, since no order is named."]
    assert order_lines(between("NL", purchase_order_reference="PO-5"), []).lines[0].order_line_reference == "3"
    assert order_lines(between("BE"), []).lines[0].order_line_reference == "3"


@pytest.mark.parametrize(
    ("terms", "expected", "named"),
    [
        (SKONTO, f"{SKONTO}\nSkonto: 2.00 % bei Zahlung innerhalb von 7 Tagen", 0),
        (f"{SKONTO}\nNetto 30", f"{SKONTO}\nNetto 30", 0),
        ("#SKONTO#TAGE=7#PROZENT=2#", "SKONTO TAGE=7 PROZENT=2", 1),
        ("Zahlbar\n#30 Tage", "Zahlbar\n30 Tage", 1),
        (f"{SKONTO}\n#skonto#TAGE=9# netto", f"{SKONTO}\nskonto TAGE=9 netto", 1),
        (
            "#SKONTO#TAGE=9# netto\n" + SKONTO,
            f"SKONTO TAGE=9 netto\n{SKONTO}\nSkonto: 2.00 % bei Zahlung innerhalb von 7 Tagen",
            1,
        ),
        ("Kunde #12", "Kunde #12", 0),
    ],
)
def test_german_terms_keep_every_word(terms: str, expected: str, named: int) -> None:
    losses: list[str] = []
    assert in_german_form(between("DE", payment_terms=terms), losses).payment_terms == expected
    assert len(losses) == named


def test_german_files_of_one_name_get_names_of_their_own() -> None:
    twice = tuple(SupportingDocument(reference=str(number), content=b"x", filename="a.pdf") for number in range(3))
    losses: list[str] = []
    found = in_german_form(between("DE", supporting_documents=twice), losses)
    assert [document.filename for document in found.supporting_documents] == ["a.pdf", "a (2).pdf", "a (3).pdf"]
    assert losses[0] == "A second file is called a.pdf; it is sent along as a (2).pdf."
