"""How account numbers are written."""

from app.peppol.invoice import CreditTransfer, PaymentInstructions
from tests.convert.conforming import conformed
from tests.peppol.documents import plain


def test_an_account_number_has_no_blanks() -> None:
    transfer = CreditTransfer(account="be68 5390 0754 7034", provider="GKCC BEBB")
    found, _ = conformed(plain(payment_instructions=(PaymentInstructions(means_code="30", credit_transfer=transfer),)))
    assert found.payment_instructions[0].credit_transfer == CreditTransfer(
        account="BE68539007547034", provider="GKCCBEBB"
    )
