"""Gaps of a file's parties filled from Banqup, where both mean the same party."""

from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.parties.likeness import is_same_party
from app.peppol.invoice import Address, Contact, Identifier, Party, Vat, VatBreakdown
from tests.convert.parties.settling import NOBODY, settled
from tests.peppol.documents import line, plain

CLAES = Party(
    name="Bakkerij Claes NV",
    vat_identifier="BE0403170701",
    legal_registration=Identifier("0403170701", "0208"),
    address=Address(line_1="Grote Markt 3", city="Leuven", post_code="3000", country="BE"),
)
GLN = Identifier("5412345000013", "0088")
ANOTHER = Identifier("0404616494", "0208")


def test_a_buyer_without_numbers_gets_those_of_banqups_customer_each_named() -> None:
    found, losses = settled(plain(buyer=Party(name="Bakkerij Claes", address=CLAES.address)), buyer=CLAES)
    assert found.buyer == replace(CLAES, name="Bakkerij Claes", electronic_address=Identifier("0403170701", "0208"))
    assert losses == [
        "The buyer's VAT number BE0403170701 is taken from Banqup's customer.",
        "The buyer's enterprise number 0403170701 (0208) is taken from Banqup's customer.",
        "The buyer's electronic address 0208:0403170701 is inferred from its enterprise number.",
    ]


def test_a_seller_is_completed_from_banqups_supplier() -> None:
    found, losses = settled(plain(seller=Party(vat_identifier="BE 0403.170.701")), seller=CLAES)
    assert (found.seller.name, found.seller.address) == (CLAES.name, CLAES.address)
    assert "The seller's city Leuven is taken from Banqup's supplier." in losses


def test_what_the_file_says_stays() -> None:
    other = replace(CLAES, name="Claes", address=Address(line_1="Elsewhere 1", city="Gent", country="BE"))
    found, losses = settled(plain(buyer=other), buyer=CLAES)
    assert found.buyer.name == "Claes"
    assert found.buyer.address == replace(other.address or Address(), post_code="3000")
    assert losses[0] == "The buyer's post code 3000 is taken from Banqup's customer."


def test_an_address_of_another_country_is_not_mixed_with_that_of_banqup() -> None:
    abroad = Address(city="Breda", country="NL")
    assert settled(plain(buyer=replace(CLAES, address=abroad)), buyer=CLAES)[0].buyer.address == abroad


def test_an_address_that_banqup_names_goes_before_one_that_is_inferred() -> None:
    named = Identifier("5412345000013", "0088")
    found, losses = settled(
        plain(buyer=replace(CLAES, electronic_address=Identifier("info@claes.example", "EM"))),
        buyer=replace(CLAES, electronic_address=named),
    )
    assert found.buyer.electronic_address == named
    assert losses == ["The buyer's electronic address 5412345000013 (0088) is taken from Banqup's customer."]


def test_outside_the_scope_of_vat_no_vat_number_is_added() -> None:
    outside = Vat("O")
    invoice = plain(
        line(vat=outside), vat_breakdown=(VatBreakdown(vat=outside),), buyer=replace(CLAES, vat_identifier=None)
    )
    assert settled(invoice, buyer=CLAES)[0].buyer.vat_identifier is None


def test_nothing_is_taken_from_another_party_and_that_is_named() -> None:
    stranger = Party(name="Bakkerij Peeters BV", address=Address(city="Gent", post_code="9000", country="BE"))
    found, losses = settled(plain(buyer=stranger), buyer=CLAES)
    assert found.buyer == stranger
    assert " ".join(losses) == (
        "The buyer Bakkerij Peeters BV is not Banqup's customer Bakkerij Claes NV, so these stay missing: "
        "VAT number, enterprise number, street."
    )


def test_a_number_of_banqup_that_fails_its_check_fills_nothing() -> None:
    wrong = replace(CLAES, vat_identifier="BE12", legal_registration=Identifier("0403170702", "0208"))
    found, losses = settled(plain(buyer=replace(CLAES, vat_identifier=None, legal_registration=None)), buyer=wrong)
    assert (found.buyer.vat_identifier, found.buyer.legal_registration, losses) == (None, None, [])


def test_a_gln_that_is_all_that_banqup_knows_is_an_address() -> None:
    found, losses = settled(plain(buyer=Party(name="Claes")), buyer=Party(name="Claes", identifiers=(GLN,)))
    assert found.buyer.electronic_address == GLN
    assert losses == ["The buyer's electronic address 5412345000013 (0088) is taken from Banqup's customer."]


WEBER = Party(name="Weber GmbH", vat_identifier="DE129274202", address=Address(country="DE"))
KOCH = Party(name="Koch KG", vat_identifier="DE136695976", address=Address(country="DE"))
EVA = Contact(name="Eva Weber", telephone="+49 221 55512", email="eva@weber.example")


def test_the_contact_that_german_rules_demand_comes_from_banqup() -> None:
    german = plain(seller=replace(WEBER, contact=Contact(email="office@weber.example")), buyer=KOCH)
    found, losses = settled(german, seller=replace(WEBER, contact=EVA))
    assert found.seller.contact == replace(EVA, email="office@weber.example")
    assert "The seller's telephone number +49 221 55512 is taken from Banqup's supplier." in losses
    belgian = plain(seller=WEBER, buyer=CLAES)
    assert settled(belgian, seller=replace(WEBER, contact=EVA))[0].seller.contact is None


def test_banqup_that_knows_nothing_adds_nothing() -> None:
    consumer = Party(name="Lieve Claes", address=Address(country="BE"))
    assert settled(plain(buyer=consumer), buyer=NOBODY) == (plain(buyer=consumer), [])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Claes"}, {"name": "Bakkerij Claes NV"}),
        ({"name": "BAKKERIJ CLAËS N.V."}, {"name": "Bakkerij Claes"}),
        ({"name": "Claes, Bakkerij"}, {"name": "Bakkerij Claes"}),
        ({"name": "De Gouden Korst", "trading_name": "Bakkerij Claes"}, {"name": "Bakkerij Claes"}),
        ({"name": "X", "vat_identifier": "BE0403170701"}, {"name": "Y", "vat_identifier": "BE 0403.170.701"}),
        (
            {"name": "X", "vat_identifier": "BE0403170701"},
            {"legal_registration": CLAES.legal_registration},
        ),
        ({"name": "X", "identifiers": (GLN,)}, {"name": "Y", "identifiers": (GLN,)}),
        ({"name": "De Gouden Korst", "address": CLAES.address}, {"name": "Claes NV", "address": CLAES.address}),
        ({}, {"name": "Claes NV"}),
    ],
)
def test_a_party_is_the_same_by_a_number_else_by_its_name_else_by_its_place(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert is_same_party(Party(**one), Party(**other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Bakkerij Peeters"}, {"name": "Bakkerij Claes"}),
        ({"name": "Claes", "vat_identifier": "BE0403170701"}, {"name": "Claes", "vat_identifier": "BE0404616494"}),
        ({"name": "Claes", "vat_identifier": "BE0403170701"}, {"name": "Claes", "legal_registration": ANOTHER}),
        ({"name": "Atelier Noord"}, {"name": "Zuid BV"}),
    ],
)
def test_a_party_of_another_number_or_name_is_another(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not is_same_party(Party(**one), Party(**other))
