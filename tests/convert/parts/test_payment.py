"""Ways to pay that lack what their code demands, or hold what it excludes: nothing of them goes unnamed."""

import pytest
from msgspec.structs import replace

from app.convert.parts.payment import payment
from app.peppol.invoice import Address, CreditTransfer, DirectDebit, Invoice, PaymentCard, PaymentInstructions
from tests.peppol.documents import BUYER, SELLER, plain

ACCOUNT = CreditTransfer(account="DE75512108001245126199")
CARD = PaymentCard(number="1234")
WHOLE = DirectDebit(mandate="M-7", creditor="DE98ZZZ09999999999", debited_account="DE75512108001245126199")


def between(country: str, means: PaymentInstructions) -> Invoice:
    seller, buyer = (replace(party, address=Address(country=country)) for party in (SELLER, BUYER))
    return plain(seller=seller, buyer=buyer, payment_instructions=(means,))


def outcome(country: str, means: PaymentInstructions) -> tuple[PaymentInstructions, list[str]]:
    losses: list[str] = []
    return payment(between(country, means), losses).payment_instructions[0], losses


@pytest.mark.parametrize(
    ("country", "code", "undefined"), [("BE", "49", "1"), ("BE", "59", "1"), ("DE", "59", "1"), ("NL", "59", "57")]
)
def test_a_direct_debit_without_mandate_becomes_words(country: str, code: str, undefined: str) -> None:
    found, losses = outcome(country, PaymentInstructions(means_code=code, remittance_information="F-1"))
    assert found == PaymentInstructions(means_code=undefined, means_text="direct debit", remittance_information="F-1")
    written = f"it is written as code {undefined} with the words “direct debit”."
    assert losses == [f"Payment by direct debit (code {code}) lacks a mandate; {written}"]


@pytest.mark.parametrize("code", ["30", "58"])
def test_a_transfer_to_no_account_becomes_words(code: str) -> None:
    found, losses = outcome("BE", PaymentInstructions(means_code=code, means_text="by bank"))
    assert (found.means_code, found.means_text) == ("1", "by bank")
    assert "lacks an account" in losses[0]


@pytest.mark.parametrize(
    "means",
    [
        PaymentInstructions(means_code="30", credit_transfer=ACCOUNT),
        PaymentInstructions(means_code="49", direct_debit=DirectDebit(mandate="M-7")),
        PaymentInstructions(means_code="30", credit_transfer=ACCOUNT, card=CARD, direct_debit=WHOLE),
        PaymentInstructions(means_code="48"),
    ],
)
def test_what_has_what_its_code_demands_stays_as_it_is(means: PaymentInstructions) -> None:
    assert outcome("BE", means) == (means, [])


@pytest.mark.parametrize(
    ("means", "code", "left_out"),
    [
        (PaymentInstructions(means_code="30", credit_transfer=ACCOUNT, card=CARD), "30", ["1234"]),
        (PaymentInstructions(means_code="58", credit_transfer=ACCOUNT, direct_debit=WHOLE), "58", ["M-7", "DE75"]),
        (PaymentInstructions(means_code="59", credit_transfer=ACCOUNT, direct_debit=WHOLE), "59", ["DE75"]),
        (PaymentInstructions(means_code="48", credit_transfer=ACCOUNT, card=CARD), "48", ["DE75"]),
        (PaymentInstructions(means_code="48"), "1", []),
        (PaymentInstructions(means_code="59", direct_debit=DirectDebit(mandate="M-7")), "1", ["M-7"]),
        (PaymentInstructions(means_code="97", direct_debit=DirectDebit(mandate="M-7")), "97", ["M-7"]),
    ],
)
def test_between_germans_a_code_has_its_own_group_alone(
    means: PaymentInstructions, code: str, left_out: list[str]
) -> None:
    found, losses = outcome("DE", means)
    assert found.means_code == code
    named = [loss for loss in losses if "has no place beside" in loss]
    assert [number in loss for number, loss in zip(left_out, named, strict=True)] == [True] * len(left_out)


def test_the_creditor_of_a_direct_debit_that_goes_stays_with_the_seller() -> None:
    debit = DirectDebit(creditor="DE98ZZZ09999999999", debited_account="DE75512108001245126199")
    found, _ = outcome("DE", PaymentInstructions(means_code="59", direct_debit=debit))
    assert found.direct_debit == DirectDebit(creditor="DE98ZZZ09999999999")


def test_no_payment_at_all_stays_none() -> None:
    invoice = plain(payment_instructions=())
    assert payment(invoice, []) is invoice
