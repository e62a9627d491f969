"""What countries demand of the registrations and contacts of their own parties."""

import pytest
from msgspec.structs import replace

from app.peppol.invoice import Address, Contact, Identifier, Party
from tests.convert.parties.settling import settled
from tests.peppol.documents import plain

DUTCH = Party(name="Bakker BV", vat_identifier="NL004495445B01", address=Address(country="NL"))
DANISH = Party(name="Jensen ApS", vat_identifier="DK13585628", address=Address(country="DK"))
SWEDISH = Party(name="Berg AB", vat_identifier="SE556036079301", address=Address(country="SE"))
GERMAN = Party(name="Weber GmbH", vat_identifier="DE129274202", address=Address(country="DE"))


def test_a_dutch_seller_is_registered_by_kvk_number_or_oin_and_otherwise_identified() -> None:
    found, losses = settled(plain(seller=replace(DUTCH, legal_registration=Identifier("RSIN 8204"))))
    assert found.seller.legal_registration is None
    assert found.seller.identifiers == (Identifier("RSIN 8204"),)
    assert losses[0] == (
        "The seller's registration RSIN 8204 is not a KVK number or an OIN; it is written as a further identifier."
    )


def test_a_dutch_buyer_of_a_dutch_seller_has_room_for_one_identifier() -> None:
    buyer = replace(DUTCH, legal_registration=Identifier("RSIN 8204"), identifiers=(Identifier("C-1"),))
    found, losses = settled(plain(seller=DUTCH, buyer=buyer))
    assert (found.buyer.legal_registration, found.buyer.identifiers) == (None, (Identifier("C-1"),))
    assert losses[0] == "The buyer's registration RSIN 8204 is not a KVK number or an OIN; it is left out."


def test_a_dutch_buyer_of_a_belgian_seller_keeps_its_registration() -> None:
    buyer = replace(DUTCH, legal_registration=Identifier("RSIN 8204"))
    assert settled(plain(buyer=buyer))[0].buyer.legal_registration == Identifier("RSIN 8204")


def test_a_danish_sellers_cvr_number_is_in_its_vat_number() -> None:
    found, losses = settled(plain(seller=DANISH))
    assert found.seller.legal_registration == Identifier("13585628", "0184")
    assert losses[0] == "The seller's CVR number 13585628 is inferred from its VAT number."


def test_between_danish_parties_an_identifier_has_a_scheme() -> None:
    gln = Identifier("5798009811578", "0088")
    buyer = replace(DANISH, identifiers=(Identifier("C-1"),))
    found, losses = settled(plain(seller=replace(DANISH, identifiers=(Identifier("S-1"), gln)), buyer=buyer))
    assert (found.seller.identifiers, found.buyer.identifiers) == ((gln,), ())
    assert "The buyer's identifier C-1 has no scheme, which Danish rules demand; it is left out." in losses


@pytest.mark.parametrize(
    ("number", "kept"), [("5560360793", True), ("556036-0793", True), ("1234567890", False), ("00000", False)]
)
def test_a_swedish_seller_is_registered_by_an_organisation_number(number: str, *, kept: bool) -> None:
    found, _ = settled(plain(seller=replace(SWEDISH, legal_registration=Identifier(number))))
    assert found.seller.legal_registration == (Identifier("5560360793", "0007") if kept else None)
    assert found.seller.identifiers == (() if kept else (Identifier(number),))


def test_a_swedish_tax_number_that_is_not_f_skatt_is_an_identifier() -> None:
    registered = replace(SWEDISH, legal_registration=Identifier("5560360793"), tax_registration="T-1")
    found, _ = settled(plain(seller=registered))
    assert (found.seller.tax_registration, found.seller.identifiers) == (None, (Identifier("T-1"),))


@pytest.mark.parametrize(
    ("contact", "name"),
    [
        (Contact(telephone="+49 221 5551", email="eva@weber.example"), "Weber GmbH"),
        (Contact(email="eva@weber.example"), None),
        (Contact(name="Eva", telephone="+49 221 5551", email="eva@weber.example"), "Eva"),
    ],
)
def test_a_german_contact_that_can_be_reached_is_named_after_the_seller(contact: Contact, name: str | None) -> None:
    found, _ = settled(plain(seller=replace(GERMAN, contact=contact), buyer=GERMAN))
    assert found.seller.contact == replace(contact, name=name)


def test_a_contact_for_a_belgian_buyer_stays_as_it_is() -> None:
    contact = Contact(telephone="+49 221 5551", email="eva@weber.example")
    assert settled(plain(seller=replace(GERMAN, contact=contact)))[0].seller.contact == contact


@pytest.mark.parametrize("country", ["DE", "DK", "NL", "SE"])
def test_self_billing_has_no_national_rules(country: str) -> None:
    number = {"DE": "DE129274202", "DK": "DK13585628", "NL": "NL004495445B01", "SE": "SE556036079301"}[country]
    party = Party(
        name="X",
        vat_identifier=number,
        legal_registration=Identifier("1"),
        electronic_address=Identifier("5412345000013", "0088"),
        address=Address(country=country),
        contact=Contact(telephone="123", email="x@x.example"),
    )
    self_billed = plain(type_code="389", seller=party, buyer=party)
    assert settled(self_billed) == (self_billed, [])
