"""EN 16931: the sums (BR-CO-10 to BR-CO-17), at most two decimals (BR-DEC, UBL-DT-01) and signs (BR-27, BR-28)."""

from collections.abc import Sequence
from decimal import Decimal

from app.peppol.findings import brief
from app.peppol.rules.document import LINES, Document
from app.peppol.rules.registry import Check, Rules
from app.peppol.rules.tax import is_allowance, is_charge, is_vat
from app.peppol.rules.tree import Node
from app.peppol.rules.values import SPACES, Number, cents, computed, decimals, number, plain, shown, sign, total, whole

RULES = Rules()

_TOTALS = "cac:LegalMonetaryTotal"
_SUBTOTAL = "cac:TaxTotal/cac:TaxSubtotal"
_ONE = Decimal(1)
_HUNDRED = Decimal(100)


@RULES.on(_TOTALS)
def lines_add_up(totals: Node, document: Document) -> None:
    """BR-CO-10."""
    stated = totals.amount("cbc:LineExtensionAmount")
    lines = (line for name in LINES for line in document.named(name))
    expected = cents(total(line.amount("cbc:LineExtensionAmount") for line in lines))
    if stated is None or stated != expected:
        message = f"The sum of the line net amounts is {shown(stated)}; the lines add up to {shown(expected)}."
        document.report("BR-CO-10", totals, message, child="cbc:LineExtensionAmount")


@RULES.on(_TOTALS)
def allowances_and_charges_add_up(totals: Node, document: Document) -> None:
    """BR-CO-11, BR-CO-12."""
    entries = document.root.children("cac:AllowanceCharge")
    allowances = [entry.amount("cbc:Amount") for entry in entries if is_allowance(entry)]
    charges = [entry.amount("cbc:Amount") for entry in entries if is_charge(entry)]
    _check_sum(totals, document, "BR-CO-11", "cbc:AllowanceTotalAmount", allowances, "allowances")
    _check_sum(totals, document, "BR-CO-12", "cbc:ChargeTotalAmount", charges, "charges")


def _check_sum(totals: Node, document: Document, rule: str, name: str, amounts: list[Number], what: str) -> None:
    stated, expected = totals.amount(name), cents(total(amounts))
    if stated == expected or (name not in totals.kids and not amounts):
        return
    message = f"The sum of the document's {what} is {shown(stated)}; they add up to {shown(expected)}."
    document.report(rule, totals, message, child=name)


@RULES.on(_TOTALS)
def total_without_vat(totals: Node, document: Document) -> None:
    """BR-CO-13."""
    stated, lines = totals.amount("cbc:TaxExclusiveAmount"), totals.amount("cbc:LineExtensionAmount")
    expected = lines
    if lines is not None and ("cbc:ChargeTotalAmount" in totals.kids or "cbc:AllowanceTotalAmount" in totals.kids):
        charges, allowances = _shown(totals, "cbc:ChargeTotalAmount"), _shown(totals, "cbc:AllowanceTotalAmount")
        expected = None if charges is None or allowances is None else cents(lines + charges - allowances)
    if stated is None or stated != expected:
        message = (
            f"The total without VAT is {shown(stated)}; lines plus charges minus allowances are {computed(expected)}."
        )
        document.report("BR-CO-13", totals, message, child="cbc:TaxExclusiveAmount")


def _shown(node: Node, name: str) -> Number:
    """Return the amount of a child, zero if the child is absent, None if it is not an amount."""
    return node.amount(name) if name in node.kids else Decimal(0)


@RULES.on(_TOTALS)
def amount_due(totals: Node, document: Document) -> None:
    """BR-CO-16."""
    due, with_vat = totals.amount("cbc:PayableAmount"), totals.amount("cbc:TaxInclusiveAmount")
    prepaid, rounding = _shown(totals, "cbc:PrepaidAmount"), _shown(totals, "cbc:PayableRoundingAmount")
    expected = None
    if due is not None and with_vat is not None and prepaid is not None and rounding is not None:
        left = cents(due - rounding) if "cbc:PayableRoundingAmount" in totals.kids else due
        right = cents(with_vat - prepaid) if "cbc:PrepaidAmount" in totals.kids else with_vat
        if left == right:
            return
        expected = cents(with_vat - prepaid + rounding)
    message = (
        f"The amount due for payment is {shown(due)}; the total with VAT minus prepayments plus rounding "
        f"is {computed(expected)}."
    )
    document.report("BR-CO-16", totals, message, child="cbc:PayableAmount")


@RULES.on("/cac:TaxTotal")
def vat_adds_up(tax_total: Node, document: Document) -> None:
    """BR-CO-14."""
    subtotals = tax_total.children("cac:TaxSubtotal")
    if not subtotals:
        return
    stated, expected = (
        tax_total.amount("cbc:TaxAmount"),
        cents(total(each.amount("cbc:TaxAmount") for each in subtotals)),
    )
    if stated is None or stated != expected:
        message = f"Total VAT is {shown(stated)}; the VAT breakdowns add up to {shown(expected)}."
        document.report("BR-CO-14", tax_total, message, child="cbc:TaxAmount")


