"""Payment: BG-16 to BG-19, BT-9."""

from datetime import date

from msgspec.structs import replace

from app.peppol.invoice import CreditTransfer, DirectDebit, PaymentCard, PaymentInstructions
from app.peppol.readers.discount import in_words
from app.peppol.readers.source import Source
from app.peppol.readers.ubl.parties import CREDITOR_SCHEME
from app.peppol.writer.payment import NO_NETWORK

_NO_NETWORKS = frozenset({NO_NETWORK, "mapped-from-cii"})  # placeholders, since UBL requires a card network
_DIRECT_DEBIT_CODES = frozenset({"49", "59"})  # UNCL 4461
_DUE_DATES = ("DueDate", "PaymentMeans/PaymentDueDate", "PaymentTerms/PaymentDueDate")


def due_date(source: Source) -> date | None:
    """Return BT-9 from any of its places; a second, different date stays unread."""
    elements = [element for path in _DUE_DATES for element in source.all(path) if element.value]
    if not elements:
        return None
    for element in elements[1:]:
        if element.value == elements[0].value:
            element.text()
    return elements[0].day("")


def terms(source: Source) -> str | None:
    """Return BT-20, with the percentage of a discount for early payment in words."""
    offered = [element.number("") for element in source.all("PaymentTerms/SettlementDiscountPercent")]
    return in_words(source.texts("PaymentTerms/Note"), offered=offered)


def instructions(source: Source) -> tuple[PaymentInstructions, ...]:
    """Return BG-16, one for each payment means, with the creditor identifier (BT-90) if a debit is agreed."""
    means = [element for element in source.all("PaymentMeans") if not element.is_empty]
    return _with_creditor(tuple(_instruction(element) for element in means), creditor=_creditor(source, means=means))


def _instruction(element: Source) -> PaymentInstructions:
    code = element.one("PaymentMeansCode")
    return PaymentInstructions(
        means_code=code.code("") or "",
        means_text=code.attribute("name") or element.texts("InstructionNote"),
        remittance_information=element.bare("PaymentID") or element.bare("InstructionID"),
        credit_transfer=_transfer(element.one("PayeeFinancialAccount")),
        card=_card(element.one("CardAccount")),
        direct_debit=_debit(element),
    )


def _transfer(account: Source) -> CreditTransfer | None:
    branch = account.one("FinancialInstitutionBranch")
    found = CreditTransfer(
        account=account.bare("ID") or "",
        account_name=account.text("Name"),
        provider=branch.bare("ID") or branch.bare("FinancialInstitution/ID"),
    )
    return None if found == CreditTransfer() else found


def _card(account: Source) -> PaymentCard | None:
    if account.peek("NetworkID") in _NO_NETWORKS:
        account.drop("NetworkID")
    found = PaymentCard(number=account.bare("PrimaryAccountNumberID") or "", holder=account.text("HolderName"))
    return None if found == PaymentCard() else found


def _debit(element: Source) -> DirectDebit | None:
    found = DirectDebit(
        mandate=element.bare("PaymentMandate/ID"),
        debited_account=element.bare("PaymentMandate/PayerFinancialAccount/ID")
        or element.bare("PayerFinancialAccount/ID"),
    )
    return None if found == DirectDebit() else found


def _creditor(source: Source, *, means: list[Source]) -> str | None:
    """Return BT-90: the SEPA identifier of the payee or else the seller, if payment means can hold it."""
    places = ("PayeeParty/PartyIdentification/ID", "AccountingSupplierParty/Party/PartyIdentification/ID")
    found = [element for path in places for element in source.all(path) if _is_creditor(element)]
    return found[0].bare("") if found and means else None


def _is_creditor(element: Source) -> bool:
    return element.attributes.get("schemeID") == CREDITOR_SCHEME and bool(element.value)


def _with_creditor(found: tuple[PaymentInstructions, ...], *, creditor: str | None) -> tuple[PaymentInstructions, ...]:
    if creditor is None:
        return found
    debits = [item for item in found if item.direct_debit]
    debits = debits or [item for item in found if item.means_code in _DIRECT_DEBIT_CODES] or list(found[:1])
    return tuple(_with(item, creditor=creditor) if item in debits else item for item in found)


def _with(item: PaymentInstructions, *, creditor: str) -> PaymentInstructions:
    return replace(item, direct_debit=replace(item.direct_debit or DirectDebit(), creditor=creditor))
