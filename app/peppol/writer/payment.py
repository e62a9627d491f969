"""Payment: BG-16 … BG-19, BT-20."""

from datetime import date

from msgspec.structs import replace

from app.peppol.invoice import CreditTransfer, DirectDebit, Invoice, PaymentCard, PaymentInstructions
from app.peppol.writer.xml import attribute, day, group, text

# UBL requires a card network, EN 16931 has none (Peppol BIS Billing 3.0, card account)
NO_NETWORK = "NA"


def payment(invoice: Invoice, *, due_date: date | None) -> str:
    """Return the payment means, with the due date of a credit note, and the terms."""
    means = "".join([_means(instruction, due_date=due_date) for instruction in invoice.payment_instructions[:1]])
    for further in invoice.payment_instructions[1:]:  # text and due date occur once (UBL-SR-45, UBL-SR-46)
        means += _means(replace(further, means_text=None), due_date=None)
    return means + group("PaymentTerms", text("Note", invoice.payment_terms))  # BT-20


def _means(instruction: PaymentInstructions, *, due_date: date | None) -> str:
    return group(
        "PaymentMeans",
        text("PaymentMeansCode", instruction.means_code, attribute("name", instruction.means_text))  # BT-81, BT-82
        + day("PaymentDueDate", due_date)  # BT-9 of a credit note
        + text("PaymentID", instruction.remittance_information)  # BT-83
        + (_card(instruction.card) if instruction.card else "")  # BG-18
        + (_account(instruction.credit_transfer) if instruction.credit_transfer else "")  # BG-17
        + (_mandate(instruction.direct_debit) if instruction.direct_debit else ""),  # BG-19
    )


def _card(card: PaymentCard) -> str:
    return group(
        "CardAccount",
        text("PrimaryAccountNumberID", card.number)  # BT-87
        + text("NetworkID", NO_NETWORK)
        + text("HolderName", card.holder),  # BT-88
    )


def _account(transfer: CreditTransfer) -> str:
    return group(
        "PayeeFinancialAccount",
        text("ID", transfer.account)  # BT-84
        + text("Name", transfer.account_name)  # BT-85
        + group("FinancialInstitutionBranch", text("ID", transfer.provider)),  # BT-86
    )


def _mandate(debit: DirectDebit) -> str:
    payer = group("PayerFinancialAccount", text("ID", debit.debited_account))  # BT-91
    return group("PaymentMandate", text("ID", debit.mandate) + payer)  # BT-89
