"""Denmark (DK-R-002 to DK-R-017): sellers with a Danish address; most rules also require a Danish buyer."""

import re

from app.peppol.findings import brief
from app.peppol.rules.document import BUYER, LINES, SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import filled, floating, quoted, sign, squeeze

_COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
_COMPANY = "cac:PartyLegalEntity/cbc:CompanyID"
_ACCOUNT = "cac:PayeeFinancialAccount/cbc:ID"
_MEANS = frozenset({"1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97"})
_UNSPSC = frozenset({"19.05.01", "19.0501", "26.08.01", "26.0801"})


def _from_denmark(document: Document) -> bool:
    return document.value(f"{SELLER}/{_COUNTRY}") == "DK"


def _to_denmark(document: Document) -> bool:
    return document.value(f"{BUYER}/{_COUNTRY}") == "DK"


RULES = Rules(when=_from_denmark)


@RULES.on("/")
def seller(root: Node, document: Document) -> None:
    """DK-R-002, DK-R-014 (the CVR number), DK-R-016 (the sign of a credit note)."""
    numbers = document.at(f"{SELLER}/{_COMPANY}")
    if not numbers or not filled(numbers[0].text):
        message = "The Danish seller's CVR number (BT-30) is missing."
        document.report("DK-R-002", root, message, child=f"{SELLER}/{_COMPANY}")
    if numbers and squeeze(numbers[0].get("schemeID")) != "0184":
        message = f"The Danish seller's CVR number (BT-30) needs scheme 0184, not {quoted(numbers[0].get('schemeID'))}."
        document.report("DK-R-014", root, message, child=f"{SELLER}/{_COMPANY}")
    due = document.value("cac:LegalMonetaryTotal/cbc:PayableAmount")
    if document.is_credit_note and sign(due) == -1 and _to_denmark(document):
        message = f"The amount due of a Danish credit note is {brief(due)}; it must not be negative."
        document.report("DK-R-016", root, message, child="cac:LegalMonetaryTotal/cbc:PayableAmount")


@RULES.on(f"/{SELLER}/cac:PartyIdentification", f"/{BUYER}/cac:PartyIdentification")
def identifiers_have_a_scheme(identification: Node, document: Document) -> None:
    """DK-R-013."""
    number = identification.kids.get("cbc:ID")
    if number is not None and not filled(number.get("schemeID")) and _to_denmark(document):
        message = f"Between Danish parties, the identifier {quoted(number.text)} needs a scheme."
        document.report("DK-R-013", identification, message, child="cbc:ID")


@RULES.on(f"/{BUYER}")
def buyer(party: Node, document: Document) -> None:
    """DK-R-017."""
    number = party.first(_COMPANY)
    if number is not None and squeeze(number.get("schemeID")) != "0184" and _to_denmark(document):
        message = f"The Danish buyer's CVR number (BT-47) needs scheme 0184, not {quoted(number.get('schemeID'))}."
        document.report("DK-R-017", party, message, child=_COMPANY)


@RULES.on("/cac:PaymentMeans")
def payment_means(means: Node, document: Document) -> None:
    """DK-R-005 to DK-R-011."""
    if document.is_credit_note or not _to_denmark(document):
        return
    code = means.value("cbc:PaymentMeansCode")
    if code not in _MEANS:
        message = (
            f"Between Danish parties, use payment means 1, 10, 31, 42, 48, 49, 50, 58, 59, 93 or 97, not {brief(code)}."
        )
        document.report("DK-R-005", means, message, child="cbc:PaymentMeansCode")
    if code in {"31", "42"} and not (
        filled(means.value(_ACCOUNT))
        and filled(means.value("cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"))
    ):
        message = f"In Denmark, payment means {code} needs an account (BT-84) and its registration number (BT-86)."
        document.report("DK-R-006", means, message, child=_ACCOUNT)
    if code == "49" and not (
        filled(means.value("cac:PaymentMandate/cbc:ID"))
        and filled(means.value("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"))
    ):
        message = "In Denmark, direct debit needs the mandate reference (BT-89) and the debited account (BT-91)."
        document.report("DK-R-007", means, message, child="cac:PaymentMandate/cbc:ID")
    if code in {"50", "93"}:
        _check_card(means, document, code)


def _check_card(means: Node, document: Document, code: str) -> None:
    """DK-R-008, DK-R-009 for giro (code 50), DK-R-010, DK-R-011 for FIK (code 93)."""
    payment, account = means.value("cbc:PaymentID"), means.value(_ACCOUNT)
    kind, length = payment[:3], len(payment)
    if code == "50":
        first, second = "DK-R-008", "DK-R-009"
        kinds, long_kinds, lengths = {"01#", "04#", "15#"}, {"04#", "15#"}, {19}
        account_fits = bool(re.fullmatch(r"[0-9]{7,8}", account))
    else:
        first, second = "DK-R-010", "DK-R-011"
        kinds, long_kinds, lengths = {"71#", "73#", "75#"}, {"71#", "75#"}, {18, 19}
        account_fits = len(account) == 8
    if kind not in kinds or not account_fits:
        message = (
            f"In Denmark, payment means {code} needs a payment id starting with "
            f"{', '.join(sorted(kinds))}, not {quoted(payment)}, and an account of eight digits, not {quoted(account)}."
        )
        document.report(first, means, message, child="cbc:PaymentID")
    if kind in long_kinds and length not in lengths:
        message = f"The payment id {quoted(payment)} needs 16 digits after {kind}."
        document.report(second, means, message, child="cbc:PaymentID")


@RULES.on(*(f"/{line}" for line in LINES))
def classification(line: Node, document: Document) -> None:
    """DK-R-003."""
    codes = line.all("cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode")
    if not any(code.get("listID") == "TST" for code in codes) or not _to_denmark(document):
        return
    if not any(code.get("listVersionID") in _UNSPSC for code in codes):
        message = "Between Danish parties, use UNSPSC version 19.05.01 or 26.08.01 for item classifications (BT-158)."
        document.report(
            "DK-R-003", line, message, child="cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode"
        )


@RULES.on("cac:AllowanceCharge")
def other_taxes(entry: Node, document: Document) -> None:
    """DK-R-004."""
    if entry.value("cbc:AllowanceChargeReasonCode") != "ZZZ" or not _to_denmark(document):
        return
    reason = entry.value("cbc:AllowanceChargeReason")
    value = floating(reason)
    is_code = len(squeeze(reason)) == 4 and value is not None and 0 <= value <= 9999
    if not is_code and ("#" not in reason or reason.startswith("#") or reason.endswith("#")):
        message = f"Describe a tax other than VAT (ZZZ) by four digits or a text with #, not by {quoted(reason)}."
        document.report("DK-R-004", entry, message, child="cbc:AllowanceChargeReason")
