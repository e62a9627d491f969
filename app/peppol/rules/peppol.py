"""Peppol BIS Billing 3.0: transaction rules (PEPPOL-EN16931-R001 to R130)."""

from collections.abc import Sequence
from decimal import Decimal

from app.peppol.findings import brief
from app.peppol.rules.cen_codes import AMOUNTS
from app.peppol.rules.document import BUYER, LINES, SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import (
    ZERO,
    Number,
    cents,
    computed,
    day,
    divide,
    near,
    number,
    plain,
    quoted,
    shown,
    sign,
    squeeze,
    total,
)

RULES = Rules()
SUBTOTALS = Rules()  # the part of R051 that self-billing lacks in 3.0.21

_SLACK = Decimal("0.02")
_ONE = Decimal(1)
_HUNDRED = Decimal(100)


@RULES.on("/")
def nothing_is_empty(root: Node, document: Document) -> None:
    """PEPPOL-EN16931-R008."""
    for node in document.empty:
        message = f"{node.place.name} is empty; fill it in or remove it."
        document.report("PEPPOL-EN16931-R008", node, message)


@RULES.on("/")
def process_and_specification(root: Node, document: Document) -> None:
    """PEPPOL-EN16931-R001, R004, R007."""
    profile = document.profile
    process, specification = squeeze(root.value("cbc:ProfileID")), squeeze(root.value("cbc:CustomizationID"))
    if "cbc:ProfileID" not in root.kids:
        document.report("PEPPOL-EN16931-R001", root, "The business process (BT-23) is missing.", child="cbc:ProfileID")
    if process not in profile.ids.processes:
        message = f"The business process (BT-23) is {quoted(process)}; use {profile.ids.business_process}."
        document.report("PEPPOL-EN16931-R007", root, message, child="cbc:ProfileID")
    if not specification.startswith(profile.ids.specification) or "::" in specification:
        message = (
            f"The specification (BT-24) is {quoted(specification)}; it must start with {profile.ids.specification}."
        )
        document.report("PEPPOL-EN16931-R004", root, message, child="cbc:CustomizationID")


@RULES.on("/")
def notes_and_references(root: Node, document: Document) -> None:
    """PEPPOL-EN16931-R002, R003, R080."""
    notes = len(root.children("cbc:Note"))
    if notes > 1 and not document.within_germany:
        message = f"The document has {notes} notes (BT-22); only German sellers and buyers may use more than one."
        document.report("PEPPOL-EN16931-R002", root, message, child="cbc:Note")
    if "cbc:BuyerReference" not in root.kids and root.first("cac:OrderReference/cbc:ID") is None:
        message = "The buyer reference (BT-10) and the order number (BT-13) are missing; add one of them."
        document.report("PEPPOL-EN16931-R003", root, message, child="cbc:BuyerReference")
    projects = document.at("cac:AdditionalDocumentReference/cbc:DocumentTypeCode")
    if document.is_credit_note and sum(code.text == "50" for code in projects) > 1:
        message = "The credit note references several projects (BT-11); only one is allowed."
        document.report("PEPPOL-EN16931-R080", root, message, child="cac:AdditionalDocumentReference")


@RULES.on("/")
def tax_totals(root: Node, document: Document) -> None:
    """PEPPOL-EN16931-R053, R054, R055."""
    totals = root.children("cac:TaxTotal")
    split = sum("cac:TaxSubtotal" in each.kids for each in totals)
    if split != 1:
        message = f"The document needs exactly one VAT total with breakdowns (BG-23); it has {split}."
        document.report("PEPPOL-EN16931-R053", root, message, child="cac:TaxTotal")
    wanted = 1 if "cbc:TaxCurrencyCode" in root.kids else 0
    if len(totals) - split != wanted:
        message = (
            f"The document has {len(totals) - split} VAT totals without breakdowns; it must have {wanted}, "
            f"as {'an' if wanted else 'no'} accounting currency (BT-6) is present."
        )
        document.report("PEPPOL-EN16931-R054", root, message, child="cac:TaxTotal/cbc:TaxAmount")
    if wanted and not _same_sign(document):
        message = "VAT in the document currency and in the accounting currency must have the same sign."
        document.report("PEPPOL-EN16931-R055", root, message, child="cac:TaxTotal/cbc:TaxAmount")


def _same_sign(document: Document) -> bool:
    accounting = _signs_in(document, document.root.value("cbc:TaxCurrencyCode"))
    own = _signs_in(document, document.currency)
    below, above = {-1, 0}, {0, 1}
    return bool((accounting & below and own & below) or (accounting & above and own & above))


def _signs_in(document: Document, currency: str) -> set[int | None]:
    code = squeeze(currency)
    return {sign(tax.text) for tax in document.tax_amounts if tax.attributes.get("currencyID") == code}


@RULES.on("cbc:TaxCurrencyCode")
def accounting_currency_differs(code: Node, document: Document) -> None:
    """PEPPOL-EN16931-R005."""
    if squeeze(code.text) == squeeze(document.currency):
        message = f"The accounting currency (BT-6) is {squeeze(code.text)}, the document currency; remove it."
        document.report("PEPPOL-EN16931-R005", code, message)


