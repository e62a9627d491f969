"""Read Banqup's payment means as payment instructions (BG-16)."""

from app.banqup.assumptions import PaymentMeans
from app.peppol.invoice import CreditTransfer, DirectDebit, PaymentCard, PaymentInstructions

# UNCL 4461 by the words that stand for it
CODES = {
    "CREDIT_TRANSFER": "30",
    "TRANSFER": "30",
    "BANK_TRANSFER": "30",
    "SEPA": "58",
    "SEPA_CREDIT_TRANSFER": "58",
    "DIRECT_DEBIT": "49",
    "SEPA_DIRECT_DEBIT": "59",
    "CARD": "48",
    "BANK_CARD": "48",
    "CREDIT_CARD": "54",
    "DEBIT_CARD": "55",
    "CASH": "10",
    "CHEQUE": "20",
    "ONLINE": "68",
}
UNDEFINED = "1"
_SHOWN_DIGITS = 4  # of a card number


def instructions(means: PaymentMeans, *, losses: list[str]) -> PaymentInstructions:
    """Return one way to pay."""
    losses += _without_place(means)
    return PaymentInstructions(
        means_code=_code(means),
        means_text=means.name,
        remittance_information=means.payment_reference,
        credit_transfer=_transfer(means),
        card=_card(means),
        direct_debit=_direct_debit(means),
    )


def _without_place(means: PaymentMeans) -> list[str]:
    """Return sentences for what belongs to an account or a card that is not named, and for a whole card number."""
    found = []
    if not means.iban:
        found += [f"The bank {means.bic} has no place without an account."] if means.bic else []
        found += (
            [f"The account holder {means.account_name} has no place without an account."] if means.account_name else []
        )
    if means.card_holder and not means.card_number:
        found.append(f"The card holder {means.card_holder} has no place without a card number.")
    if means.card_number and len(_digits(means.card_number)) > _SHOWN_DIGITS:
        found.append(f"Of the card number only the last digits are written: {_last_digits(means.card_number)}.")
    return found


def _code(means: PaymentMeans) -> str:
    """Return BT-81: as given, else by what the source says about the way to pay."""
    if means.code:
        word = means.code.strip().upper().replace("-", "_").replace(" ", "_")
        return CODES.get(word, means.code.strip())
    if means.mandate_id:
        return "59"
    if means.card_number:
        return "48"
    return "30" if means.iban else UNDEFINED


def _transfer(means: PaymentMeans) -> CreditTransfer | None:
    if not means.iban:
        return None
    return CreditTransfer(account=_compact(means.iban), account_name=means.account_name, provider=means.bic)


def _card(means: PaymentMeans) -> PaymentCard | None:
    return PaymentCard(number=_last_digits(means.card_number), holder=means.card_holder) if means.card_number else None


def _direct_debit(means: PaymentMeans) -> DirectDebit | None:
    if not (means.mandate_id or means.creditor_id or means.debtor_iban):
        return None
    debited = _compact(means.debtor_iban) if means.debtor_iban else None
    return DirectDebit(mandate=means.mandate_id, creditor=means.creditor_id, debited_account=debited)


def _compact(iban: str) -> str:
    return "".join(iban.split()).upper()


def _last_digits(number: str) -> str:
    """Return BT-87: at most the last four digits, as card security demands."""
    return _digits(number)[-_SHOWN_DIGITS:]


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())
