"""The VAT breakdown (BG-23): one group for each category and rate, with its reason by VATEX or in words."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import replace

from app.peppol import codes
from app.peppol.invoice import Invoice, Vat, VatBreakdown
from app.peppol.readers import belgium

_WITHOUT_REASON = frozenset({"S", "Z", "L", "M", "B"})  # BR-S-10, BR-Z-10, BR-AF-10, BR-AG-10
_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
# Codes that belong to one category (PEPPOL-EN16931-P0104 … P0111)
_CATEGORY_OF = {code: category for category, code in _CODES.items()} | {f"VATEX-EU-{one}": "E" for one in "DFIJ"}


def merged(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with one group for each category and rate; UBL.BE has one for each Belgian tax code."""
    groups = invoice.vat_breakdown
    if len({group.vat for group in groups}) == len(groups):
        return invoice
    return replace(invoice, vat_breakdown=tuple(_merged(groups)))


def reasons(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with reasons that Peppol takes: a code of VATEX, and in words what no such code says."""
    if not any(group.exemption_reason or group.exemption_reason_code for group in invoice.vat_breakdown):
        return invoice
    return replace(invoice, vat_breakdown=tuple(_with_reason(group, losses=losses) for group in invoice.vat_breakdown))


def _merged(groups: Iterable[VatBreakdown]) -> list[VatBreakdown]:
    found: dict[Vat, VatBreakdown] = {}
    for group in groups:
        found[group.vat] = _sum(found[group.vat], group) if group.vat in found else group
    return list(found.values())


def _sum(one: VatBreakdown, other: VatBreakdown) -> VatBreakdown:
    same_code = one.exemption_reason_code == other.exemption_reason_code
    texts = [one.exemption_reason, other.exemption_reason] if same_code else [_words(one), _words(other)]
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
    category = group.vat.category
    if category in _WITHOUT_REASON:
        return _without_reason(group, losses=losses)
    code = (group.exemption_reason_code or "").upper()
    if not code or (code in codes.EXEMPTION_REASONS and _CATEGORY_OF.get(code, category) == category):
        return replace(group, exemption_reason_code=code or None)
    return replace(group, exemption_reason_code=_CODES.get(category), exemption_reason=_words(group))


def _words(group: VatBreakdown) -> str | None:
    """Return the reason with the code that has no place, if the words do not say it already."""
    code, text = group.exemption_reason_code, group.exemption_reason
    meaning = belgium.reason(code)
    if code is None or (text or "").endswith(f"({code})"):
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
