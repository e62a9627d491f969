"""Payment instructions (BG-16): account numbers in their one notation; `app.convert.paying` settles the codes."""

import re

from msgspec.structs import replace

from app.peppol.invoice import CreditTransfer, Invoice, PaymentInstructions

_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[A-Za-z0-9]{11,30}")


def payment(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with each IBAN in capitals, and IBAN and BIC without blanks."""
    return replace(invoice, payment_instructions=tuple(_compact(means) for means in invoice.payment_instructions))


def _compact(means: PaymentInstructions) -> PaymentInstructions:
    transfer = means.credit_transfer
    return means if transfer is None else replace(means, credit_transfer=_transfer(transfer))


def _transfer(transfer: CreditTransfer) -> CreditTransfer:
    compact = "".join(transfer.account.split())
    account = compact.upper() if _IBAN.fullmatch(compact) else transfer.account
    return replace(transfer, account=account, provider="".join((transfer.provider or "").split()) or None)
