"""How the document is paid: codes and account numbers."""

import re

from msgspec.structs import replace

from app.peppol import codes
from app.peppol.invoice import CreditTransfer, Invoice, PaymentInstructions

_TRANSFERS = frozenset({"30", "58"})  # UNCL 4461; they need an account (BR-61)
_TRANSFER, _UNDEFINED = "30", "1"
_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}")


def payment(invoice: Invoice, losses: list[str]) -> Invoice:
    """BG-16 with codes of the list and accounts without blanks."""
    return replace(
        invoice,
        payment_instructions=tuple(_instruction(means, losses=losses) for means in invoice.payment_instructions),
    )


def _instruction(means: PaymentInstructions, *, losses: list[str]) -> PaymentInstructions:
    transfer = _transfer(means.credit_transfer)
    return replace(means, means_code=_code(means, transfer=transfer, losses=losses), credit_transfer=transfer)


def _code(means: PaymentInstructions, *, transfer: CreditTransfer | None, losses: list[str]) -> str:
    """BT-81 (BR-CL-16); a transfer to no account is an undefined instrument."""
    has_account = transfer is not None and bool(transfer.account)
    known = means.means_code in codes.PAYMENT_MEANS
    if known and (has_account or means.means_code not in _TRANSFERS):
        return means.means_code
    code = _TRANSFER if has_account else _UNDEFINED
    if means.means_code:
        losses.append(
            f"The payment means {means.means_code} is written as {code}: it is not known or lacks an account."
        )
    return code


def _transfer(transfer: CreditTransfer | None) -> CreditTransfer | None:
    if transfer is None:
        return None
    compact = "".join(transfer.account.split())
    account = compact.upper() if _IBAN.fullmatch(compact) else transfer.account
    return replace(transfer, account=account, provider="".join((transfer.provider or "").split()) or None)