@RULES.on(SELLER)
def seller_address(party: Node, document: Document) -> None:
    """PEPPOL-EN16931-R020."""
    if "cbc:EndpointID" not in party.kids:
        message = "The seller's electronic address (BT-34) is missing; in Belgium: scheme 0208, enterprise number."
        document.report("PEPPOL-EN16931-R020", party, message, child="cbc:EndpointID")


@RULES.on(BUYER)
def buyer_address(party: Node, document: Document) -> None:
    """PEPPOL-EN16931-R010."""
    if "cbc:EndpointID" not in party.kids:
        message = "The buyer's electronic address (BT-49) is missing; in Belgium: scheme 0208, enterprise number."
        document.report("PEPPOL-EN16931-R010", party, message, child="cbc:EndpointID")


@RULES.on("/cac:AllowanceCharge", *(f"/{line}/cac:AllowanceCharge" for line in LINES))
def allowance_or_charge(entry: Node, document: Document) -> None:
    """PEPPOL-EN16931-R040 to R043."""
    percent, base = "cbc:MultiplierFactorNumeric" in entry.kids, "cbc:BaseAmount" in entry.kids
    if percent and not base:
        message = "An allowance or charge has a percentage but no base amount; add it or remove the percentage."
        document.report("PEPPOL-EN16931-R041", entry, message, child="cbc:BaseAmount")
    elif base and not percent:
        message = "An allowance or charge has a base amount but no percentage; add it or remove the base amount."
        document.report("PEPPOL-EN16931-R042", entry, message, child="cbc:MultiplierFactorNumeric")
    else:
        _check_allowance_amount(entry, document)
        indicator = squeeze(entry.value("cbc:ChargeIndicator"))
        if indicator not in {"true", "false"}:
            message = f"The charge indicator is {quoted(indicator)}; use true for a charge, false for an allowance."
            document.report("PEPPOL-EN16931-R043", entry, message)


def _check_allowance_amount(entry: Node, document: Document) -> None:
    base, percent = entry.amount("cbc:BaseAmount"), entry.amount("cbc:MultiplierFactorNumeric")
    if base is None or percent is None:
        return
    stated, expected = entry.amount("cbc:Amount") or ZERO, base * percent / _HUNDRED
    if not near(stated, expected, _SLACK):
        right = shown(cents(expected))
        message = f"An allowance or charge is {shown(stated)}; {plain(percent)} % of {shown(base)} is {right}."
        document.report("PEPPOL-EN16931-R040", entry, message, child="cbc:Amount")


@RULES.on("cac:PaymentMeans")
def mandate(means: Node, document: Document) -> None:
    """PEPPOL-EN16931-R061."""
    code = squeeze(means.value("cbc:PaymentMeansCode"))
    if code in {"49", "59"} and means.first("cac:PaymentMandate/cbc:ID") is None:
        message = f"Payment is by direct debit (code {code}), but the mandate reference (BT-89) is missing."
        document.report("PEPPOL-EN16931-R061", means, message, child="cac:PaymentMandate/cbc:ID")


@RULES.on_all(*(name for name in AMOUNTS if name != "cbc:TaxAmount"))
def amounts_in_the_currency(amounts: Sequence[Node], document: Document) -> None:
    """PEPPOL-EN16931-R051."""
    wanted = document.currency if document.currency_is_given else None
    for amount in amounts:
        currency = amount.attributes.get("currencyID")
        if currency is None or currency != wanted:
            found, right = brief(currency or "no currency"), brief(document.currency or "no currency")
            message = f"An amount is in {found}; the document is in {right}."
            document.report("PEPPOL-EN16931-R051", amount, message)


@RULES.on("cac:TaxTotal")
def total_tax_in_the_currency(tax: Node, document: Document) -> None:
    """PEPPOL-EN16931-R051, except for VAT in the accounting currency (BT-111)."""
    if "cac:TaxSubtotal" in tax.kids:
        amounts_in_the_currency(tax.children("cbc:TaxAmount"), document)


@SUBTOTALS.on("cac:TaxSubtotal")
def tax_in_the_currency(tax: Node, document: Document) -> None:
    """PEPPOL-EN16931-R051."""
    amounts_in_the_currency(tax.children("cbc:TaxAmount"), document)


@RULES.on(*(f"/{line}/cac:InvoicePeriod" for line in LINES))
def line_period_within_the_invoice_period(period: Node, document: Document) -> None:
    """PEPPOL-EN16931-R110, R111."""
    for rule, name, direction, what in (
        ("PEPPOL-EN16931-R110", "cbc:StartDate", 1, "starts"),
        ("PEPPOL-EN16931-R111", "cbc:EndDate", -1, "ends"),
    ):
        own, whole = period.kids.get(name), document.root.first(f"cac:InvoicePeriod/{name}")
        if own is None or whole is None:
            continue
        mine, theirs = day(own.text), day(whole.text)
        if mine is None or theirs is None or (mine - theirs) * direction < 0:
            ours, invoice = brief(own.text), brief(whole.text)
            message = f"The line's period {what} on {ours}; the invoicing period {what} on {invoice}."
            document.report(rule, own, message)


