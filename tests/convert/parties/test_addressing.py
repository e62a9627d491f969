"""Electronic addresses: the own one, else one that a number of the party leads to, named."""

import pytest
from msgspec.structs import replace

from app.peppol.invoice import Address, CreditTransfer, Identifier, Party, PaymentInstructions
from tests.convert.parties.settling import as_data, settled, the_buyer, the_seller
from tests.peppol.documents import plain

WEBER = Party(name="Weber GmbH", tax_registration="133/8150/8159", address=Address(country="DE"))


@pytest.mark.parametrize("own", [Identifier("an@peeters.example", "EM"), Identifier("5412345000014", "0088")])
def test_an_address_that_peppol_does_not_accept_gives_way_to_the_enterprise_number(own: Identifier) -> None:
    seller, losses = the_seller(electronic_address=own)
    assert seller.electronic_address == Identifier("0404616494", "0208")
    assert " ".join(losses) == (
        f"Peppol does not accept the seller's electronic address {own.value} ({own.scheme}); "
        "0208:0404616494, from its enterprise number, is written instead."
    )


def test_an_address_is_written_as_its_register_writes_it() -> None:
    seller, losses = the_seller(electronic_address=Identifier("BE 0404.616.494", "0208"))
    assert (seller.electronic_address, losses) == (Identifier("0404616494", "0208"), [])


def test_a_gln_among_the_identifiers_is_an_address() -> None:
    found, losses = settled(plain(buyer=Party(name="Claes", identifiers=(Identifier("5412345000013", "0088"),))))
    assert found.buyer.electronic_address == Identifier("5412345000013", "0088")
    assert losses == ["The buyer's electronic address 0088:5412345000013 is inferred from its identifier."]


def test_an_address_that_leads_nowhere_is_named_and_left_out() -> None:
    buyer, losses = the_buyer(
        vat_identifier=None, legal_registration=None, electronic_address=Identifier("KL-0042", "0193")
    )
    assert buyer.electronic_address is None
    assert " ".join(losses) == (
        "Peppol does not accept the buyer's electronic address KL-0042 (0193); no other can be inferred."
    )


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("04011000-12345-03", Identifier("04011000-12345-03", "0204")),
        ("04011000-12345-34", None),
        ("DEPT-12", None),
    ],
)
def test_a_german_authority_is_addressed_by_a_buyer_reference_that_is_a_routing_id(
    reference: str, address: Identifier | None
) -> None:
    authority = Party(name="Amt", address=Address(country="DE"))
    assert settled(plain(buyer=authority, buyer_reference=reference))[0].buyer.electronic_address == address


@pytest.mark.parametrize(
    ("account", "address"),
    [
        ("DE79 0000 0000 1234 5678 90", Identifier("DE79000000001234567890", "9918")),
        ("DE78 0000 0000 1234 5678 90", None),
        ("123456789", None),
    ],
)
def test_a_seller_without_any_other_number_is_addressed_by_an_account_that_is_an_iban(
    account: str, address: Identifier | None
) -> None:
    means = PaymentInstructions(means_code="58", credit_transfer=CreditTransfer(account=account))
    assert settled(plain(seller=WEBER, payment_instructions=(means,)))[0].seller.electronic_address == address


def test_an_enterprise_number_of_banqups_own_data_is_an_address_without_further_words() -> None:
    bare = replace(plain().seller, electronic_address=None)
    found, losses = as_data(plain(seller=bare))
    assert (found.seller.electronic_address, losses) == (Identifier("0404616494", "0208"), [])
