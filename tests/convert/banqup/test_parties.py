"""Banqup's identifiers under their terms, and what has no place in EN 16931 named."""

from typing import Any

import pytest

from app.banqup.assumptions import PaymentMeans
from app.banqup.schemas import Party
from app.convert.banqup.parties import buyer, payee, seller, tax_representative
from app.convert.banqup.payment import instructions
from app.peppol.invoice import CreditTransfer, Identifier, PaymentCard
from app.peppol.invoice import Party as Found


def party(**more: Any) -> Party:
    identifiers = {key.replace("_", ":"): value for key, value in more.pop("ids", {}).items()}
    return Party.model_validate({"legalName": "Peeters BV", "globalIdentifiers": identifiers, **more})


def sold_by(**ids: Any) -> tuple[Found, list[str]]:
    losses: list[str] = []
    return seller(party(ids=ids), losses=losses), losses


@pytest.mark.parametrize(
    ("ids", "registration"),
    [
        ({"be_en": "0404.616.494"}, Identifier("0404.616.494", "0208")),
        ({"nl_kvk": "27375186"}, Identifier("27375186", "0106")),
        ({"fr_siren": "732829320"}, Identifier("732829320", "0002")),
        ({"de_en": "HRB 1"}, Identifier("HRB 1")),
        ({"lu_en": "B12345"}, Identifier("B12345")),
    ],
)
def test_an_enterprise_number_is_the_registration_in_the_scheme_of_its_register(
    ids: dict[str, str], registration: Identifier
) -> None:
    assert sold_by(**ids)[0].legal_registration == registration


@pytest.mark.parametrize(
    ("key", "value", "number"),
    [
        ("be_vat", "0404616494", "BE0404616494"),
        ("nl_vat", "NL004495445B01", "NL004495445B01"),
        ("gr_vat", "094259216", "EL094259216"),
        ("de_vat", "22/815/08154", "22/815/08154"),  # no VAT number: app.convert.parties says what it becomes
    ],
)
def test_a_vat_number_has_the_prefix_of_the_country_that_its_key_names(key: str, value: str, number: str) -> None:
    assert sold_by(**{key: value})[0].vat_identifier == number


def test_a_second_registration_is_a_further_identifier() -> None:
    found, losses = sold_by(fr_siren="732829320", fr_siret="73282932000074")
    assert found.legal_registration == Identifier("732829320", "0002")
    assert found.identifiers == (Identifier("73282932000074", "0009"),)
    assert losses == []


def test_what_en_16931_has_once_is_named_when_it_stands_twice() -> None:
    found, losses = sold_by(
        be_vat="BE0404616494", nl_vat="NL004495445B01", global_email=["a@peeters.example", "b@peeters.example"]
    )
    assert found.vat_identifier == "BE0404616494"
    assert losses == [
        "The seller's further VAT number NL004495445B01 has no place in EN 16931.",
        "The seller's further e-mail address b@peeters.example has no place in EN 16931.",
    ]


def test_a_buyer_has_one_identifier_and_no_tax_number() -> None:
    losses: list[str] = []
    found = buyer(party(customerNumber="C-1", ids={"global_gln": "5412345000013", "de_tax": "22/815"}), losses=losses)
    assert found.identifiers == (Identifier("C-1"),)
    assert losses == [
        "The buyer's further identifier 5412345000013 has no place in EN 16931.",
        "The buyer's further tax number 22/815 has no place in EN 16931.",
    ]


def test_a_number_of_which_another_term_says_the_rest_is_named_only_where_it_says_more() -> None:
    losses: list[str] = []
    payee(party(ids={"be_en": "0404616494", "be_vat": "BE0404616494"}), losses=losses)
    tax_representative(party(ids={"be_en": "0404.616.494", "be_vat": "BE0404616494"}), losses=losses)
    assert losses == []
    payee(party(ids={"de_en": "HRB 1", "de_vat": "DE129274202"}), losses=losses)
    tax_representative(party(ids={"de_en": "HRB 1", "de_vat": "DE129274202"}), losses=losses)
    assert losses == [
        "The payee's further VAT number DE129274202 has no place in EN 16931.",
        "The tax representative's further identifier HRB 1 has no place in EN 16931.",
    ]


def test_further_identifiers_of_payee_and_tax_representative_are_named() -> None:
    losses: list[str] = []
    source = party(ids={"global_gln": "5412345000013", "global_duns": "123456789"})
    found = payee(source, losses=losses)
    assert found is not None
    assert found.identifier == Identifier("5412345000013", "0088")
    tax_representative(source, losses=losses)
    assert losses == [
        "The payee's further identifier 123456789 has no place in EN 16931.",
        "The tax representative's further identifier 5412345000013 has no place in EN 16931.",
        "The tax representative's further identifier 123456789 has no place in EN 16931.",
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"bic": "GKCCBEBB"}, "The bank GKCCBEBB has no place without an account."),
        ({"accountName": "Peeters"}, "The account holder Peeters has no place without an account."),
        ({"cardHolder": "An"}, "The card holder An has no place without a card number."),
        ({"cardNumber": "4111 1111 1111 1234"}, "Of the card number only the last digits are written: 1234."),
    ],
)
def test_what_has_no_place_among_the_payment_means_is_named(source: dict[str, str], said: str) -> None:
    losses: list[str] = []
    instructions(PaymentMeans.model_validate(source), losses=losses)
    assert losses == [said]


def test_payment_means_that_fit_lose_nothing() -> None:
    losses: list[str] = []
    source = {"iban": "be68 5390 0754 7034", "bic": "GKCCBEBB", "accountName": "Peeters", "cardNumber": "1234"}
    found = instructions(PaymentMeans.model_validate(source), losses=losses)
    assert found.credit_transfer == CreditTransfer(
        account="BE68539007547034", account_name="Peeters", provider="GKCCBEBB"
    )
    assert (found.card, losses) == (PaymentCard(number="1234"), [])