@RULES.on(*LINES)
def line_net_amount(line: Node, document: Document) -> None:
    """PEPPOL-EN16931-R120, R121."""
    price = line.kids.get("cac:Price")
    base = price.kids.get("cbc:BaseQuantity") if price is not None else None
    base_quantity = number(base.text) if base is not None else None
    if base is not None and (base_quantity is None or base_quantity <= 0):
        message = f"The price base quantity (BT-149) is {brief(base.text)}; it must be above 0."
        document.report("PEPPOL-EN16931-R121", line, message, child="cac:Price/cbc:BaseQuantity")
    quantity = _or(line, "cbc:CreditedQuantity" if document.is_credit_note else "cbc:InvoicedQuantity", _ONE)
    unit_price = _or(price, "cbc:PriceAmount", ZERO) if price is not None else ZERO
    stated = _or(line, "cbc:LineExtensionAmount", ZERO)
    if quantity is None or unit_price is None or stated is None:  # unreadable: check_structure reports it
        return
    expected = quantity * (divide(unit_price, base_quantity) if base_quantity else unit_price)
    if "cac:AllowanceCharge" in line.kids:
        expected += _entries(line, "true") - _entries(line, "false")
    if stated != expected and not near(stated, expected, _SLACK):
        per = f" ÷ {plain(base_quantity)}" if base_quantity else ""
        message = (
            f"The line net amount is {shown(stated)}; {plain(quantity)} × {shown(unit_price)}{per} plus charges "
            f"minus allowances is {shown(cents(expected))}."
        )
        document.report("PEPPOL-EN16931-R120", line, message, child="cbc:LineExtensionAmount")


def _or(node: Node, name: str, default: Decimal) -> Number:
    kid = node.kids.get(name)
    return default if kid is None else number(kid.text)


def _entries(line: Node, indicator: str) -> Decimal:
    entries = line.children("cac:AllowanceCharge")
    own = [entry for entry in entries if squeeze(entry.value("cbc:ChargeIndicator")) == indicator]
    return cents(total(number(amount.text) for entry in own for amount in entry.children("cbc:Amount")))


@RULES.on(*LINES)
def line_object(line: Node, document: Document) -> None:
    """PEPPOL-EN16931-R100, R101."""
    if "cac:DocumentReference" not in line.kids:
        return
    if len(line.children("cac:DocumentReference")) > 1:
        message = "A line has several invoiced objects (BT-128); only one is allowed."
        document.report("PEPPOL-EN16931-R100", line, message, child="cac:DocumentReference")
    if not any(code.text == "130" for code in line.all("cac:DocumentReference/cbc:DocumentTypeCode")):
        message = "A line's document reference must be its invoiced object (BT-128), with type code 130."
        document.report("PEPPOL-EN16931-R101", line, message, child="cac:DocumentReference/cbc:DocumentTypeCode")


@RULES.on("cac:Price")
def price_discount(price: Node, document: Document) -> None:
    """PEPPOL-EN16931-R044, R046."""
    for entry in price.children("cac:AllowanceCharge"):
        if squeeze(entry.value("cbc:ChargeIndicator")) != "false":
            message = "A price may have a discount (BT-147), not a charge; the charge indicator must be false."
            document.report("PEPPOL-EN16931-R044", entry, message)
        if "cbc:BaseAmount" not in entry.kids:
            continue
        net, gross, discount = (
            price.amount("cbc:PriceAmount"),
            entry.amount("cbc:BaseAmount"),
            entry.amount("cbc:Amount"),
        )
        expected = None if gross is None or discount is None else gross - discount
        if net is None or net != expected:
            message = (
                f"The item net price is {shown(net)}; the gross price {shown(gross)} minus the discount "
                f"{shown(discount)} is {computed(expected)}."
            )
            document.report("PEPPOL-EN16931-R046", entry, message)


@RULES.on(*LINES, "cac:SubInvoiceLine", "cac:SubCreditNoteLine")
def base_quantity_unit(line: Node, document: Document) -> None:
    """PEPPOL-EN16931-R130."""
    price = line.kids.get("cac:Price")
    base = price.kids.get("cbc:BaseQuantity") if price is not None else None
    if base is None or "unitCode" not in base.attributes:
        return
    if "cbc:InvoicedQuantity" not in line.kids and "cbc:CreditedQuantity" not in line.kids:
        return
    quantity = line.kids.get("cbc:CreditedQuantity" if document.is_credit_note else "cbc:InvoicedQuantity")
    unit, wanted = base.get("unitCode"), quantity.attributes.get("unitCode") if quantity is not None else None
    if unit != wanted:
        found, right = brief(unit), brief(wanted or "no unit")
        message = f"The price is per {found} (BT-150) but the quantity is in {right} (BT-130); use the same unit."
        document.report("PEPPOL-EN16931-R130", base, message)
