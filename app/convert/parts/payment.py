"""Payment means that lack what their code requires, or hold more (BR-61, PEPPOL-EN16931-R061, DE-R-023 to DE-R-031).

They get a code that requires nothing, and the former one in words (BT-82).
"""

from msgspec.structs import replace

from app.convert.conform.document import is_german
from app.peppol.invoice import DirectDebit, Invoice, Party, PaymentInstructions

# UNCL 4461
_TRANSFERS, _CARDS, _DEBITS = frozenset({"30", "58"}), frozenset({"48", "54", "55"}), frozenset({"49", "59"})
_UNDEFINED = "1"
_AGREED = "57"  # requires nothing either, and Dutch rules accept it (NL-R-008)
_WORDS = {
    **dict.fromkeys(_TRANSFERS, "credit transfer"),
    **dict.fromkeys(_CARDS, "card"),
    **dict.fromkeys(_DEBITS, "direct debit"),
}


def payment(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return BG-16, each with what its code requires or with a code that requires nothing."""
    if not invoice.payment_instructions:
        return invoice
    german = is_german(invoice.seller) and is_german(invoice.buyer)
    undefined = _AGREED if _is_dutch(invoice.seller) and _is_dutch(invoice.buyer) else _UNDEFINED
    fitting = [
        _fitting(means, undefined=undefined, german=german, losses=losses) for means in invoice.payment_instructions
    ]
    if german:
        fitting = [_in_german_form(means, losses=losses) for means in fitting]
    return replace(invoice, payment_instructions=tuple(fitting))


def _fitting(means: PaymentInstructions, *, undefined: str, german: bool, losses: list[str]) -> PaymentInstructions:
    missing = _missing(means, german=german)
    if missing is None:
        return means
    way = _WORDS[means.means_code]
    words = means.means_text or way
    losses.append(
        f"Payment by {way} (code {means.means_code}) lacks {missing}; "
        f"it is written as code {undefined} with the words “{words}”."
    )
    return replace(means, means_code=undefined, means_text=words)


def _missing(means: PaymentInstructions, *, german: bool) -> str | None:
    """Return what the code requires and the document lacks."""
    code, debit = means.means_code, means.direct_debit
    if code in _TRANSFERS:
        return None if means.credit_transfer and means.credit_transfer.account else "an account"
    if code in _DEBITS and not (debit and debit.mandate):
        return "a mandate"
    if german and code in _CARDS and means.card is None:
        return "a card number"
    return "the creditor or the debited account" if german and code in _DEBITS and not _is_whole(debit) else None


def _is_whole(debit: DirectDebit | None) -> bool:
    return debit is not None and None not in (debit.mandate, debit.creditor, debit.debited_account)


def _in_german_form(means: PaymentInstructions, *, losses: list[str]) -> PaymentInstructions:
    """Between German parties, a code excludes the groups of other codes, and a direct debit is complete or absent."""
    found = means
    if means.means_code in _CARDS | {"59"} and means.credit_transfer:
        found = replace(found, credit_transfer=None)
        transfer = means.credit_transfer
        number = _joined(transfer.account, transfer.account_name, transfer.provider)
        losses.append(_no_place(f"The account {number}", code=means.means_code))
    if means.means_code in _TRANSFERS | {"59"} and means.card:
        found = replace(found, card=None)
        losses.append(_no_place(f"The card {_joined(means.card.number, means.card.holder)}", code=means.means_code))
    if means.means_code in _TRANSFERS | _CARDS or not _is_whole(means.direct_debit):
        found = replace(found, direct_debit=_creditor_alone(means, losses=losses))
    return found


def _creditor_alone(means: PaymentInstructions, *, losses: list[str]) -> DirectDebit | None:
    """Return the direct debit with nothing but the creditor, which UBL writes with the seller."""
    debit = means.direct_debit
    if debit is None:
        return None
    named = (("mandate", debit.mandate), ("debited account", debit.debited_account))
    losses += [_no_place(f"The {what} {number}", code=means.means_code) for what, number in named if number]
    return DirectDebit(creditor=debit.creditor)


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _no_place(what: str, *, code: str) -> str:
    return f"{what} has no place beside payment by code {code} between German parties."


def _is_dutch(party: Party) -> bool:
    return party.address is not None and party.address.country.upper() == "NL"
