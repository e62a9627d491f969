"""Iceland (IS-R-001 to IS-R-010): sellers with an Icelandic address."""

from app.peppol.findings import brief
from app.peppol.rules.document import BUYER, SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import day, squeeze

_COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"


def _from_iceland(document: Document) -> bool:
    return document.value(f"{SELLER}/{_COUNTRY}") == "IS"


def _to_iceland(document: Document) -> bool:
    return document.value(f"{BUYER}/{_COUNTRY}") == "IS"


RULES = Rules(when=_from_iceland)


@RULES.on("/")
def seller(root: Node, document: Document) -> None:
    """IS-R-001 (type), IS-R-002 (kennitala), IS-R-003 (address)."""
    code = squeeze(root.value("cbc:CreditNoteTypeCode" if document.is_credit_note else "cbc:InvoiceTypeCode"))
    if code not in {"380", "381"}:
        document.warn(
            "IS-R-001", root, f"An Icelandic seller should use type code 380 or 381, not {brief(code) or 'none'}."
        )
    if not _has_kennitala(document, SELLER):
        message = "An Icelandic seller needs its kennitala as registration number (BT-30), scheme 0196."
        document.report("IS-R-002", root, message, child=f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID")
    if not _has_address(document, SELLER):
        message = "An Icelandic seller's address needs a street (BT-35) and a post code (BT-38)."
        document.report("IS-R-003", root, message, child=f"{SELLER}/cac:PostalAddress")


def _has_kennitala(document: Document, party: str) -> bool:
    numbers = document.at(f"{party}/cac:PartyLegalEntity/cbc:CompanyID")
    return any(number.get("schemeID") == "0196" for number in numbers)


def _has_address(document: Document, party: str) -> bool:
    return all(document.at(f"{party}/cac:PostalAddress/{name}") for name in ("cbc:StreetName", "cbc:PostalZone"))


@RULES.on("/cac:AccountingCustomerParty")
def buyer(party: Node, document: Document) -> None:
    """IS-R-004, IS-R-005."""
    if not _to_iceland(document):
        return
    if not _has_kennitala(document, BUYER):
        message = "An Icelandic buyer needs its kennitala as registration number (BT-47), scheme 0196."
        document.report("IS-R-004", party, message, child="cac:Party/cac:PartyLegalEntity/cbc:CompanyID")
    if not _has_address(document, BUYER):
        message = "An Icelandic buyer's address needs a street (BT-50) and a post code (BT-53)."
        document.report("IS-R-005", party, message, child="cac:Party/cac:PostalAddress")


@RULES.on("/")
def accounts(root: Node, document: Document) -> None:
    """IS-R-006 for claims (code 9), IS-R-007 for transfers (code 42)."""
    for rule, code in (("IS-R-006", "9"), ("IS-R-007", "42")):
        means = [each for each in root.children("cac:PaymentMeans") if each.value("cbc:PaymentMeansCode") == code]
        numbers = [account.text for each in means for account in each.all("cac:PayeeFinancialAccount/cbc:ID")]
        if means and (not numbers or len(squeeze(numbers[0])) != 12):
            found = numbers[0] if numbers else "nothing"
            message = f"In Iceland, payment means {code} needs an account of twelve digits (BT-84), not {found}."
            document.report(rule, root, message, child="cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID")


@RULES.on("/")
def final_due_date(root: Node, document: Document) -> None:
    """IS-R-008 to IS-R-010: the EINDAGI, a supporting document."""
    references = [
        reference
        for reference in root.children("cac:AdditionalDocumentReference")
        if any(text.text == "EINDAGI" for text in reference.children("cbc:DocumentDescription"))
    ]
    if not references:
        return
    final, due = references[0].value("cbc:ID"), root.value("cbc:DueDate")
    for rule, right, message in (
        (
            "IS-R-008",
            len(final) == 10 and day(final) is not None,
            f"The EINDAGI {final} is not a date, such as 2026-05-31.",
        ),
        ("IS-R-009", "cbc:DueDate" in root.kids, "An invoice with an EINDAGI needs a due date (BT-9)."),
        ("IS-R-010", bool(due) and due <= final, f"The EINDAGI {final} must not be before the due date {due}."),
    ):
        if not right:
            document.report(rule, root, message, child="cbc:DueDate")
