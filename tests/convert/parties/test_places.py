"""Parts of an address that a country demands and nothing names."""

import pytest
from msgspec.structs import replace

from app.peppol.invoice import Address, Delivery, Party, TaxRepresentative
from tests.convert.parties.settling import settled
from tests.peppol.documents import BUYER, plain

WHOLE = Address(line_1="Ring 1", city="Köln", post_code="50667", country="DE")


def of(country: str, **parts: str | None) -> Party:
    number = {"DE": "DE129274202", "NL": "NL004495445B01", "IT": "IT00743110157"}.get(country)
    return Party(name="Weber", vat_identifier=number, address=replace(WHOLE, country=country, **parts))


@pytest.mark.parametrize("missing", ["city", "post_code"])
def test_between_german_parties_city_and_post_code_are_written_as_not_available_and_named(missing: str) -> None:
    german = of("DE", **{missing: None})
    delivery = Delivery(address=german.address)
    found, losses = settled(plain(seller=german, buyer=german, delivery=delivery))
    assert found.delivery is not None
    for place in (found.seller.address, found.buyer.address, found.delivery.address):
        assert place == replace(WHOLE, **{missing: "NA"})
    word = missing.replace("_", " ")
    assert losses[:3] == [
        f"The seller's {word} is missing; “NA” is written.",
        f"The buyer's {word} is missing; “NA” is written.",
        f"The place of delivery's {word} is missing; “NA” is written.",
    ]


def test_banqup_goes_before_not_available() -> None:
    found, _ = settled(plain(seller=of("DE", city=None), buyer=of("DE")), seller=of("DE"))
    assert found.seller.address == WHOLE


@pytest.mark.parametrize(("country", "buyers_too"), [("NL", True), ("IT", False)])
def test_a_street_is_demanded_too_where_the_country_asks_for_it(country: str, *, buyers_too: bool) -> None:
    incomplete = of(country, line_1=None)
    found, _ = settled(plain(seller=incomplete, buyer=incomplete))
    assert found.seller.address == replace(WHOLE, country=country, line_1="NA")
    assert found.buyer.address == replace(WHOLE, country=country, line_1="NA" if buyers_too else None)


def test_a_dutch_tax_representative_has_a_whole_address() -> None:
    representative = TaxRepresentative(name="R", vat_identifier="NL004495445B01", address=Address(country="NL"))
    found, losses = settled(plain(seller=of("NL"), buyer=BUYER, tax_representative=representative))
    assert found.tax_representative is not None
    assert found.tax_representative.address == Address(line_1="NA", city="NA", post_code="NA", country="NL")
    assert "The tax representative's street is missing; “NA” is written." in losses


@pytest.mark.parametrize("country", ["BE", "FR", "DE"])
def test_where_no_rule_demands_it_nothing_is_written(country: str) -> None:
    seller = of(country, city=None)
    assert settled(plain(seller=seller, buyer=BUYER))[0].seller.address == seller.address
