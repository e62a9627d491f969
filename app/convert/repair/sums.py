"""Sums that the sender left out or rounded: groups without VAT, and cents between the lines and the total."""

from msgspec.structs import replace

from app.convert.repair.belgium import belgian_base
from app.convert.repair.gaps import ZERO, Gaps, gaps, with_adjustments
from app.convert.repair.line_sum import HALF_CENT
from app.peppol.invoice import AllowanceCharge, Invoice, Vat, VatBreakdown

_AT_ZERO = frozenset({"Z", "E", "AE", "K", "G"})
_TOLERANT = frozenset({"S", "L", "M"})  # BR-S-08, BR-AF-08, BR-AG-08 let pass less than 1.00
_ROUNDING = "Rounding"


def sums(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with lines, allowances and charges that add up to its VAT breakdown and its total."""
    if (found := gaps(invoice)) is None:
        return invoice
    invoice = _with_absent_groups(invoice, found, losses)
    invoice = _with_rounding(invoice, found, losses)
    return belgian_base(invoice, losses)


def _with_absent_groups(invoice: Invoice, found: Gaps, losses: list[str]) -> Invoice:
    """BR-E-01 and its like, where the breakdown only states what bears VAT."""
    stated = {group.vat for group in invoice.vat_breakdown}
    absent = {vat: amount for vat, amount in found.below.items() if vat not in stated}
    is_free = all(vat.category in _AT_ZERO and not vat.rate for vat in absent)
    if not absent or not is_free or found.taxed or found.exempt or found.total:
        return invoice
    said = ", ".join(f"{amount} of category {vat.category}" for vat, amount in absent.items())
    losses.append(f"The VAT breakdown leaves out {said}; it is added.")
    groups = tuple(VatBreakdown(vat=vat, taxable_amount=amount, tax_amount=ZERO) for vat, amount in absent.items())
    return replace(invoice, vat_breakdown=(*invoice.vat_breakdown, *groups))


def _with_rounding(invoice: Invoice, found: Gaps, losses: list[str]) -> Invoice:
    """BR-CO-10, BR-CO-13: what half a cent on each line can add up to becomes an allowance or a charge."""
    most = HALF_CENT * len(invoice.lines)
    lines = sum((line.net_amount for line in invoice.lines if line.net_amount is not None), ZERO)
    stated = lines if invoice.totals.line_net is None else invoice.totals.line_net
    vat = _rounded_rate(invoice, found)
    if not found.total or abs(found.total) > most or abs(stated - lines) > most or vat is None:
        return invoice
    item = AllowanceCharge(amount=abs(found.total), reason=_ROUNDING, vat=vat)
    allowances, charges = ((item,), ()) if found.total < 0 else ((), (item,))
    more, added = ("more", "an allowance") if found.total < 0 else ("less", "a charge")
    losses.append(
        f"The lines add up to {lines}, which is {item.amount} {more} than the document states; {added} is added."
    )
    invoice = replace(invoice, totals=replace(invoice.totals, line_net=lines))
    return with_adjustments(invoice, allowances=allowances, charges=charges)


def _rounded_rate(invoice: Invoice, found: Gaps) -> Vat | None:
    """Return the category and rate that the rounding belongs to."""
    if found.taxed:
        return next((vat for vat, gap in found.taxed.items() if gap == found.total and len(found.taxed) == 1), None)
    only = invoice.vat_breakdown[0].vat
    return only if len(invoice.vat_breakdown) == 1 and only.category in _TOLERANT else None
