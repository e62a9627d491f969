"""How the numbers, addresses and countries of parties become those of Peppol."""

import pytest
from msgspec.structs import replace

from app.peppol.invoice import Address, CreditTransfer, Delivery, Identifier, Payee, PaymentInstructions
from tests.convert.conforming import GERMAN, conformed, the_seller
from tests.peppol.documents import BUYER, SELLER, plain


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("BE 0404.616.494", "BE0404616494"),
        ("BE404616494", "BE0404616494"),
        ("0404616494", "BE0404616494"),
        ("nl001234567b01", "NL001234567B01"),
        ("DE 123 456 789", "DE123456789"),
    ],
)
def test_a_vat_number_has_its_country_and_nothing_between_its_digits(source: str, written: str) -> None:
    assert the_seller(vat_identifier=source)[0].vat_identifier == written


@pytest.mark.parametrize(
    ("scheme", "value", "written"),
    [
        ("BE:VAT", "BE0404616494", Identifier("0404616494", "0208")),
        ("BE:CBE", "0404.616.494", Identifier("0404616494", "0208")),
        ("9956", "0404616494", Identifier("0404616494", "0208")),
        ("9925", "BE0404616494", Identifier("BE0404616494", "9925")),
        ("NL:KVK", "27375186", Identifier("27375186", "0106")),
        ("DE:VAT", "DE123456789", Identifier("DE123456789", "9930")),
        ("GLN", "5412345000013", Identifier("5412345000013", "0088")),
    ],
)
def test_an_electronic_address_of_an_old_scheme_has_the_code_of_today(
    scheme: str, value: str, written: Identifier
) -> None:
    seller, losses = the_seller(electronic_address=Identifier(value, scheme))
    assert seller.electronic_address == written
    assert losses == []


@pytest.mark.parametrize("address", [Identifier("an@peeters.example", "EM"), Identifier("5412345000014", "0088")])
def test_an_address_that_peppol_does_not_take_gives_way_to_the_enterprise_number(address: Identifier) -> None:
    seller, losses = the_seller(electronic_address=address)
    assert seller.electronic_address == Identifier("0404616494", "0208")
    assert losses[0].endswith("0208:0404616494 is written instead.")


def test_an_e_mail_address_becomes_that_of_the_contact() -> None:
    seller, _ = the_seller(electronic_address=Identifier("an@peeters.example", "EM"), contact=None)
    assert seller.contact is not None
    assert seller.contact.email == "an@peeters.example"


def test_a_german_authority_is_addressed_by_the_buyer_reference() -> None:
    found, _ = conformed(plain(buyer=GERMAN, buyer_reference="04011000-12345-03"))
    assert found.buyer.electronic_address == Identifier("04011000-12345-03", "0204")


def test_a_buyer_reference_of_another_form_is_no_address() -> None:
    assert conformed(plain(buyer=GERMAN, buyer_reference="DEPT-12"))[0].buyer.electronic_address is None


def test_a_seller_without_any_number_is_addressed_by_the_account() -> None:
    means = PaymentInstructions(means_code="58", credit_transfer=CreditTransfer(account="DE79 0000 0000 1234 5678 90"))
    found, _ = conformed(plain(seller=GERMAN, payment_instructions=(means,)))
    assert found.seller.electronic_address == Identifier("DE79000000001234567890", "9918")


def test_an_identifier_of_an_unknown_scheme_or_a_wrong_number_keeps_its_value_without_the_scheme() -> None:
    for own in (Identifier("Gent 1234", "RPR"), Identifier("5412345000014", "0088")):
        found, losses = conformed(plain(buyer=replace(BUYER, identifiers=(own,))))
        assert found.buyer.identifiers == (Identifier(own.value),)
        assert own.value in losses[0]


@pytest.mark.parametrize(
    ("country", "value", "written"),
    [
        ("BE", "BE 0404.616.494", Identifier("0404616494", "0208")),
        ("NL", "27375186", Identifier("27375186", "0106")),
        ("DK", "29403473", Identifier("29403473", "0184")),
        ("NO", "123456789", Identifier("123456789")),
        ("DE", "HRB 12345", Identifier("HRB 12345")),
    ],
)
def test_a_registration_without_a_scheme_gets_that_of_its_country(
    country: str, value: str, written: Identifier
) -> None:
    seller, _ = the_seller(legal_registration=Identifier(value), address=Address(country=country))
    assert seller.legal_registration == written


def test_the_country_of_a_party_comes_from_its_vat_number_when_no_address_says_it() -> None:
    seller, _ = the_seller(address=None, vat_identifier="EL123456789")
    assert seller.address == Address(country="GR")


def test_a_payee_who_is_the_seller_says_nothing() -> None:
    assert conformed(plain(payee=Payee(name=SELLER.name)))[0].payee is None


def test_a_place_of_delivery_without_a_country_is_in_that_of_the_buyer() -> None:
    found, losses = conformed(plain(delivery=Delivery(address=Address(city="Heverlee"))))
    assert found.delivery == Delivery(address=Address(city="Heverlee", country="BE"))
    assert len(losses) == 1
