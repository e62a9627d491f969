"""What becomes of VAT numbers, and of what stands in their place."""

import pytest
from msgspec.structs import replace

from app.peppol.invoice import Address, Identifier, TaxRepresentative, Vat, VatBreakdown
from tests.convert.parties.settling import settled, the_buyer, the_seller
from tests.peppol.documents import BUYER, plain

GERMANY = Address(country="DE")
TAX_NUMBERS = ["22/815/08154", "DE 22/815/08154", "DE2281508154", "DE123/456/78901", "123456789", "2181508150"]


@pytest.mark.parametrize(
    ("source", "country", "written"),
    [
        ("BE 0404.616.494", "BE", "BE0404616494"),
        ("BE404616494", "BE", "BE0404616494"),
        ("nl004495445b01", "NL", "NL004495445B01"),
        ("DE 123 456 789", "DE", "DE123456789"),
    ],
)
def test_a_vat_number_has_nothing_between_its_digits(source: str, country: str, written: str) -> None:
    place = Address(line_1="Ring 1", city="Stad", post_code="1", country=country)
    seller, losses = the_seller(vat_identifier=source, legal_registration=None, address=place)
    assert seller.vat_identifier == written
    assert losses == []


def test_a_vat_number_without_its_country_gets_it_from_the_address_when_its_check_digits_agree() -> None:
    seller, losses = the_seller(vat_identifier="129274202", address=GERMANY)
    assert seller.vat_identifier == "DE129274202"
    assert losses == ["The seller's VAT number 129274202 is written as DE129274202, using the country of the address."]


@pytest.mark.parametrize("number", TAX_NUMBERS)
def test_a_tax_number_in_the_place_of_the_vat_number_becomes_neither_vat_number_nor_address(number: str) -> None:
    seller, losses = the_seller(
        vat_identifier=number, legal_registration=None, electronic_address=None, address=GERMANY
    )
    assert (seller.vat_identifier, seller.tax_registration, seller.electronic_address) == (None, number, None)
    assert seller.identifiers == (Identifier(number),)
    assert losses == [
        f"The seller's VAT number {number} is not a VAT number; it is written as the tax number (BT-32).",
        f"The seller's tax number {number} is also written as its identifier (BT-29).",
    ]


def test_a_second_tax_number_has_no_place_and_is_named() -> None:
    seller, losses = the_seller(vat_identifier="22/815/08154", tax_registration="133/8150/8159", address=GERMANY)
    assert (seller.vat_identifier, seller.tax_registration) == (None, "133/8150/8159")
    assert losses[0] == "The seller's VAT number 22/815/08154 is not a VAT number and is left out."


def test_a_buyer_has_no_place_for_a_tax_number() -> None:
    buyer, losses = the_buyer(vat_identifier="22/815/08154", address=GERMANY)
    assert buyer.vat_identifier is None
    assert losses == ["The buyer's VAT number 22/815/08154 is not a VAT number and is left out."]


@pytest.mark.parametrize(
    ("value", "kept"), [("NO974760673MVA", True), ("974 760 673", True), ("NO123456789MVA", False)]
)
def test_a_norwegian_vat_number_has_right_check_digits_or_is_none(value: str, kept: bool) -> None:
    seller, _ = the_seller(vat_identifier=value, address=Address(country="NO"))
    assert seller.vat_identifier == ("NO974760673MVA" if kept else None)


def test_an_identifier_in_a_vat_scheme_is_the_vat_number() -> None:
    buyer, losses = settled(
        plain(
            buyer=replace(
                BUYER,
                identifiers=(Identifier("NL004495445B01", "9944"), Identifier("C-1")),
                vat_identifier=None,
                legal_registration=None,
                electronic_address=None,
                address=Address(country="NL"),
            )
        )
    )
    assert (buyer.buyer.vat_identifier, buyer.buyer.identifiers) == ("NL004495445B01", (Identifier("C-1"),))
    assert buyer.buyer.electronic_address == Identifier("NL004495445B01", "9944")
    assert losses == ["The buyer's electronic address 9944:NL004495445B01 is inferred from its VAT number."]


@pytest.mark.parametrize(("source", "written"), [("BE 0476.543.281", "BE0476543281"), ("DE12345ABC", "DE12345ABC")])
def test_a_tax_representative_keeps_the_number_that_it_needs(source: str, written: str) -> None:
    representative = TaxRepresentative(name="Fiscal BV", vat_identifier=source, address=Address(country="BE"))
    found, losses = settled(plain(tax_representative=representative))
    assert found.tax_representative == replace(representative, vat_identifier=written)
    assert bool(losses) == (source == "DE12345ABC")


@pytest.mark.parametrize(("category", "stays"), [("K", True), ("AE", True), ("S", False), ("E", False)])
def test_a_number_that_is_none_stays_where_the_vat_category_demands_one_of_the_buyer(
    category: str, *, stays: bool
) -> None:
    buyer = replace(BUYER, vat_identifier="LU123456", legal_registration=None)
    found, losses = settled(plain(buyer=buyer, vat_breakdown=(VatBreakdown(vat=Vat(category)),)))
    assert found.buyer.vat_identifier == ("LU123456" if stays else None)
    assert any(loss.endswith("so LU123456 is written after all.") for loss in losses) == stays


@pytest.mark.parametrize(("category", "stays"), [("K", True), ("G", True), ("S", False), ("AE", False)])
def test_a_number_that_is_none_stays_where_the_vat_category_demands_one_of_the_seller(
    category: str, *, stays: bool
) -> None:
    seller = replace(plain().seller, vat_identifier="GB98/765/43210")
    found, _ = settled(plain(seller=seller, vat_breakdown=(VatBreakdown(vat=Vat(category)),)))
    taken = (found.seller.vat_identifier, found.seller.tax_registration)
    assert taken == (("GB98/765/43210", None) if stays else (None, "GB98/765/43210"))


def test_banqups_number_goes_before_one_that_is_none() -> None:
    buyer = replace(BUYER, vat_identifier="BE12", legal_registration=None)
    breakdown = (VatBreakdown(vat=Vat("K")),)
    assert settled(plain(buyer=buyer, vat_breakdown=breakdown), buyer=BUYER)[0].buyer.vat_identifier == "BE0403170701"
