"""Settle the payment instructions (BG-16): one way to pay, with a code that national rules accept."""

from dataclasses import dataclass

from msgspec.structs import replace

from app.convert.countries import country_of, domestic, ruling
from app.peppol import codes, identifiers
from app.peppol.invoice import Invoice, PaymentInstructions

_TRANSFER, _SEPA, _TO_ACCOUNT, _CARD, _DEBIT, _AGREED, _UNDEFINED = "30", "58", "42", "48", "59", "57", "1"  # UNCL 4461
_WORDS = {
    "1": "not defined",
    "10": "cash",
    "20": "cheque",
    "30": "credit transfer",
    "31": "debit transfer",
    "42": "payment to a bank account",
    "68": "online payment",
    "97": "clearing between partners",
}


@dataclass(frozen=True, slots=True)
class _Country:
    """The payment codes that a country accepts between its own parties."""

    adjective: str
    codes: frozenset[str]


_COUNTRIES = {
    "DK": _Country("Danish", frozenset({"1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97"})),  # DK-R-005
    "NL": _Country("Dutch", frozenset({"30", "48", "49", "57", "58", "59"})),  # NL-R-008
}


def paid_one_way(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with one way to pay, which national rules accept."""
    for step in (
        _with_known_codes,
        _with_canonical_references,
        _with_one_way,
        _with_accepted_codes,
        _with_some_way,
        _with_place_for_due_date,
    ):
        invoice = step(invoice, losses)
    return invoice


def _with_known_codes(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with payment codes of the list (BR-CL-16): a transfer to the account, else undefined."""
    if all(means.means_code in codes.PAYMENT_MEANS for means in invoice.payment_instructions):
        return invoice
    found = tuple(_with_known_code(means, losses=losses) for means in invoice.payment_instructions)
    return replace(invoice, payment_instructions=found)


def _with_known_code(means: PaymentInstructions, *, losses: list[str]) -> PaymentInstructions:
    before = means.means_code
    if before in codes.PAYMENT_MEANS:
        return means
    code = _TRANSFER if means.credit_transfer and means.credit_transfer.account else _UNDEFINED
    said = f"The payment means {before} is unknown" if before else "The payment means code is missing"
    losses.append(f"{said}; {code} is written.")
    return replace(means, means_code=code, means_text=means.means_text or before or None)


def _with_canonical_references(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return Belgian structured communications (BT-83) in their canonical form.

    Outside Belgium, twelve digits with such check digits are another reference. A communication with wrong check digits
    stays as it is; the rules warn of it.
    """
    if not any(means.remittance_information for means in invoice.payment_instructions):
        return invoice
    if not _is_paid_in_belgium(invoice):
        return invoice
    found = tuple(_with_canonical_reference(means, losses=losses) for means in invoice.payment_instructions)
    return replace(invoice, payment_instructions=found)


def _is_paid_in_belgium(invoice: Invoice) -> bool:
    transfers = (means.credit_transfer for means in invoice.payment_instructions)
    accounts = [transfer.account for transfer in transfers if transfer and transfer.account]
    if accounts:
        return any(account.upper().startswith("BE") for account in accounts)
    return country_of(invoice.seller) == "BE"


def _with_canonical_reference(means: PaymentInstructions, *, losses: list[str]) -> PaymentInstructions:
    reference = means.remittance_information
    canonical = identifiers.structured_communication(reference) if reference else None
    if canonical is None or canonical == reference or not identifiers.has_right_check_digits(canonical):
        return means
    losses.append(f"The payment reference {reference} is written as {canonical}.")
    return replace(means, remittance_information=canonical)


def _with_one_way(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with every account of one way to pay, and one reference, card and mandate.

    UBL-SR-44, UBL-SR-47, UBL-SR-54, UBL-SR-55.
    """
    if len(invoice.payment_instructions) < 2:
        return invoice
    first = next(filter(_has_details, invoice.payment_instructions), invoice.payment_instructions[0])
    kept = [first]
    for means in invoice.payment_instructions:
        if means is first:
            continue
        if means.means_code != first.means_code:
            losses.append(f"{_described(means)} has no place beside the first one.")
            continue
        kept.append(_beside(means, first=first, losses=losses))
    return replace(invoice, payment_instructions=tuple(dict.fromkeys(kept)))


def _has_details(means: PaymentInstructions) -> bool:
    return bool(means.credit_transfer or means.card or means.direct_debit)


def _beside(means: PaymentInstructions, *, first: PaymentInstructions, losses: list[str]) -> PaymentInstructions:
    """Return a further account without terms that a document has only once."""
    reference = means.remittance_information
    if reference and reference != first.remittance_information:
        account = f" of the account {means.credit_transfer.account}" if means.credit_transfer else ""
        losses.append(f"The payment reference {reference}{account} is left out: a document has only one (BT-83).")
        means = replace(means, remittance_information=first.remittance_information)
    if means.means_text and means.means_text != first.means_text:
        losses.append(
            f"The words “{means.means_text}” for a way to pay are left out: a document has only one text (BT-82)."
        )
    if means.card and means.card != first.card:
        card = _joined(means.card.number, means.card.holder)
        losses.append(f"The card {card} is left out: a document has only one (BG-18).")
    if means.direct_debit and means.direct_debit != first.direct_debit:
        losses.append(f"The {_debit(means)} is left out: a document has only one (BG-19).")
    return replace(means, means_text=first.means_text, card=None, direct_debit=None)


def _described(means: PaymentInstructions) -> str:
    """Return a way to pay in words, with its numbers and names."""
    transfer, card = means.credit_transfer, means.card
    numbers = [
        f"to {_joined(transfer.account, transfer.account_name, transfer.provider)}" if transfer else "",
        f"with {_joined(card.number, card.holder)}" if card else "",
        f"by {_debit(means)}" if means.direct_debit else "",
        f"reference {means.remittance_information}" if means.remittance_information else "",
    ]
    said = ", ".join(number for number in numbers if number)
    return f"The way to pay {means.means_text or means.means_code}{f' ({said})' if said else ''}"


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _debit(means: PaymentInstructions) -> str:
    debit = means.direct_debit
    numbers = (debit.mandate, debit.debited_account, debit.creditor) if debit else ()
    return f"direct debit {', '.join(number for number in numbers if number)}"


def _with_accepted_codes(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with payment codes (BT-81) that the country accepts between its own parties."""
    country = domestic(invoice)
    if country not in _COUNTRIES or (country == "DK" and invoice.is_credit_note):
        return invoice
    found = tuple(_with_accepted_code(means, country=country, losses=losses) for means in invoice.payment_instructions)
    return replace(invoice, payment_instructions=found)


def _with_accepted_code(means: PaymentInstructions, *, country: str, losses: list[str]) -> PaymentInstructions:
    accepted, before = _COUNTRIES[country], means.means_code
    if before in accepted.codes and not _lacks_registration(means, country=country):
        return means
    code = _danish_code(means) if country == "DK" else _dutch_code(means)
    losses.append(f"The payment means {before} is written as {code}, which {accepted.adjective} rules accept.")
    says_less = code in (_AGREED, _UNDEFINED)
    return replace(means, means_code=code, means_text=means.means_text or (_WORDS.get(before) if says_less else None))


def _lacks_registration(means: PaymentInstructions, *, country: str) -> bool:
    """Return whether a Danish transfer lacks the bank's registration number (DK-R-006)."""
    return country == "DK" and means.means_code in ("31", "42") and not _has_bank(means)


def _has_bank(means: PaymentInstructions) -> bool:
    return means.credit_transfer is not None and bool(means.credit_transfer.account and means.credit_transfer.provider)


def _dutch_code(means: PaymentInstructions) -> str:
    if means.credit_transfer and means.credit_transfer.account:
        return _TRANSFER
    if means.card:
        return _CARD
    return _DEBIT if means.direct_debit and means.direct_debit.mandate else _AGREED


def _danish_code(means: PaymentInstructions) -> str:
    if _has_bank(means):
        return _TO_ACCOUNT
    account = means.credit_transfer.account if means.credit_transfer else ""
    if identifiers.is_iban(account):
        return _SEPA
    return _CARD if means.card else _UNDEFINED


def _with_some_way(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with an undefined way to pay if national rules demand one (DE-R-001, NL-R-007)."""
    if invoice.payment_instructions or not _is_way_demanded(invoice):
        return invoice
    code = _AGREED if domestic(invoice) == "NL" else _UNDEFINED  # NL-R-008
    losses.append(f"No payment means are given; code {code} (“{_WORDS[_UNDEFINED]}”) is written.")
    return replace(invoice, payment_instructions=(PaymentInstructions(means_code=code, means_text=_WORDS[_UNDEFINED]),))


def _is_way_demanded(invoice: Invoice) -> bool:
    due = invoice.totals.payable or 0
    is_owed = due < 0 if invoice.is_credit_note else due > 0
    return domestic(invoice) == "DE" or (ruling(invoice) == "NL" and is_owed)


def _with_place_for_due_date(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return a credit note with payment means to hold its due date, unless Dutch rules forbid undefined ones."""
    if not invoice.is_credit_note or invoice.due_date is None or invoice.payment_instructions:
        return invoice
    if domestic(invoice) == "NL":  # NL-R-008
        losses.append(
            f"The due date {invoice.due_date.isoformat()} of the credit note has no place without payment means."
        )
        return invoice
    return replace(invoice, payment_instructions=(PaymentInstructions(means_code=_UNDEFINED),))
