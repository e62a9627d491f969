"""EN 16931: rates, taxable amounts, VAT and exemption reasons of each VAT category (BR-x-05 to BR-x-10, BR-CO-09)."""

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
        for position, vat in enumerate(categories):
            if wrong := _wrong_rate(vat):
                for line in lines:
                    node = line.all(f"cac:Item/{CLASSIFIED}")[position]
                    document.report(f"BR-{wrong.letters}-05", node, _rate_message("A line", vat), child="cbc:Percent")


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


# Sums by VAT categories and rates (one of each, except in unusual documents)
_ByVat = dict[tuple[frozenset[str], frozenset[Number]], Decimal]


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
    sums: _ByVat = {}
    for categories, lines in document.lines_by_vat.items() if document.at(name) else ():
        own = [line.amount("cbc:LineExtensionAmount") for line in lines if line.place.name == name]
        _add(sums, categories, total(own), any_there=bool(own))
    return sums


def _sum_entries(entries: Iterable[Node]) -> _ByVat:
    sums: _ByVat = {}
    for entry in entries:
        categories = [vat_of(category) for category in entry.children("cac:TaxCategory")]
        _add(sums, categories, _signed(entry), any_there=True)
    return sums


def _add(sums: _ByVat, categories: Sequence[Vat], amount: Decimal, *, any_there: bool) -> None:
    if any_there:
        rates = frozenset(number(vat.rate) if vat.rate is not None else None for vat in categories)
        key = frozenset(vat.category for vat in categories), rates
        sums[key] = sums.get(key, ZERO) + amount


def _signed(entry: Node) -> Decimal:
    """Return a charge as it is and an allowance negated; zero if the entry is neither."""
    amount = entry.amount("cbc:Amount") or ZERO
    if is_charge(entry):
        return amount
    return -amount if is_allowance(entry) else ZERO


def _of(sums: _ByVat, code: str, rate: Number = None) -> list[Decimal]:
    """Return the sums in a category, and at a rate if given."""
    return [amount for (codes, rates), amount in sums.items() if code in codes and (rate is None or rate in rates)]


def _check_taxable(document: Document, subtotal: Node, category: Category, sums: _Sums) -> None:
    stated = subtotal.amount("cbc:TaxableAmount")
    amounts = (sums.invoice_lines, sums.credit_note_lines, sums.entries)
    expected = total(amount for each in amounts for amount in _of(each, category.code))
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
    entries = total(_of(sums.entries, code, rate))
    for lines in (sums.invoice_lines, sums.credit_note_lines):
        taxed = _of(lines, code, rate)
        used = (taxed or _of(sums.entries_anywhere, code, rate)) if code == "S" else lines
        if used and stated is not None and Decimal(stated - 1) < total(taxed) + entries < Decimal(stated + 1):
            return
    lines_of_both = _of(sums.invoice_lines, code, rate) + _of(sums.credit_note_lines, code, rate)
    message = _taxable_message(
        category, subtotal.amount("cbc:TaxableAmount"), total(lines_of_both) + entries, f" at {plain(rate)} %"
    )
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
