"""Amounts finer than a cent (BR-DEC): rounded so that the lines still add up to the total that the document states."""

from collections.abc import Iterable
from decimal import Decimal

from msgspec.structs import asdict, replace

from app.peppol.invoice import Invoice, Line, Totals, VatBreakdown
from app.peppol.totals import CENT, cents

_ZERO = Decimal(0)
_SHOWN = 5


def in_cents(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with line amounts, VAT breakdown and totals in cents."""
    if any(_is_finer(line.net_amount) for line in invoice.lines):
        invoice = replace(invoice, lines=_rounded(invoice, losses=losses))
    sums = [amount for group in invoice.vat_breakdown for amount in (group.taxable_amount, group.tax_amount)]
    finer = [amount for amount in (*sums, *asdict(invoice.totals).values()) if _is_finer(amount)]
    if not finer:
        return invoice
    losses.append(f"Totals with more than two decimals are rounded to cents: {_listed(map(str, finer))}.")
    return replace(
        invoice,
        vat_breakdown=tuple(_group(group) for group in invoice.vat_breakdown),
        totals=Totals(**{name: _in_cents(amount) for name, amount in asdict(invoice.totals).items()}),
    )


def _is_finer(amount: Decimal | None) -> bool:
    return amount is not None and not amount.same_quantum(CENT) and amount != cents(amount)


def _in_cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else cents(amount)


def _group(group: VatBreakdown) -> VatBreakdown:
    return replace(group, taxable_amount=_in_cents(group.taxable_amount), tax_amount=_in_cents(group.tax_amount))


def _listed(texts: Iterable[str]) -> str:
    found = list(texts)
    return ", ".join(found[:_SHOWN]) + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")


def _rounded(invoice: Invoice, *, losses: list[str]) -> tuple[Line, ...]:
    """BT-131 (BR-DEC-23): what rounding adds to the sum is taken back from the lines that it moved furthest."""
    rounded = [_line(line) for line in invoice.lines]
    over = _stated_sum(invoice) - sum(map(_net, rounded), _ZERO)
    _spread(rounded, exact=invoice.lines, over=over)
    said = [
        f"{line.net_amount} as {new.net_amount} (line {line.identifier})"
        for line, new in zip(invoice.lines, rounded, strict=True)
        if line.net_amount != new.net_amount
    ]
    losses.append(f"Line net amounts with more than two decimals are rounded to cents: {_listed(said)}.")
    return tuple(rounded)


def _line(line: Line) -> Line:
    return replace(line, net_amount=_in_cents(line.net_amount))


def _stated_sum(invoice: Invoice) -> Decimal:
    """Return BT-106, else the sum of the lines before they are rounded."""
    exact, stated = sum(map(_net, invoice.lines), _ZERO), invoice.totals.line_net
    return cents(exact) if stated is None or abs(stated - exact) > CENT * len(invoice.lines) else cents(stated)


def _spread(rounded: list[Line], *, exact: tuple[Line, ...], over: Decimal) -> None:
    """Move by a cent the lines that rounding moved furthest the other way."""
    step = CENT.copy_sign(over)
    moved = [(_net(one) - _net(other)) * step for one, other in zip(exact, rounded, strict=True)]
    furthest = sorted((index for index, by in enumerate(moved) if by > 0), key=lambda index: -moved[index])
    for index in furthest[: int(abs(over) / CENT)]:
        rounded[index] = replace(rounded[index], net_amount=_net(rounded[index]) + step)


def _net(line: Line) -> Decimal:
    return line.net_amount or _ZERO
