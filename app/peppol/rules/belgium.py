"""Belgium: our own rule on the structured communication (OGM/VCS), which no official rule checks."""

from app.peppol.findings import brief
from app.peppol.identifiers import has_right_check_digits, structured_communication
from app.peppol.rules.document import SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node

RULES = Rules()
_ACCOUNT = "cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID"


def _is_paid_in_belgium(document: Document) -> bool:
    """Return whether the account, else the seller, is Belgian: elsewhere such digits are another reference."""
    accounts = [account.text.strip().upper() for account in document.at(_ACCOUNT)]
    if accounts:
        return any(account.startswith("BE") for account in accounts)
    return document.country_at(SELLER) == "BE"


@RULES.on("/cac:PaymentMeans/cbc:PaymentID")
def structured_communications(payment: Node, document: Document) -> None:
    """BE-OGM-01 (check digits), BE-OGM-02 (notation); warnings, since the document stays valid."""
    canonical = structured_communication(payment.text)
    if canonical is None or not _is_paid_in_belgium(document):
        return
    found = brief(payment.text)
    if not has_right_check_digits(canonical):
        ten = "".join(filter(str.isdecimal, canonical))[:10]
        right = f"{int(ten) % 97 or 97:02}"
        message = f"The structured communication {found} has wrong check digits; after {ten} they must be {right}."
        document.warn("BE-OGM-01", payment, message)
    elif payment.text != canonical:
        document.warn("BE-OGM-02", payment, f"Write the structured communication {found} as {canonical}.")
