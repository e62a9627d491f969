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
    found: dict[Vat, list[VatBreakdown]] = {}
    for group in groups:
        found.setdefault(group.vat, []).append(group)
    return [_sum(equals) if len(equals) > 1 else equals[0] for equals in found.values()]


def _sum(groups: list[VatBreakdown]) -> VatBreakdown:
    """Return groups of one category and rate as one; several codes become words, as the group has room for one."""
    codes_found = {group.exemption_reason_code for group in groups}
    has_one_code = len(codes_found) == 1
    texts = [group.exemption_reason if has_one_code else _words(group) for group in groups]
    return replace(
        groups[0],
        taxable_amount=_added([group.taxable_amount for group in groups]),
        tax_amount=_added([group.tax_amount for group in groups]),
        exemption_reason="; ".join(dict.fromkeys(text for text in texts if text)) or None,
        exemption_reason_code=codes_found.pop() if has_one_code else None,
    )


def _added(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known[1:], known[0]) if len(known) == len(amounts) else None


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
