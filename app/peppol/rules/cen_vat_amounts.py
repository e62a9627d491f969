"""EN 16931: rates, taxable amounts, VAT and exemption reasons of each VAT category (BR-x-05 to BR-x-10, BR-CO-09)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from app.peppol.codes import COUNTRIES
from app.peppol.findings import brief
from app.peppol.rules.cen_totals import tax_fits, tax_message
from app.peppol.rules.document import CLASSIFIED, LINES, Document, Vat, vat_of
from app.peppol.rules.registry import Rules
from app.peppol.rules.tax import category_of, is_allowance, is_charge, is_vat
from app.peppol.rules.tree import Node
from app.peppol.rules.values import ZERO, Number, floating, number, plain, shown, total
from app.peppol.rules.vat_categories import CATEGORIES, Category

RULES = Rules()

# Greece writes EL. The official rule searches for two characters in this text, so it accepts an empty number
_PREFIXES = f" {' '.join(sorted(COUNTRIES | {'EL'}))} "


@RULES.on("/")
def rates_of_lines(root: Node, document: Document) -> None:
    """BR-x-05."""
    for categories, lines in document.lines_by_vat.items():
        wrong = [(place, found, vat) for place, vat in enumerate(categories) if (found := _wrong_rate(vat))]
        for line in lines if wrong else ():
            nodes = line.all(f"cac:Item/{CLASSIFIED}")
            for place, category, vat in wrong:
                message = _rate_message("A line", vat)
                document.report(f"BR-{category.letters}-05", nodes[place], message, child="cbc:Percent")


@RULES.on("cac:AllowanceCharge")
def rates_of_allowances_and_charges(entry: Node, document: Document) -> None:
    """BR-x-06 for allowances, BR-x-07 for charges."""
    if not is_allowance(entry) and not is_charge(entry):
        return
    rule, what = ("06", "An allowance") if is_allowance(entry) else ("07", "A charge")
    for category in entry.children("cac:TaxCategory"):
        vat = vat_of(category)
        if wrong := _wrong_rate(vat):
            document.report(f"BR-{wrong.letters}-{rule}", category, _rate_message(what, vat), child="cbc:Percent")


def _wrong_rate(vat: Vat) -> Category | None:
    """Return the category if its rate is wrong, else None."""
    category = CATEGORIES.get(vat.category) if vat.is_vat else None
    return category if category is not None and not category.rate_fits(vat.rate) else None


def _rate_message(what: str, vat: Vat) -> str:
    category = CATEGORIES[vat.category]
    found = "no rate" if vat.rate is None else f"the rate {brief(vat.rate)}"
    return f"{what} in VAT category {category.code} ({category.name}) has {found}; it must be {category.rate}."


class _ByVat:
    """Sums by VAT category, and by category and rate; an unusual document has several of each in one place."""

    def __init__(self) -> None:
        self._of_category: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._of_rate: defaultdict[tuple[str, Number], Decimal] = defaultdict(Decimal)
        self.is_empty = True

    def add(self, categories: Sequence[Vat], amount: Decimal) -> None:
        """Add an amount under every category, at every rate."""
        self.is_empty = False
        rates = {number(vat.rate) if vat.rate is not None else None for vat in categories}
        for code in CATEGORIES.keys() & {vat.category for vat in categories}:
            self._of_category[code] += amount
            for rate in rates:
                self._of_rate[code, rate] += amount

    def of(self, code: str) -> Decimal:
        """Return the sum in a category."""
        return self._of_category.get(code, ZERO)

    def at(self, code: str, rate: Number) -> Decimal | None:
        """Return the sum in a category at a rate; None if nothing has it."""
        return self._of_rate.get((code, rate))


class _Sums(NamedTuple):
    """Line net amounts, and charges less allowances, by VAT."""

    invoice_lines: _ByVat
    credit_note_lines: _ByVat
    entries: _ByVat  # allowances and charges of the document
    entries_anywhere: _ByVat


@RULES.on("/")
def breakdowns(root: Node, document: Document) -> None:
    """BR-x-08 (taxable amount), BR-x-09 (VAT), BR-x-10 (exemption reason)."""
    sums = _sum(document)
    for subtotal in document.at("cac:TaxTotal/cac:TaxSubtotal"):
        for node in subtotal.children("cac:TaxCategory"):
            category = CATEGORIES.get(category_of(node))
            if category is not None and is_vat(node):
                if category.by_rate:
                    _check_taxable_of_a_rate(document, subtotal, node, category, sums)
                else:
                    _check_taxable(document, subtotal, category, sums)
                _check_tax(document, subtotal, node, category)
                _check_reason(document, node, category)


def _sum(document: Document) -> _Sums:
    return _Sums(
        invoice_lines=_sum_lines(document, LINES[0]),
        credit_note_lines=_sum_lines(document, LINES[1]),
        entries=_sum_entries(document.root.children("cac:AllowanceCharge")),
        entries_anywhere=_sum_entries(document.named("cac:AllowanceCharge")),
    )


def _sum_lines(document: Document, name: str) -> _ByVat:
    sums = _ByVat()
    for categories, lines in document.lines_by_vat.items() if document.at(name) else ():
        own = [line.amount("cbc:LineExtensionAmount") for line in lines if line.place.name == name]
        if own:
            sums.add(categories, total(own))
    return sums


def _sum_entries(entries: Iterable[Node]) -> _ByVat:
    sums = _ByVat()
    for entry in entries:
        sums.add([vat_of(category) for category in entry.children("cac:TaxCategory")], _signed(entry))
    return sums


def _signed(entry: Node) -> Decimal:
    """Return a charge as it is and an allowance negated; zero if the entry is neither."""
    amount = entry.amount("cbc:Amount") or ZERO
    if is_charge(entry):
        return amount
    return -amount if is_allowance(entry) else ZERO


def _check_taxable(document: Document, subtotal: Node, category: Category, sums: _Sums) -> None:
    stated = subtotal.amount("cbc:TaxableAmount")
    amounts = (sums.invoice_lines, sums.credit_note_lines, sums.entries)
    expected = total(each.of(category.code) for each in amounts)
    if stated is None or stated != expected or not document.lines:
        message = _taxable_message(category, stated, expected)
        document.report(f"BR-{category.letters}-08", subtotal, message, child="cbc:TaxableAmount")


def _taxable_message(category: Category, stated: Number, expected: Number, rate: str = "") -> str:
    return (
        f"The taxable amount of VAT category {category.code}{rate} is {shown(stated)}; its lines plus charges "
        f"minus allowances are {shown(expected)}."
    )


def _check_taxable_of_a_rate(document: Document, subtotal: Node, node: Node, category: Category, sums: _Sums) -> None:
    """BR-S-08, BR-AF-08, BR-AG-08: within one unit, computed in floating point as the official rule does.

    Either the invoice lines or the credit note lines must match; for S, something must be at that rate.
    """
    code, rate = category.code, node.amount("cbc:Percent")
    if rate is None:
        return
    stated = floating(subtotal.value("cbc:TaxableAmount"))
    entries = sums.entries.at(code, rate) or ZERO
    for lines in (sums.invoice_lines, sums.credit_note_lines):
        taxed = lines.at(code, rate)
        used = (taxed, sums.entries_anywhere.at(code, rate)) != (None, None) if code == "S" else not lines.is_empty
        if used and stated is not None and Decimal(stated - 1) < (taxed or ZERO) + entries < Decimal(stated + 1):
            return
    expected = total([sums.invoice_lines.at(code, rate), sums.credit_note_lines.at(code, rate), entries])
    message = _taxable_message(category, subtotal.amount("cbc:TaxableAmount"), expected, f" at {plain(rate)} %")
    document.report(f"BR-{category.letters}-08", subtotal, message, child="cbc:TaxableAmount")


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
        found = brief(scheme.value("cbc:CompanyID"))
        message = f"The VAT number {found} does not start with a country code, as BE0123456749 does."
        document.report("BR-CO-09", scheme, message, child="cbc:CompanyID")
