"""How far the VAT breakdown and the total without VAT are from the lines, allowances and charges below them."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Invoice, Totals, Vat, VatBreakdown

ZERO = Decimal(0)
EXEMPT = Vat("E", ZERO)
_OUTSIDE = Vat("O")


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the document states less what its lines, allowances and charges come to."""

    taxed: dict[Vat, Decimal]  # of each category and rate that differs, exempt ones aside
    exempt: Decimal  # of category E, as far as its breakdown says
    total: Decimal  # of the total without VAT
    below: dict[Vat, Decimal]  # what lines, allowances and charges come to
    needed: Decimal  # what has to be added without VAT, once the taxed gaps are closed, to keep the total


def gaps(invoice: Invoice) -> Gaps | None:
    """Return the gaps; None where there are none, or where the document leaves out what they are measured by."""
    stated = {_key(group.vat): group.taxable_amount for group in invoice.vat_breakdown}
    amounts = [amount for amount in stated.values() if amount is not None]
    if not amounts or len(amounts) < len(stated) or len(stated) < len(invoice.vat_breakdown):
        return None
    below = _below(invoice)
    return None if below is None else _compared(invoice, stated=dict(zip(stated, amounts, strict=True)), below=below)


def _key(vat: Vat) -> Vat:
    """Return the category and rate; outside the scope of VAT a German breakdown states a rate and a line none."""
    return _OUTSIDE if vat.category == "O" else vat


def _below(invoice: Invoice) -> dict[Vat, Decimal] | None:
    """Return what lines, charges and allowances come to; None where one of them lacks a rate or an amount."""
    if any(line.net_amount is None for line in invoice.lines):
        return None
    found: dict[Vat, Decimal] = {}
    for vat, parts in groupby(_parts(invoice), key=itemgetter(0)):  # most lines have the rate of the one before
        if vat is None:
            return None
        found[_key(vat)] = found.get(_key(vat), ZERO) + sum([amount for _, amount in parts], ZERO)
    return found


def _parts(invoice: Invoice) -> list[tuple[Vat | None, Decimal]]:
    parts = [(line.vat, line.net_amount or ZERO) for line in invoice.lines]
    parts += [(charge.vat, charge.amount) for charge in invoice.charges]
    parts += [(allowance.vat, -allowance.amount) for allowance in invoice.allowances]
    return parts


def _compared(invoice: Invoice, *, stated: dict[Vat, Decimal], below: dict[Vat, Decimal]) -> Gaps | None:
    differing = {vat: amount - below.get(vat, ZERO) for vat, amount in stated.items() if amount != below.get(vat, ZERO)}
    exempt = differing.pop(EXEMPT, ZERO)
    sum_below = sum(below.values(), ZERO)
    total = sum_below if (found := without_vat(invoice.totals)) is None else found
    if not differing and not exempt and total == sum_below and below.keys() <= stated.keys():
        return None
    gap = total - sum_below
    return Gaps(differing, exempt, gap, below, needed=gap - sum(differing.values(), ZERO))


def without_vat(totals: Totals) -> Decimal | None:
    """Return BT-109, else what BT-112 and BT-110 leave of it."""
    if totals.without_vat is not None or totals.with_vat is None or totals.vat is None:
        return totals.without_vat
    return totals.with_vat - totals.vat


def with_adjustments(
    invoice: Invoice, *, allowances: tuple[AllowanceCharge, ...] = (), charges: tuple[AllowanceCharge, ...] = ()
) -> Invoice:
    """Return the invoice with these beside its own; stated sums of allowances and charges grow with them."""
    totals = invoice.totals
    return replace(
        invoice,
        allowances=invoice.allowances + allowances,
        charges=invoice.charges + charges,
        totals=replace(
            totals,
            allowances=_grown(totals.allowances, own=invoice.allowances, by=allowances),
            charges=_grown(totals.charges, own=invoice.charges, by=charges),
        ),
    )


def _grown(
    stated: Decimal | None, *, own: tuple[AllowanceCharge, ...], by: tuple[AllowanceCharge, ...]
) -> Decimal | None:
    """Return the sum with what is added; a sum that the document leaves to be computed is left so."""
    if not by or (stated is None and own):
        return stated
    return (stated or ZERO) + sum((item.amount for item in by), ZERO)


def with_exempt_group(invoice: Invoice, *, amount: Decimal, reason: str) -> Invoice:
    """Return the invoice with a group of category E in its breakdown, if it has none."""
    if any(group.vat == EXEMPT for group in invoice.vat_breakdown):
        return invoice
    group = VatBreakdown(vat=EXEMPT, taxable_amount=amount, tax_amount=ZERO, exemption_reason=reason)
    return replace(invoice, vat_breakdown=(*invoice.vat_breakdown, group))
