"""A payee who is the seller, and one who is not."""

import pytest
from msgspec.structs import replace

from app.convert.parts.parties import payee
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