@RULES.on("/")
def total_with_vat(root: Node, document: Document) -> None:
    """BR-CO-15."""
    by_currency: dict[str, list[Number]] = {}
    for tax in document.tax_amounts:
        by_currency.setdefault(tax.get("currencyID"), []).append(number(tax.text))
    for currency in root.children("cbc:DocumentCurrencyCode"):
        taxes = by_currency.get(currency.text, [])
        if len(taxes) != 1:
            which = brief(currency.text) or "the document currency"
            message = f"The document needs exactly one VAT total in {which}; it has {len(taxes)}."
            document.report("BR-CO-15", root, message, child="cac:TaxTotal/cbc:TaxAmount")
            continue
        net, gross = (_totals_amount(document, name) for name in ("cbc:TaxExclusiveAmount", "cbc:TaxInclusiveAmount"))
        expected = None if net is None or taxes[0] is None else cents(net + taxes[0])
        if gross is None or gross != expected:
            message = f"The total with VAT is {shown(gross)}; the total without VAT plus VAT is {computed(expected)}."
            document.report("BR-CO-15", root, message, child=f"{_TOTALS}/cbc:TaxInclusiveAmount")


def _totals_amount(document: Document, name: str) -> Number:
    return number(document.value(f"{_TOTALS}/{name}"))


@RULES.on(_SUBTOTAL)
def vat_is_the_rate_of_the_taxable_amount(subtotal: Node, document: Document) -> None:
    """BR-CO-17, within one unit of the currency."""
    rates = [each.amount("cbc:Percent") for each in subtotal.children("cac:TaxCategory") if is_vat(each)]
    rate = next((each for each in rates if each is not None), None)
    tax, taxable = subtotal.amount("cbc:TaxAmount"), subtotal.amount("cbc:TaxableAmount")
    if rate is None or whole(rate) == 0:
        right = tax is not None and whole(tax) == 0
    else:
        right = tax is not None and taxable is not None and tax_fits(tax, taxable, rate)
    if not right:
        document.report("BR-CO-17", subtotal, tax_message(tax, taxable, rate), child="cbc:TaxAmount")


def tax_fits(tax: Decimal, taxable: Decimal, rate: Decimal) -> bool:
    """Return whether VAT is within one unit of taxable amount × rate, ignoring signs."""
    return abs(abs(tax) - cents(abs(taxable) * (rate / _HUNDRED))) < _ONE


def tax_message(tax: Number, taxable: Number, rate: Number) -> str:
    """Return a message with the VAT stated and the VAT expected."""
    percent = f"{plain(rate)} %" if rate is not None else "0 %"
    if taxable is None:
        return f"VAT at {percent} is {shown(tax)}; the taxable amount is missing."
    right = cents(taxable * (rate or Decimal(0)) / _HUNDRED)
    return f"VAT at {percent} is {shown(tax)}; {percent} of {shown(taxable)} is {shown(right)}."


# context → rules and their elements, at most two decimals each
_TWO_DECIMALS = {
    _TOTALS: (
        ("BR-DEC-09", "cbc:LineExtensionAmount"),
        ("BR-DEC-10", "cbc:AllowanceTotalAmount"),
        ("BR-DEC-11", "cbc:ChargeTotalAmount"),
        ("BR-DEC-12", "cbc:TaxExclusiveAmount"),
        ("BR-DEC-14", "cbc:TaxInclusiveAmount"),
        ("BR-DEC-16", "cbc:PrepaidAmount"),
        ("BR-DEC-17", "cbc:PayableRoundingAmount"),
        ("BR-DEC-18", "cbc:PayableAmount"),
    ),
    _SUBTOTAL: (("BR-DEC-19", "cbc:TaxableAmount"), ("BR-DEC-20", "cbc:TaxAmount")),
    LINES[0]: (("BR-DEC-23", "cbc:LineExtensionAmount"),),
    LINES[1]: (("BR-DEC-23", "cbc:LineExtensionAmount"),),
}


def _check_two_decimals(rows: tuple[tuple[str, str], ...]) -> Check:
    def check(node: Node, document: Document) -> None:
        for rule, name in rows:
            check_decimals(node, document, rule, name)

    return check


for _context, _rows in _TWO_DECIMALS.items():
    RULES.on(_context)(_check_two_decimals(_rows))


def check_decimals(node: Node, document: Document, rule: str, name: str) -> None:
    """Report an amount with more than two characters after the decimal point."""
    amount = node.kids.get(name)
    if amount is not None and decimals(amount.text) > 2:
        document.report(rule, amount, _too_precise(amount.text))


def _too_precise(text: str) -> str:
    if text.strip(SPACES) != text:
        return f"The amount {brief(text)} has spaces or line breaks around it; remove them."
    return f"The amount {brief(text)} has more than two decimals; two are allowed."


@RULES.on_all("*Amount")
def amounts_have_two_decimals(amounts: Sequence[Node], document: Document) -> None:
    """UBL-DT-01: every amount except prices."""
    place = amounts[0].place
    if place.name.endswith("PriceAmount") or "cac:Price/cac:AllowanceCharge/" in f"{place.path}/":
        return
    for amount in amounts:
        if decimals(amount.text) > 2:
            document.report("UBL-DT-01", amount, _too_precise(amount.text))


@RULES.on(*LINES)
def prices_are_not_negative(line: Node, document: Document) -> None:
    """BR-27, BR-28."""
    price = line.kids.get("cac:Price")
    net = price.kids.get("cbc:PriceAmount") if price is not None else None
    if net is None or not _is_not_negative(net):
        found = brief(net.text) if net is not None else "missing"
        message = f"The item net price is {found}; it must not be negative."
        document.report("BR-27", line, message, child="cac:Price/cbc:PriceAmount")
    if price is not None and "cac:AllowanceCharge" in price.kids:
        gross = price.all("cac:AllowanceCharge/cbc:BaseAmount")
        if gross and not any(map(_is_not_negative, gross)):
            message = f"The item gross price is {brief(gross[0].text)}; it must not be negative."
            document.report("BR-28", line, message, child="cac:Price/cac:AllowanceCharge/cbc:BaseAmount")


def _is_not_negative(amount: Node) -> bool:
    return sign(amount.text) in (0, 1)
