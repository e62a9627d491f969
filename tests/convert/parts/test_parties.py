"""A payee who is the seller, and a seller with nothing but a tax number."""

import pytest
from msgspec.structs import replace

from app.convert.parts.parties import number_as_identifier, payee
from app.peppol.invoice import Identifier, Payee
from tests.peppol.documents import SELLER, plain

KNOWN = replace(SELLER, identifiers=(Identifier("S-1"),))


@pytest.mark.parametrize(
    "found",
    [
        Payee(name="Peeters Drukkerij BV"),
        Payee(name=" peeters  drukkerij bv"),
        Payee(name="Drukkerij Peeters", legal_registration=Identifier("0404616494", "0208")),
        Payee(name="Peeters, boekhouding", identifier=Identifier("S-1")),
    ],
)
def test_a_payee_who_is_the_seller_is_left_out_and_named(found: Payee) -> None:
    losses: list[str] = []
    assert payee(plain(seller=KNOWN, payee=found), losses).payee is None
    assert losses == [f"The payee {found.name} is the seller and is left out."]


def test_a_number_that_only_the_payee_had_is_named() -> None:
    losses: list[str] = []
    payee(plain(payee=Payee(name=SELLER.name, identifier=Identifier("5412345000013", "0088"))), losses)
    assert losses == [f"The payee {SELLER.name} is the seller and is left out, with the number 5412345000013."]


def test_another_payee_loses_an_identifier_that_is_the_sellers() -> None:
    losses: list[str] = []
    found = payee(plain(seller=KNOWN, payee=Payee(name="Factor Bank NV", identifier=Identifier("S 1", "0088"))), losses)
    assert found.payee == Payee(name="Factor Bank NV")
    assert losses == ["The payee's identifier S 1 is left out: it is the seller's."]


def test_another_payee_stays() -> None:
    factor = Payee(name="Factor Bank NV", identifier=Identifier("FB-1"))
    losses: list[str] = []
    assert payee(plain(payee=factor), losses).payee == factor
    assert losses == []


def test_a_seller_with_a_tax_number_alone_is_identified_by_it() -> None:
    small = replace(
        SELLER, identifiers=(), legal_registration=None, vat_identifier=None, tax_registration="22/815/08154"
    )
    losses: list[str] = []
    found = number_as_identifier(plain(seller=small), losses).seller
    assert (found.identifiers, found.tax_registration) == ((Identifier("22/815/08154"),), "22/815/08154")
    assert losses == ["The seller has no number but the tax number 22/815/08154; it also identifies the seller."]


@pytest.mark.parametrize(
    "number",
    [
        {"identifiers": (Identifier("S-1"),)},
        {"legal_registration": Identifier("0404616494", "0208")},
        {"vat_identifier": "BE0404616494"},
    ],
)
def test_a_seller_with_another_number_keeps_the_tax_number_as_one(number: dict[str, object]) -> None:
    bare = replace(SELLER, identifiers=(), legal_registration=None, vat_identifier=None, tax_registration="T-1")
    invoice = plain(seller=replace(bare, **number))
    assert number_as_identifier(invoice, []) == invoice
