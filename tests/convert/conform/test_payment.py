"""How means and terms of payment become those of Peppol."""

import pytest

from app.peppol.invoice import CreditTransfer, PaymentInstructions
from tests.convert.conforming import conformed
from tests.peppol.documents import plain


@pytest.mark.parametrize(
    ("code", "account", "written"),
    [
        ("58", "BE68539007547034", "58"),
        ("", "BE68539007547034", "30"),
        ("30", "", "1"),
        ("XYZ", "", "1"),
        ("48", "", "48"),
    ],
)
def test_a_payment_means_is_of_the_list_and_a_transfer_has_an_account(code: str, account: str, written: str) -> None:
    transfer = CreditTransfer(account=account) if account else None
    found, losses = conformed(
        plain(payment_instructions=(PaymentInstructions(means_code=code, credit_transfer=transfer),))
    )
    assert found.payment_instructions[0].means_code == written
    assert len(losses) == (bool(code) and code != written)


def test_an_account_number_has_no_blanks() -> None:
    transfer = CreditTransfer(account="be68 5390 0754 7034", provider="GKCC BEBB")
    found, _ = conformed(plain(payment_instructions=(PaymentInstructions(means_code="30", credit_transfer=transfer),)))
    assert found.payment_instructions[0].credit_transfer == CreditTransfer(
        account="BE68539007547034", provider="GKCCBEBB"
    )
