"""Reasons for an exemption that Banqup's lines name: in EN 16931 they belong to the VAT breakdown (BT-120, BT-121)."""

from msgspec.structs import replace

from app.banqup.assumptions import VatKey
from app.banqup.schemas import Line
from app.convert.banqup.vat import vat
from app.peppol.invoice import Invoice, Vat, VatBreakdown
from app.peppol.totals import complete


def apply(invoice: Invoice, *, lines: tuple[Line, ...]) -> Invoice:
    """The invoice with the first reason of each category and rate in its breakdown, where that names none."""
    reasons = _reasons(lines)
    if not reasons:
        return invoice
    groups = complete(invoice).vat_breakdown
    return replace(invoice, vat_breakdown=tuple(_explained(group, reasons.get(group.vat)) for group in groups))


def _reasons(lines: tuple[Line, ...]) -> dict[Vat, VatKey]:
    found: dict[Vat, VatKey] = {}
    for key in (line.vat_details for line in lines):
        if key is not None and (key.exemption_reason or key.exemption_reason_code) and (of := vat(key)) is not None:
            found.setdefault(of, key)
    return found


def _explained(group: VatBreakdown, key: VatKey | None) -> VatBreakdown:
    if key is None or group.exemption_reason or group.exemption_reason_code:
        return group
    return replace(group, exemption_reason=key.exemption_reason, exemption_reason_code=key.exemption_reason_code)
