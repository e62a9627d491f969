"""EN 16931: allowances and charges (BR-31 to BR-44, BR-CO-21 to 24, BR-DEC-01 to 06 and 24 to 28), and periods."""

from dataclasses import dataclass

from app.peppol.findings import brief
from app.peppol.rules.cen_totals import check_decimals
from app.peppol.rules.document import LINES, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tax import is_allowance, is_charge, is_vat
from app.peppol.rules.tree import Node
from app.peppol.rules.values import day

RULES = Rules()


@dataclass(frozen=True, slots=True)
class _Ids:
    amount: str
    category: str
    reasons: tuple[str, str]
    decimals: tuple[str, str]
    name: str


_DOCUMENT_ALLOWANCE = _Ids("BR-31", "BR-32", ("BR-33", "BR-CO-21"), ("BR-DEC-01", "BR-DEC-02"), "An allowance")
_DOCUMENT_CHARGE = _Ids("BR-36", "BR-37", ("BR-38", "BR-CO-22"), ("BR-DEC-05", "BR-DEC-06"), "A charge")
_LINE_ALLOWANCE = _Ids("BR-41", "", ("BR-42", "BR-CO-23"), ("BR-DEC-24", "BR-DEC-25"), "A line's allowance")
_LINE_CHARGE = _Ids("BR-43", "", ("BR-44", "BR-CO-24"), ("BR-DEC-27", "BR-DEC-28"), "A line's charge")


@RULES.on("/cac:AllowanceCharge")
def document_level(entry: Node, document: Document) -> None:
    """BR-31 to BR-33, BR-36 to BR-38, BR-CO-21, BR-CO-22, BR-DEC-01 to BR-DEC-06."""
    if is_allowance(entry):
        _check(entry, document, _DOCUMENT_ALLOWANCE)
    elif is_charge(entry):
        _check(entry, document, _DOCUMENT_CHARGE)


@RULES.on(*(f"{line}/cac:AllowanceCharge" for line in LINES))
def line_level(entry: Node, document: Document) -> None:
    """BR-41 to BR-44, BR-CO-23, BR-CO-24, BR-DEC-24 to BR-DEC-28."""
    if is_allowance(entry):
        _check(entry, document, _LINE_ALLOWANCE)
    elif is_charge(entry):
        _check(entry, document, _LINE_CHARGE)


def _check(entry: Node, document: Document, ids: _Ids) -> None:
    if "cbc:Amount" not in entry.kids:
        document.report(ids.amount, entry, f"{ids.name} has no amount.", child="cbc:Amount")
    if ids.category and not any(
        is_vat(category) and "cbc:ID" in category.kids for category in entry.children("cac:TaxCategory")
    ):
        message = f"{ids.name} on document level has no VAT category."
        document.report(ids.category, entry, message, child="cac:TaxCategory/cbc:ID")
    if "cbc:AllowanceChargeReason" not in entry.kids and "cbc:AllowanceChargeReasonCode" not in entry.kids:
        for rule in ids.reasons:
            message = f"{ids.name} has no reason; add a reason or a reason code."
            document.report(rule, entry, message, child="cbc:AllowanceChargeReason")
    check_decimals(entry, document, ids.decimals[0], "cbc:Amount")
    check_decimals(entry, document, ids.decimals[1], "cbc:BaseAmount")


@RULES.on("cac:AllowanceCharge")
def one_reason(entry: Node, document: Document) -> None:
    """UBL-SR-30, UBL-SR-31."""
    if len(entry.children("cbc:AllowanceChargeReason")) > 1:
        for rule, applies in (("UBL-SR-30", is_allowance(entry)), ("UBL-SR-31", is_charge(entry))):
            if applies:
                document.report(rule, entry, "An allowance or charge has more than one reason; keep one.")


@RULES.on("cac:InvoicePeriod")
def periods(period: Node, document: Document) -> None:
    """BR-29 and BR-CO-19 for the document's period, BR-30 and BR-CO-20 for a line's."""
    of_a_line = period.place.parent is not None and period.place.parent.name in LINES
    start, end = period.kids.get("cbc:StartDate"), period.kids.get("cbc:EndDate")
    if start is not None and end is not None:
        first, last = day(start.text), day(end.text)
        if first is None or last is None or last < first:
            message = f"The period starts on {brief(start.text)} but ends on {brief(end.text)}."
            document.report("BR-30" if of_a_line else "BR-29", period, message)
    elif start is None and end is None and (of_a_line or "cbc:DescriptionCode" not in period.kids):
        message = "A period has no dates; add a start or an end date."
        document.report("BR-CO-20" if of_a_line else "BR-CO-19", period, message)


@RULES.on("/")
def tax_point_once(root: Node, document: Document) -> None:
    """BR-CO-03."""
    if "cbc:TaxPointDate" in root.kids and root.first("cac:InvoicePeriod/cbc:DescriptionCode") is not None:
        message = "The tax point is both a date (BT-7) and a code (BT-8); keep one."
        document.report("BR-CO-03", root, message, child="cbc:TaxPointDate")
