"""VAT categories, the breakdown and its reasons: BG-23, BG-30."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from app.convert.conform.document import is_german
from app.peppol import codes
from app.peppol.invoice import AllowanceCharge, Invoice, Vat, VatBreakdown
from app.peppol.readers import belgium

# UNCL 5305 categories that EN 16931 has no room for: lower, higher and mixed rates are all standard rates
_STANDARD = frozenset({"A", "AA", "AB", "AC", "H", "HH"})
_OUTSIDE = "O"
_AT_ZERO = frozenset({"Z", "E", "AE", "K", "G"})
_WITHOUT_REASON = frozenset({"S", "Z", "L", "M", "B"})  # BR-S-10, BR-Z-10, BR-AF-10, BR-AG-10
_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}


def vat(invoice: Invoice, losses: list[str]) -> Invoice:
    """Every category in its list, one breakdown for each category and rate, reasons by VATEX or in words."""
    groups = _merged(replace(group, vat=_vat(group.vat)) for group in invoice.vat_breakdown)
    only = groups[0].vat if len(groups) == 1 else None
    if is_german(invoice.seller):
        groups = [_with_rate(group) for group in groups]
    return replace(
        invoice,
        vat_breakdown=tuple(_with_reason(group, losses=losses) for group in groups),
        lines=tuple(replace(line, vat=_vat(line.vat) if line.vat else only) for line in invoice.lines),
        allowances=_adjustments(invoice.allowances, only=only),
        charges=_adjustments(invoice.charges, only=only),
    )


def _vat(own: Vat) -> Vat:
    """BT-118 and BT-119, and the like: a category of the list, with the rate that it stands for."""
    category = own.category.upper()
    if category in _STANDARD or (not category and own.rate):
        category = "S"
    if own.rate is None and category in _AT_ZERO:
        return Vat(category, Decimal(0))
    return Vat(category, None if category == _OUTSIDE and not own.rate else own.rate)


def _with_rate(group: VatBreakdown) -> VatBreakdown:
    """A German breakdown has a rate even outside the scope of VAT (DE-R-014)."""
    is_bare = group.vat.category == _OUTSIDE and group.vat.rate is None and group.taxable_amount is not None
    return replace(group, vat=Vat(_OUTSIDE, Decimal(0))) if is_bare else group


def _adjustments(items: tuple[AllowanceCharge, ...], *, only: Vat | None) -> tuple[AllowanceCharge, ...]:
    """BG-20 or BG-21: without a category of its own it has the only one that there is (BR-32, BR-37)."""
    return tuple(replace(item, vat=_vat(item.vat) if item.vat else only) for item in items)


def _merged(groups: Iterable[VatBreakdown]) -> list[VatBreakdown]:
    """One breakdown for each category and rate; UBL.BE has one for each Belgian tax code (BR-S-01 and its like)."""
    found: dict[Vat, VatBreakdown] = {}
    for group in groups:
        found[group.vat] = _sum(found[group.vat], group) if group.vat in found else group
    return list(found.values())


def _sum(one: VatBreakdown, other: VatBreakdown) -> VatBreakdown:
    same_code = one.exemption_reason_code == other.exemption_reason_code
    reasons = [_words(one), _words(other)]
    texts = [one.exemption_reason, other.exemption_reason] if same_code else reasons
    return replace(
        one,
        taxable_amount=_added(one.taxable_amount, other.taxable_amount),
        tax_amount=_added(one.tax_amount, other.tax_amount),
        exemption_reason="; ".join(dict.fromkeys(text for text in texts if text)) or None,
        exemption_reason_code=one.exemption_reason_code if same_code else None,
    )


def _added(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _with_reason(group: VatBreakdown, *, losses: list[str]) -> VatBreakdown:
    """BT-120 and BT-121: a code of VATEX, and in words what no such code says."""
    if group.vat.category in _WITHOUT_REASON:
        return _without_reason(group, losses=losses)
    code = (group.exemption_reason_code or "").upper()
    if not code or code in codes.EXEMPTION_REASONS:
        return replace(group, exemption_reason_code=code or None)
    return replace(group, exemption_reason_code=_CODES.get(group.vat.category), exemption_reason=_words(group))


def _words(group: VatBreakdown) -> str | None:
    """The reason with the code that VATEX has not, where the words do not say it already."""
    code, text = group.exemption_reason_code, group.exemption_reason
    meaning = belgium.reason(code)
    if code is None or code.upper() in codes.EXEMPTION_REASONS:
        return text
    if text is None:
        return f"{meaning} ({code})" if meaning else code
    return f"{text} ({code})"


def _without_reason(group: VatBreakdown, *, losses: list[str]) -> VatBreakdown:
    said = [text for text in (group.exemption_reason_code, group.exemption_reason) if text]
    if said:
        losses.append(
            f"The exemption reason “{' '.join(said)}” is left out: VAT category {group.vat.category} has none."
        )
    return replace(group, exemption_reason=None, exemption_reason_code=None)
