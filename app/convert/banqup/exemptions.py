"""Reasons for an exemption that Banqup's lines name: in EN 16931 they belong to the VAT breakdown (BT-120, BT-121)."""

from msgspec.structs import replace

from app.banqup.schemas import Line
from app.convert.banqup.vat import vat
from app.peppol.invoice import Invoice, Vat, VatBreakdown
from app.peppol.totals import complete

_Reason = tuple[str | None, str | None]


def apply(invoice: Invoice, *, lines: tuple[Line, ...], losses: list[str]) -> Invoice:
    """Return the invoice with the first reason of each category and rate in its breakdown, if that names none."""
    reasons = _reasons(lines)
    if not reasons:
        return invoice
    groups = complete(invoice).vat_breakdown
    return replace(
        invoice,
        vat_breakdown=tuple(_explained(group, reasons.get(group.vat, []), losses=losses) for group in groups),
    )


def _reasons(lines: tuple[Line, ...]) -> dict[Vat, list[_Reason]]:
    """Return the different reasons of each category and rate, as code and text."""
    found: dict[Vat, list[_Reason]] = {}
    for key in (line.vat_details for line in lines):
        if key is not None and (key.exemption_reason or key.exemption_reason_code) and (of := vat(key)) is not None:
            reason = (key.exemption_reason_code, key.exemption_reason)
            if reason not in found.setdefault(of, []):
                found[of].append(reason)
    return found


def _explained(group: VatBreakdown, reasons: list[_Reason], *, losses: list[str]) -> VatBreakdown:
    own = (group.exemption_reason_code, group.exemption_reason)
    if own == (None, None) and reasons:
        own = reasons[0]
    for other in reasons:
        if other != own:
            said = " ".join(text for text in other if text)
            losses.append(f"The exemption reason “{said}” of a line has no place beside that of its VAT category.")
    return replace(group, exemption_reason_code=own[0], exemption_reason=own[1])
