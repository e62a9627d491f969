"""Exemption reasons (BT-120, BT-121) from the breakdown, the lines or Belgian tax codes."""

from msgspec.structs import replace

from app.peppol.invoice import Invoice, Vat, VatBreakdown
from app.peppol.readers import belgium
from app.peppol.readers.source import Source
from app.peppol.readers.ubl.lines import tax_category
from app.peppol.readers.ubl.money import vat

_EXEMPT = frozenset({"E", "AE", "K", "G", "O"})  # categories that need a reason (BR-E-10 and others)


def with_exemptions(invoice: Invoice, *, source: Source) -> Invoice:
    """Return the document with the exemption reasons of its lines and Belgian tax codes."""
    stated = [(category, found) for category in _categories(source) if (found := vat(category))]
    groups = tuple(_with_reason(group, stated=stated) for group in invoice.vat_breakdown)
    return replace(invoice, vat_breakdown=groups)


def _categories(source: Source) -> list[Source]:
    """Return every place that may state a reason, the breakdown first."""
    lines = source.all("InvoiceLine") + source.all("CreditNoteLine")
    others = source.all("AllowanceCharge/TaxCategory") + [tax_category(line) for line in lines]
    return source.all("TaxTotal/TaxSubtotal/TaxCategory") + others


def _with_reason(group: VatBreakdown, *, stated: list[tuple[Source, Vat]]) -> VatBreakdown:
    """Return the group with one reason and one code; a place that states another stays unread."""
    for place in (category for category, found in stated if _is_of(group, found)):
        code, text = place.peek("TaxExemptionReasonCode"), place.peek("TaxExemptionReason")
        name = place.peek("Name")
        group = replace(
            group,
            exemption_reason_code=group.exemption_reason_code or code,
            exemption_reason=group.exemption_reason or text or _belgian(group, name=name),
        )
        _drop_what_is_carried(place, group=group)
    return group


def _is_of(group: VatBreakdown, found: Vat) -> bool:
    """Return whether it is the group's category and rate; UBL 2.0 may state the rate beside the category."""
    return found.category == group.vat.category and found.rate in (group.vat.rate, None)


def _belgian(group: VatBreakdown, *, name: str | None) -> str | None:
    """Return the sentence for the Belgian code, of a rate only where that marks a standard exchange."""
    is_marked = group.vat.category in _EXEMPT or belgium.is_standard_exchange(name)
    return belgium.reason(name) if is_marked and not group.exemption_reason_code else None


def _drop_what_is_carried(place: Source, *, group: VatBreakdown) -> None:
    if place.peek("TaxExemptionReasonCode") == group.exemption_reason_code:
        place.drop("TaxExemptionReasonCode")
    if place.peek("TaxExemptionReason") == group.exemption_reason:
        place.drop("TaxExemptionReason")
    reason = belgium.reason(place.peek("Name"))
    if reason and reason in {group.exemption_reason, belgium.reason(group.exemption_reason_code)}:
        place.drop("Name")
