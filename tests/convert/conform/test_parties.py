"""How the schemes and countries of parties become those of Peppol."""

import pytest

from app.peppol.invoice import Address, Delivery, Identifier
from tests.convert.conforming import conformed, the_seller
from tests.peppol.documents import plain


@pytest.mark.parametrize(
    ("scheme", "code"),
    [
        ("BE:VAT", "0208"),
        ("BE:CBE", "0208"),
        ("9956", "0208"),
        ("9925", "9925"),
        ("NL:KVK", "0106"),
        ("NL:VAT", "9944"),
        ("DE:VAT", "9930"),
        ("GLN", "0088"),
        ("EM", "EM"),
    ],
)
def test_an_old_scheme_has_the_code_of_today(scheme: str, code: str) -> None:
    seller, losses = the_seller(electronic_address=Identifier("1", scheme))
    assert seller.electronic_address == Identifier("1", code)
    assert losses == []


def test_an_e_mail_address_becomes_that_of_the_contact() -> None:
    seller, _ = the_seller(electronic_address=Identifier("an@peeters.example", "EM"), contact=None)
    assert seller.contact is not None
    assert seller.contact.email == "an@peeters.example"


def test_the_country_of_a_party_comes_from_its_vat_number_when_no_address_says_it() -> None:
    seller, _ = the_seller(address=None, vat_identifier="EL094259216")
    assert seller.address == Address(country="GR")


def test_a_place_of_delivery_without_a_country_is_in_that_of_the_buyer() -> None:
    found, losses = conformed(plain(delivery=Delivery(address=Address(city="Heverlee"))))
    assert found.delivery == Delivery(address=Address(city="Heverlee", country="BE"))
    assert len(losses) == 1
