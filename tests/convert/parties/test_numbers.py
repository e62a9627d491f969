"""Identifiers and registrations: a number keeps its scheme only when the scheme's check says that it is one."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from app.peppol.invoice import Address, Identifier, Party, Payee
from tests.convert.parties.settling import FROM_2027, IN_FORCE, as_data, settled, the_buyer, the_seller
from tests.peppol.documents import BUYER, SELLER, plain

DUTCH = Address(line_1="Dam 1", city="Amsterdam", post_code="1012 JS", country="NL")


@pytest.mark.parametrize(
    ("country", "value", "written"),
    [
        ("BE", "BE 0404.616.494", Identifier("0404616494", "0208")),
        ("BE", "0404616495", Identifier("0404616495")),
        ("NL", "27375186", Identifier("27375186", "0106")),
        ("DK", "29403473", Identifier("29403473", "0184")),
        ("NO", "974 760 673", Identifier("974760673", "0192")),
        ("NO", "123456789", Identifier("123456789")),
        ("SE", "556036-0793", Identifier("5560360793", "0007")),
        ("FR", "732 829 320", Identifier("732829320", "0002")),
        ("FR", "73282932000074", Identifier("73282932000074", "0009")),
        ("DE", "HRB 12345", Identifier("HRB 12345")),
    ],
)
def test_a_registration_without_a_scheme_gets_that_of_its_country(
    country: str, value: str, written: Identifier
) -> None:
    seller, _ = the_seller(legal_registration=Identifier(value), address=Address(country=country))
    assert seller.legal_registration == written


@pytest.mark.parametrize(
    ("own", "written"),
    [
        (Identifier("BE 0404.616.494", "0208"), Identifier("0404616494", "0208")),
        (Identifier("404.616.494", "0208"), Identifier("0404616494", "0208")),
        (Identifier("KVK 2737 5186", "0106"), Identifier("27375186", "0106")),
        (Identifier("12345678", "0198"), Identifier("DK12345678", "0198")),
        (Identifier("541 2345 000013", "0088"), Identifier("5412345000013", "0088")),
    ],
)
def test_a_number_is_written_as_its_register_writes_it(own: Identifier, written: Identifier) -> None:
    assert the_seller(identifiers=(own,)) == (replace(the_seller()[0], identifiers=(written,)), [])


@pytest.mark.parametrize(
    ("own", "what"),
    [
        (Identifier("Gent 1234", "RPR"), "of a scheme of ISO 6523"),
        (Identifier("5412345000014", "0088"), "a GLN"),
        (Identifier("0404616495", "0208"), "a Belgian enterprise number"),
        (Identifier("123456789", "0198"), "a Danish SE number"),
        (Identifier("123456789", "0192"), "a Norwegian organisation number"),
        (Identifier("12345", "0106"), "a Dutch KVK number"),
        (Identifier("123", "0190"), "a Dutch OIN"),
    ],
)
def test_a_number_that_is_none_of_its_scheme_is_written_without_it(own: Identifier, what: str) -> None:
    buyer, losses = the_buyer(identifiers=(own,))
    assert buyer.identifiers == (Identifier(own.value),)
    assert losses == [
        f"The buyer's identifier {own.value} ({own.scheme}) is not {what}; it is written without a scheme."
    ]


@pytest.mark.parametrize(("on", "scheme"), [(IN_FORCE, "0088"), (FROM_2027, None)])
def test_a_gln_of_another_length_loses_its_scheme_when_the_release_in_force_demands_thirteen_digits(
    on: date, scheme: str | None
) -> None:
    own = Identifier("05412345000013", "0088")
    found, losses = the_buyer(identifiers=(own,), on=on)
    assert found.identifiers == (Identifier(own.value, scheme),)
    assert len(losses) == (scheme is None)


@pytest.mark.parametrize(("on", "scheme"), [(IN_FORCE, "0208"), (FROM_2027, None)])
def test_a_belgian_number_that_begins_with_2_is_one_until_the_release_that_refuses_it(
    on: date, scheme: str | None
) -> None:
    found, _ = the_buyer(identifiers=(Identifier("2000000042", "0208"),), on=on)
    assert found.identifiers == (Identifier("2000000042", scheme),)


@pytest.mark.parametrize("value", ["NL004495445B01", "004495445B01", "nl 0044.95.445.b01"])
def test_a_vat_number_in_the_scheme_of_another_register_is_left_out_and_never_cut_to_fit(value: str) -> None:
    seller, losses = the_seller(
        vat_identifier="NL004495445B01",
        legal_registration=Identifier(value, "0106"),
        electronic_address=None,
        address=DUTCH,
    )
    assert seller.legal_registration is None
    assert seller.electronic_address == Identifier("NL004495445B01", "9944")
    assert losses[0] == (
        f"The seller's registration {value} (0106) is not a Dutch KVK number but the VAT number; it is left out."
    )


def test_the_numbers_of_a_payee_are_checked_too() -> None:
    payee = Payee(
        name="Factor", identifier=Identifier("5412345000014", "0088"), legal_registration=Identifier("1", "0208")
    )
    found, losses = settled(plain(payee=payee))
    assert found.payee == Payee(
        name="Factor", identifier=Identifier("5412345000014"), legal_registration=Identifier("1")
    )
    assert len(losses) == 2


def test_banqups_own_data_are_checked_in_the_same_way() -> None:
    wrong = replace(SELLER, legal_registration=Identifier("0404616495", "0208"), identifiers=())
    found, losses = as_data(plain(seller=wrong))
    assert found.seller.legal_registration == Identifier("0404616495")
    said = "The seller's registration 0404616495 (0208) is not a Belgian enterprise number"
    assert losses == [f"{said}; it is written without a scheme."]


def test_a_seller_with_only_a_tax_number_is_identified_by_it() -> None:
    seller, losses = the_seller(vat_identifier=None, legal_registration=None, tax_registration="133/8150/8159")
    assert seller.identifiers == (Identifier("133/8150/8159"),)
    assert losses == ["The seller's tax number 133/8150/8159 is also written as its identifier (BT-29)."]


@pytest.mark.parametrize(
    "number",
    [
        {"identifiers": (Identifier("S-1"),)},
        {"legal_registration": Identifier("0404616494", "0208")},
        {"vat_identifier": "BE0404616494"},
    ],
)
def test_a_seller_with_another_number_keeps_the_tax_number_as_one(number: dict[str, Any]) -> None:
    bare: dict[str, Any] = {"vat_identifier": None, "legal_registration": None, "tax_registration": "T-1"}
    seller, losses = the_seller(**bare | number)
    assert seller.identifiers == number.get("identifiers", ())
    assert losses == []


def test_a_seller_without_any_number_is_identified_by_its_name() -> None:
    found, losses = settled(plain(seller=Party(name="Acme Inc.", address=Address(country="US"))))
    assert found.seller.identifiers == (Identifier("Acme Inc."),)
    assert losses == ["The seller has no number; its name is also written as its identifier (BT-29)."]


def test_sound_numbers_stay_as_they_are() -> None:
    invoice = plain(seller=SELLER, buyer=BUYER)
    assert settled(invoice) == (invoice, [])
