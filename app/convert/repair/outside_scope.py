"""What is outside the scope of VAT (category O) beside anything else.

EN 16931 keeps category O for documents that are outside the scope as a whole (BR-O-11 … BR-O-14). A deposit or a court
fee beside taxed lines is written as exempt (E), with its own words as the reason.
"""

from decimal import Decimal

from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Invoice, Vat, VatBreakdown
from app.peppol.totals import complete

_OUTSIDE, _EXEMPT = "O", Vat("E", Decimal(0))
_REASON = "Not subject to VAT"


def outside_scope(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with what is outside the scope of VAT as exempt, if it is not the whole of it."""
    categories = _categories(invoice)
    if _OUTSIDE not in categories or len(categories) == 1:
        return invoice
    changed = replace(
        invoice,
        vat_breakdown=tuple(_group(group) for group in invoice.vat_breakdown),
        lines=tuple(replace(line, vat=_EXEMPT) if _is_outside(line.vat) else line for line in invoice.lines),
        allowances=_all(invoice.allowances),
        charges=_all(invoice.charges),
    )
    if not any(group.vat == _EXEMPT for group in changed.vat_breakdown):
        changed = _with_group(changed)
    losses.append(
        f"{_amount(invoice)} outside the scope of VAT is written as exempt (E), with its own words as the reason: EN "
        "16931 does not allow O beside another category."
    )
    return changed


def _amount(invoice: Invoice) -> Decimal:
    lines = [line.net_amount or Decimal(0) for line in invoice.lines if _is_outside(line.vat)]
    charges = [item.amount for item in invoice.charges if _is_outside(item.vat)]
    allowances = [-item.amount for item in invoice.allowances if _is_outside(item.vat)]
    return sum((*lines, *charges, *allowances), Decimal(0))


def _with_group(invoice: Invoice) -> Invoice:
    """Return the invoice with the group that its breakdown leaves out, or with all of them if it has none."""
    groups = invoice.vat_breakdown or complete(invoice).vat_breakdown
    others = tuple(group for group in groups if group.vat != _EXEMPT)
    return replace(invoice, vat_breakdown=(*others, VatBreakdown(vat=_EXEMPT, exemption_reason=_REASON)))


def _categories(invoice: Invoice) -> set[str]:
    vats = [group.vat for group in invoice.vat_breakdown]
    found = (item.vat for item in (*invoice.allowances, *invoice.charges))
    return {vat.category for vat in (*vats, *found, *(line.vat for line in invoice.lines)) if vat and vat.category}


def _is_outside(vat: Vat | None) -> bool:
    return vat is not None and vat.category == _OUTSIDE


def _all(items: tuple[AllowanceCharge, ...]) -> tuple[AllowanceCharge, ...]:
    return tuple(replace(item, vat=_EXEMPT) if _is_outside(item.vat) else item for item in items)


def _group(group: VatBreakdown) -> VatBreakdown:
    """Return the group as exempt; the code VATEX-EU-O belongs to category O alone (P0105)."""
    if not _is_outside(group.vat):
        return group
    return replace(
        group, vat=_EXEMPT, exemption_reason=group.exemption_reason or _REASON, exemption_reason_code=_other_code(group)
    )


def _other_code(group: VatBreakdown) -> str | None:
    code = group.exemption_reason_code
    return None if code and code.upper() == "VATEX-EU-O" else code
