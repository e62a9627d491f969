"""The Belgian cash discount and standard exchange, which change the VAT base but not the total.

EN 16931 has no term for either. Belgian practice states them by allowances and charges: the base of each rate is
lowered by the discount (or raised by the old part that is taken back), and category E brings the total back.
"""

import re
from decimal import Decimal
from itertools import islice

from msgspec.structs import replace

from app.convert.repair.adjustments import DISCOUNT, MISCELLANEOUS
from app.convert.repair.gaps import EXEMPT, ZERO, Gaps, gaps, with_adjustments, with_exempt_group
from app.peppol.invoice import AllowanceCharge, Invoice, Vat, VatBreakdown
from app.peppol.readers.discount import percentages
from app.peppol.totals import CENT, cents

_MOST_PERCENTAGES = 20  # of the payment terms; each is compared with every rate
CASH_DISCOUNT, STANDARD_EXCHANGE = "Cash discount", "Standard exchange"
_CASH = re.compile(
    r"BETE-FD|\b(financial|cash|settlement|payment|prompt payment) discount|escompte|skonto|contantkorting"
    r"|(korting|remise).{0,20}(contant|comptant|betaling|paiement)|financi[eë]le korting|betalingskorting",
    re.IGNORECASE,
)
_EXCHANGE = re.compile(
    r"BETE-03/SE|standard exchange|standaard[ -]?(ruil|uitwisseling|omruil)|[ée]change[ -]standard|austauschteil",
    re.IGNORECASE,
)


def belgian_base(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with the allowances and charges that its VAT base and its total need."""
    found = gaps(invoice)
    if found is None or not found.needed or (_has_exempt_group(invoice) and found.exempt != found.needed):
        return invoice
    if _is_cash_discount(invoice, found):
        return _with_cash_discount(invoice, found, losses)
    return _with_exchange(invoice, found, losses) if _is_exchange(invoice, found) else invoice


def _has_exempt_group(invoice: Invoice) -> bool:
    return any(group.vat == EXEMPT for group in invoice.vat_breakdown)


def _is_cash_discount(invoice: Invoice, found: Gaps) -> bool:
    """Return whether the base is lowered, and words or a percentage of the document say by which discount."""
    if not found.taxed:
        return _is_discount_in_allowances(invoice, found)
    return _is_moved(found, by=-1) and (_says(invoice, _CASH) or _percentage(invoice, found) is not None)


def _is_discount_in_allowances(invoice: Invoice, found: Gaps) -> bool:
    """Return whether allowances for a cash discount lower the base, and only the charge against them is missing."""
    by_terms = bool(_CASH.search(invoice.payment_terms or ""))
    named = [item.amount for item in invoice.allowances if by_terms or _CASH.search(item.reason or "")]
    return bool(named) and sum(named, ZERO) == found.needed


def _is_exchange(invoice: Invoice, found: Gaps) -> bool:
    """Return whether the base is raised, and words of the document say by which exchange."""
    return bool(found.taxed) and _is_moved(found, by=1) and _says(invoice, _EXCHANGE)


def _is_moved(found: Gaps, *, by: int) -> bool:
    """Return whether each base is raised (1) or lowered (-1), and category E moved the other way."""
    return all(gap * found.below.get(vat, ZERO) * by > 0 and gap * found.needed < 0 for vat, gap in found.taxed.items())


def _says(invoice: Invoice, words: re.Pattern[str]) -> bool:
    """Return whether a reason in the breakdown says so, or a line's that the reader carried there."""
    said = (f"{group.exemption_reason_code} {group.exemption_reason}" for group in invoice.vat_breakdown)
    return any(words.search(text) for text in said)


def _percentage(invoice: Invoice, found: Gaps) -> Decimal | None:
    """Return the percentage of the payment terms by which each base is lowered."""
    named = islice(dict.fromkeys(percentages(invoice.payment_terms)), _MOST_PERCENTAGES)
    return next((one for one in named if _is_lowered_by(one, found)), None)


def _is_lowered_by(percentage: Decimal, found: Gaps) -> bool:
    return all(abs(found.below.get(vat, ZERO) * percentage / 100 + gap) <= CENT for vat, gap in found.taxed.items())


def _with_cash_discount(invoice: Invoice, found: Gaps, losses: list[str]) -> Invoice:
    percentage = _percentage(invoice, found)
    allowances = tuple(
        replace(
            _adjustment(-gap, CASH_DISCOUNT, DISCOUNT, vat),
            percentage=percentage,
            base_amount=percentage and cents(found.below.get(vat, ZERO)),
        )
        for vat, gap in found.taxed.items()
    )
    charges = (_adjustment(found.needed, CASH_DISCOUNT, MISCELLANEOUS, EXEMPT),)
    losses.append(said(found.needed))
    invoice = with_adjustments(invoice, allowances=allowances, charges=charges)
    return with_exempt_group(invoice, amount=found.needed, reason=CASH_DISCOUNT)


def said(discount: Decimal) -> str:
    """Return the sentence that names how a cash discount is written."""
    return (
        f"The cash discount of {discount} lowers the VAT base, not the total; it is written as an allowance at each "
        "rate and as a charge without VAT."
    )


def _with_exchange(invoice: Invoice, found: Gaps, losses: list[str]) -> Invoice:
    charges = tuple(_adjustment(gap, STANDARD_EXCHANGE, MISCELLANEOUS, vat) for vat, gap in found.taxed.items())
    allowances = (_adjustment(-found.needed, STANDARD_EXCHANGE, DISCOUNT, EXEMPT),)
    losses.append(
        f"The standard exchange of {-found.needed} raises the VAT base, not the total; it is written as a charge at "
        "its rate and as an allowance without VAT."
    )
    invoice = replace(invoice, vat_breakdown=tuple(_unmarked(group) for group in invoice.vat_breakdown))
    invoice = with_adjustments(invoice, allowances=allowances, charges=charges)
    return with_exempt_group(invoice, amount=found.needed, reason=STANDARD_EXCHANGE)


def _unmarked(group: VatBreakdown) -> VatBreakdown:
    """Return the group without the words that marked its rate as that of an exchange."""
    is_marked = group.vat != EXEMPT and _EXCHANGE.search(group.exemption_reason or "")
    return replace(group, exemption_reason=None) if is_marked else group


def _adjustment(amount: Decimal, reason: str, code: str, vat: Vat) -> AllowanceCharge:
    return AllowanceCharge(amount=cents(amount), reason=reason, reason_code=code, vat=vat)
