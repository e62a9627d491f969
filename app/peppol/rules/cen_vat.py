"""EN 16931: use of VAT categories (BR-x-01 to BR-x-04, BR-IC-11, BR-IC-12, BR-O-11 to BR-O-14, BR-B).

The official ids differ between categories only in their letters (S, Z, E, AE, IC, G, O, AF, AG): BR-S-02 and BR-E-02
both require the seller's tax number. So a category is a row of `vat_categories`, and each rule is one function.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from app.peppol.rules.document import BUYER, CLASSIFIED, LINES, SELLER, TAX_REPRESENTATIVE, Document, Vat, vat_of
from app.peppol.rules.registry import Rules
from app.peppol.rules.tax import is_allowance, is_charge, is_vat
from app.peppol.rules.tree import Node
from app.peppol.rules.vat_categories import CATEGORIES, Category, TaxIdentifiers

RULES = Rules()

_OF_LINES = {f"{line}/cac:Item/{CLASSIFIED}" for line in LINES}


class _Use(NamedTuple):
    """A tax category as the document writes it."""

    code: str  # without spaces around it
    exact: str
    vat: bool


_Written = dict[_Use, int]


class _Uses(NamedTuple):
    """How often each tax category occurs, by place."""

    breakdowns: _Written
    lines: _Written
    allowances: _Written
    charges: _Written
    document_allowances: _Written
    document_charges: _Written
    either: _Written  # any allowance or charge, regardless of its indicator
    everywhere: _Written  # all except the lines


@RULES.on("/")
def categories_in_use(root: Node, document: Document) -> None:
    """BR-x-01 to BR-x-04, BR-IC-11, BR-IC-12, BR-O-11 to BR-O-14, BR-B-01, BR-B-02."""
    uses, given = _uses(document), _identifiers(document)
    used = {use.code for use in chain(uses.everywhere, uses.lines)}
    for code in [code for code in CATEGORIES if code in used]:
        _check_breakdown(document, root, CATEGORIES[code], uses)
        _check_identifiers(document, root, CATEGORIES[code], uses, given)
    if _count(uses.breakdowns, "K"):
        _check_intra_community(document, root)
    if _count(uses.breakdowns, "O"):
        _check_nothing_but_not_subject(document, root, uses)
    if "B" in used:
        _check_split_payment(document, root, uses)


def _uses(document: Document) -> _Uses:
    entries = list(document.named("cac:AllowanceCharge"))
    own = document.root.children("cac:AllowanceCharge")
    return _Uses(
        breakdowns=_written(_once_each(document.at("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"))),
        lines=_written(_classified(document)),
        allowances=_written_in([entry for entry in entries if is_allowance(entry)]),
        charges=_written_in([entry for entry in entries if is_charge(entry)]),
        document_allowances=_written_in([entry for entry in own if is_allowance(entry)]),
        document_charges=_written_in([entry for entry in own if is_charge(entry)]),
        either=_written_in(entries),
        everywhere=_written(_once_each(document.named("cac:TaxCategory"))),
    )


def _classified(document: Document) -> Iterator[tuple[Vat, int]]:
    """Yield the tax categories of all items, including sublines."""
    for categories, lines in document.lines_by_vat.items():
        for vat in categories:
            yield vat, len(lines)
    for categories_of_items in document.named_by_place(CLASSIFIED):
        if categories_of_items[0].place.path not in _OF_LINES:
            yield from _once_each(categories_of_items)


def _once_each(categories: Iterable[Node]) -> list[tuple[Vat, int]]:
    return [(vat_of(category), 1) for category in categories]


def _written(categories: Iterable[tuple[Vat, int]]) -> _Written:
    uses: _Written = {}
    for vat, number in categories:
        use = _Use(vat.category, vat.code or "", vat.is_vat)
        uses[use] = uses.get(use, 0) + number
    return uses


def _written_in(entries: Sequence[Node]) -> _Written:
    return _written(_once_each([category for entry in entries for category in entry.children("cac:TaxCategory")]))


def _identifiers(document: Document) -> TaxIdentifiers:
    seller = [tax for tax in document.at(f"{SELLER}/cac:PartyTaxScheme") if "cbc:CompanyID" in tax.kids]
    return TaxIdentifiers(
        seller=bool(seller),
        seller_vat=any(map(is_vat, seller)),
        representative_vat=_has_vat_number(document, TAX_REPRESENTATIVE),
        buyer_vat=_has_vat_number(document, BUYER),
        buyer_legal=bool(document.at(f"{BUYER}/cac:PartyLegalEntity/cbc:CompanyID")),
    )


def _has_vat_number(document: Document, party: str) -> bool:
    return any(is_vat(tax) and "cbc:CompanyID" in tax.kids for tax in document.at(f"{party}/cac:PartyTaxScheme"))


def _count(uses: _Written, code: str, *, vat: bool = True, exact: bool = False) -> int:
    """Return how often a category occurs; `vat` requires the VAT scheme, `exact` a code without spaces around it."""
    count = 0
    for use, number in uses.items():
        if use.code == code and (use.vat or not vat) and (use.exact == code or not exact):
            count += number
    return count


def _others(uses: _Written, code: str) -> int:
    return sum(number for use, number in uses.items() if use.vat and use.code != code)


def _check_breakdown(document: Document, root: Node, category: Category, uses: _Uses) -> None:
    """BR-x-01: one breakdown per category in use, for S, L and M at least one."""
    code = category.code
    if not category.by_rate:
        found = _count(uses.breakdowns, code)
        right = found == 1 or not (_count(uses.everywhere, code) or _count(uses.lines, code))
    else:
        vat = code != "S"  # BR-S-01 counts every tax scheme, BR-AF-01 and BR-AG-01 only VAT
        found = _count(uses.breakdowns, code, vat=vat)
        if _count(uses.either, code, vat=vat) or _count(uses.lines, code, vat=vat):
            right = bool(_count(uses.breakdowns, code, vat=code == "M", exact=vat))
        else:
            right = not found
    if not right:
        wanted = "it needs at least one if a line uses it, else none" if category.by_rate else "it needs exactly one"
        message = f"VAT category {code} ({category.name}) has {found} VAT breakdowns; {wanted}."
        document.report(f"BR-{category.letters}-01", root, message, child="cac:TaxTotal/cac:TaxSubtotal")


def _check_identifiers(document: Document, root: Node, category: Category, uses: _Uses, given: TaxIdentifiers) -> None:
    """BR-x-02 (lines), BR-x-03 (allowances), BR-x-04 (charges): required tax numbers."""
    code, identified = category.code, category.identified(given)
    own = code == "O"  # BR-O-03 and BR-O-04 apply to the document's own allowances and charges only
    places = (
        ("02", uses.lines, "A line"),
        ("03", uses.document_allowances if own else uses.allowances, "An allowance"),
        ("04", uses.document_charges if own else uses.charges, "A charge"),
    )
    for rule, written, what in places:
        used = _count(written, code, exact=(code, rule) == ("L", "04"))
        odd = code == "S" and rule == "02" and not used and _count(written, code, vat=False)
        if odd or (used and not identified):
            message = f"{what} is in VAT category {code} ({category.name}), which requires {category.identifiers}."
            document.report(f"BR-{category.letters}-{rule}", root, message, child=f"{SELLER}/cac:PartyTaxScheme")


def _check_intra_community(document: Document, root: Node) -> None:
    """BR-IC-11, BR-IC-12."""
    if len(document.value("cac:Delivery/cbc:ActualDeliveryDate")) <= 1 and not any(
        period.kids for period in root.children("cac:InvoicePeriod")
    ):
        message = "An intra-community supply (VAT category K) needs the delivery date (BT-72) or the period (BG-14)."
        document.report("BR-IC-11", root, message, child="cac:Delivery/cbc:ActualDeliveryDate")
    country = "cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country/cbc:IdentificationCode"
    if len(document.value(country)) <= 1:
        message = "An intra-community supply (VAT category K) needs the country of delivery (BT-80)."
        document.report("BR-IC-12", root, message, child=country)


def _check_nothing_but_not_subject(document: Document, root: Node, uses: _Uses) -> None:
    """BR-O-11 to BR-O-14."""
    for rule, written, what in (
        ("BR-O-11", uses.breakdowns, "another VAT breakdown"),
        ("BR-O-12", uses.lines, "a line of another VAT category"),
        ("BR-O-13", uses.allowances, "an allowance of another VAT category"),
        ("BR-O-14", uses.charges, "a charge of another VAT category"),
    ):
        if _others(written, "O"):
            message = f"A document not subject to VAT (category O) has {what}; category O excludes all others."
            document.report(rule, root, message, child="cac:TaxTotal/cac:TaxSubtotal")


def _check_split_payment(document: Document, root: Node, uses: _Uses) -> None:
    """BR-B-01, BR-B-02."""
    if any(use.exact == "B" for use in chain(uses.everywhere, uses.lines)):
        countries = {country.text for country in document.named("cbc:IdentificationCode")}
        if countries - {"IT"}:
            message = "VAT category B (split payment) is for invoices within Italy only."
            document.report("BR-B-01", root, message, child="cac:TaxTotal/cac:TaxSubtotal")
    own = chain(uses.breakdowns, uses.lines, _written_in(root.children("cac:AllowanceCharge")))
    if {"B", "S"} <= {use.exact for use in own}:
        message = "The document uses VAT categories B (split payment) and S (standard rate); they exclude each other."
        document.report("BR-B-02", root, message, child="cac:TaxTotal/cac:TaxSubtotal")
