"""Payment: BG-16 to BG-19, BT-9."""

from datetime import date

from msgspec.structs import replace

from app.peppol.invoice import CreditTransfer, DirectDebit, PaymentCard, PaymentInstructions
from app.peppol.readers.cii.dates import day
from app.peppol.readers.discount import in_words
from app.peppol.readers.source import Source

_DIRECT_DEBIT_CODES = frozenset({"49", "59"})  # UNCL 4461


def terms(settlement: Source) -> str | None:
    """Return BT-20, with the percentage of a discount for early payment in words."""
    groups = settlement.all("SpecifiedTradePaymentTerms/ApplicableTradePaymentDiscountTerms")
    offered = [group.number("CalculationPercent") for group in groups]
    return in_words(settlement.texts("SpecifiedTradePaymentTerms/Description"), offered=offered)


def due_date(settlement: Source) -> date | None:
    """Return BT-9; a second date stays unread."""
    terms = [group for group in settlement.all("SpecifiedTradePaymentTerms") if group.all("DueDateDateTime")]
    return day(terms[0], "DueDateDateTime") if terms else None


def instructions(settlement: Source) -> tuple[PaymentInstructions, ...]:
    """Return BG-16; CII states remittance information (BT-83), mandate (BT-89) and creditor (BT-90) once."""
    means = [group for group in settlement.all("SpecifiedTradeSettlementPaymentMeans") if not group.is_empty]
    remittance = settlement.text("PaymentReference")
    debit = DirectDebit(mandate=_mandate(settlement), creditor=settlement.bare("CreditorReferenceID"))
    if not means and (remittance or debit != DirectDebit()):
        means = [settlement.one("SpecifiedTradeSettlementPaymentMeans")]  # to hold them
    found = tuple(_instruction(group, remittance=remittance) for group in means)
    return found if debit == DirectDebit() else _with_debit(found, debit=debit)


def _mandate(settlement: Source) -> str | None:
    return next((element.text() for element in settlement.all("SpecifiedTradePaymentTerms/DirectDebitMandateID")), None)


def _instruction(group: Source, *, remittance: str | None) -> PaymentInstructions:
    debited = group.bare("PayerPartyDebtorFinancialAccount/IBANID")
    return PaymentInstructions(
        means_code=group.code("TypeCode") or "",
        means_text=group.texts("Information"),
        remittance_information=remittance,
        credit_transfer=_transfer(group),
        card=_card(group.one("ApplicableTradeSettlementFinancialCard")),
        direct_debit=DirectDebit(debited_account=debited) if debited else None,
    )


def _transfer(group: Source) -> CreditTransfer | None:
    account = group.one("PayeePartyCreditorFinancialAccount")
    found = CreditTransfer(
        account=account.bare("IBANID") or account.bare("ProprietaryID") or "",
        account_name=account.text("AccountName"),
        provider=group.bare("PayeeSpecifiedCreditorFinancialInstitution/BICID"),
    )
    return None if found == CreditTransfer() else found


def _card(card: Source) -> PaymentCard | None:
    found = PaymentCard(number=card.bare("ID") or "", holder=card.text("CardholderName"))
    return None if found == PaymentCard() else found


def _with_debit(found: tuple[PaymentInstructions, ...], *, debit: DirectDebit) -> tuple[PaymentInstructions, ...]:
    """Add mandate and creditor to the means that debit an account, else to the first."""
    debits = [item for item in found if item.direct_debit or item.means_code in _DIRECT_DEBIT_CODES] or list(found[:1])
    return tuple(_with(item, debit=debit) if item in debits else item for item in found)


def _with(item: PaymentInstructions, *, debit: DirectDebit) -> PaymentInstructions:
    account = item.direct_debit.debited_account if item.direct_debit else None
    return replace(item, direct_debit=replace(debit, debited_account=account))
