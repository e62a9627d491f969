"""EN 16931: rates, taxable amounts, VAT and exemption reasons of each VAT category (BR-x-05 to BR-x-10, BR-CO-09)."""

from collections.abc import Sequence
from decimal import Decimal

from app.peppol.codes import COUNTRIES
from app.peppol.rules.cen_totals import tax_fits, tax_message
from app.peppol.rules.document import LINES, Document, Node
from app.peppol.rules.registry import Rules
from app.peppol.rules.tax import category_of, is_allowance, is_charge, is_vat
from app.peppol.rules.values import ZERO, Number, floating, shown, total
from app.peppol.rules.vat_categories import CATEGORIES, Category

RULES = Rules()

# Greece writes EL. The official rule looks two characters up in this text, so it also takes an empty number
_PREFIXES = f" {' '.join(sorted(COUNTRIES | {'EL'}))} "


@RULES.on(*(f"{line}/cac:Item/cac:ClassifiedTaxCategory" for line in LINES))
def rate_of_a_line(node: Node, document: Document) -> None:
    """BR-x-05."""
    _check_rate(node, document, "05", "A line")


@RULES.on("cac:AllowanceCharge")
def rate_of_an_allowance_or_charge(entry: Node, document: Document) -> None:
    """BR-x-06 for allowances, BR-x-07 for charges."""
    for category in entry.children("cac:TaxCategory"):
        if is_allowance(entry):
            _check_rate(category, document, "06", "An allowance")
        elif is_charge(entry):
            _check_rate(category, document, "07", "A charge")


def _check_rate(node: Node, document: Document, rule: str, what: str) -> None:
    category = CATEGORIES.get(category_of(node))
    if category is None or not is_vat(node):
        return
    percent = node.kids.get("cbc:Percent")
    if not category.rate_fits(None if percent is None else percent.text):
        found = "no rate" if percent is None else f"the rate {percent.text}"
        message = f"{what} in VAT category {category.code} ({category.name}) has {found}; it must be {category.rate}."
        document.report(f"BR-{category.letters}-{rule}", node, message, child="cbc:Percent")


@RULES.on("/cac:TaxTotal/cac:TaxSubtotal")
def breakdown(subtotal: Node, document: Document) -> None:
    """BR-x-08 (taxable amount), BR-x-09 (VAT), BR-x-10 (exemption reason)."""
    for node in subtotal.children("cac:TaxCategory"):
        category = CATEGORIES.get(category_of(node))
        if category is None or not is_vat(node):
            continue
        if category.by_rate:
            _check_taxable_of_a_rate(document, subtotal, node, category)
        else:
            _check_taxable(document, subtotal, category)
        _check_tax(document, subtotal, node, category)
        _check_reason(document, node, category)


def _check_taxable(document: Document, subtotal: Node, category: Category) -> None:
    stated, expected = subtotal.amount("cbc:TaxableAmount"), _taxed(document, document.lines, category.code)
    if stated is None or stated != expected or not document.lines:
        message = _taxable_message(category, stated, expected)
        document.report(f"BR-{category.letters}-08", subtotal, message, child="cbc:TaxableAmount")


def _taxable_message(category: Category, stated: Number, expected: Number, rate: str = "") -> str:
    return (
        f"The taxable amount of VAT category {category.code}{rate} is {shown(stated)}, but its lines plus charges "
        f"minus allowances make {shown(expected)}."
    )


def _check_taxable_of_a_rate(document: Document, subtotal: Node, node: Node, category: Category) -> None:
    """BR-S-08, BR-AF-08, BR-AG-08: within one unit, computed in floating point as the official rule does."""
    rate = node.amount("cbc:Percent")
    if rate is None:
        return
    stated = floating(subtotal.value("cbc:TaxableAmount"))
    if stated is not None:
        below, above = Decimal(stated - 1), Decimal(stated + 1)
        for lines in map(document.at, LINES):
            used = _is_used(document, lines, category.code, rate)
            if used and below < _taxed(document, lines, category.code, rate) < above:
                return
    expected = _taxed(document, document.lines, category.code, rate)
    message = _taxable_message(category, subtotal.amount("cbc:TaxableAmount"), expected, f" at {rate:f} %")
    document.report(f"BR-{category.letters}-08", subtotal, message, child="cbc:TaxableAmount")


def _is_used(document: Document, lines: Sequence[Node], code: str, rate: Decimal) -> bool:
    """Whether there is anything to sum: for S a line, allowance or charge of that rate, for L and M any line."""
    if code != "S":
        return bool(lines)
    if any(_is_at(line.all("cac:Item/cac:ClassifiedTaxCategory"), code, rate) for line in lines):
        return True
    entries = document.named("cac:AllowanceCharge")
    return any(_is_at(entry.children("cac:TaxCategory"), code, rate) for entry in entries)


def _taxed(document: Document, lines: Sequence[Node], code: str, rate: Number = None) -> Decimal:
    """What lines, charges and allowances of a category (and rate) come to."""
    amounts = (
        line.amount("cbc:LineExtensionAmount")
        for line in lines
        if _is_at(line.all("cac:Item/cac:ClassifiedTaxCategory"), code, rate)
    )
    charges, allowances = ZERO, ZERO
    for entry in document.root.children("cac:AllowanceCharge"):
        if _is_at(entry.children("cac:TaxCategory"), code, rate):
            amount = entry.amount("cbc:Amount") or ZERO
            charges += amount if is_charge(entry) else ZERO
            allowances += amount if is_allowance(entry) else ZERO
    return total(amounts) + charges - allowances


def _is_at(categories: Sequence[Node], code: str, rate: Number) -> bool:
    if not any(category_of(each) == code for each in categories):
        return False
    return rate is None or any(each.amount("cbc:Percent") == rate for each in categories)


def _check_tax(document: Document, subtotal: Node, node: Node, category: Category) -> None:
    tax, taxable, rate = (
        subtotal.amount("cbc:TaxAmount"),
        subtotal.amount("cbc:TaxableAmount"),
        node.amount("cbc:Percent"),
    )
    if not category.by_rate:
        if tax is None or tax != 0:
            message = f"VAT in category {category.code} ({category.name}) is {shown(tax)}; it must be 0."
            document.report(f"BR-{category.letters}-09", subtotal, message, child="cbc:TaxAmount")
    elif tax is None or taxable is None or rate is None or not tax_fits(tax, taxable, rate):
        document.report(f"BR-{category.letters}-09", subtotal, tax_message(tax, taxable, rate), child="cbc:TaxAmount")


def _check_reason(document: Document, node: Node, category: Category) -> None:
    given = "cbc:TaxExemptionReason" in node.kids or "cbc:TaxExemptionReasonCode" in node.kids
    if given != category.reason:
        found, wanted = ("an", "must not have one") if given else ("no", "needs one")
        message = f"VAT category {category.code} ({category.name}) has {found} exemption reason; it {wanted}."
        document.report(f"BR-{category.letters}-10", node, message, child="cbc:TaxExemptionReason")


@RULES.on("cac:PartyTaxScheme")
def vat_number_names_its_country(scheme: Node, document: Document) -> None:
    """BR-CO-09."""
    if is_vat(scheme) and scheme.value("cbc:CompanyID")[:2] not in _PREFIXES:
        found = scheme.value("cbc:CompanyID")
        message = f"The VAT number {found} does not begin with a country code; BE0123456749 would be right in Belgium."
        document.report("BR-CO-09", scheme, message, child="cbc:CompanyID")
