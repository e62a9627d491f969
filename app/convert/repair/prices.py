"""Prices and quantities that give the net amount of their line (PEPPOL-EN16931-R120).

Senders round prices, repeat the quantity or the price as base quantity, or state a price after the allowances of the
line. Each of these readings is tried; a line that none of them explains contradicts itself and stays as it is.
"""

from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from app.convert.repair import rounding
from app.convert.repair.line_sum import TOLERANCE, above_zero, adds_up, adjusted, bare
from app.peppol.invoice import Invoice, Line, Price
from app.peppol.totals import CENT

_ONE = Decimal(1)
Reading = tuple[Line, str]


def prices(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with a price and a quantity on each line that give its net amount."""
    if all(_is_settled(line) for line in invoice.lines):
        return invoice
    currency = invoice.currency
    return replace(invoice, lines=tuple(priced(line, currency=currency, losses=losses) for line in invoice.lines))


def priced(line: Line, *, currency: str, losses: list[str]) -> Line:
    """Return the line with a price and a quantity that give its net amount, if its amounts allow it."""
    if _is_settled(line):
        return line
    for step in (_with_base_above_zero, _with_quantity, _with_price, _with_price_above_zero):
        line = _named(line, step(line), losses=losses)
    if not adds_up(line):
        line = _named(line, _explained(line, currency=currency), losses=losses)
    return _named(line, _with_fitting_discount(line), losses=losses)


def _is_settled(line: Line) -> bool:
    price, base = line.price.net, line.price.base_quantity
    if price is None or line.quantity is None or price < 0 or (base is not None and base <= 0):
        return False
    return adds_up(line) and _has_fitting_discount(line.price)


def _named(line: Line, found: Reading | None, *, losses: list[str]) -> Line:
    if found is None:
        return line
    changed, sentence = found
    losses.append(f"Line {line.identifier}: {sentence}{_discount(line.price, changed.price)}")
    return changed


def _discount(before: Price, after: Price) -> str:
    """Return what happened to the gross price and its discount, for a sentence to end with."""
    if before.gross is None or (before.gross, before.discount) == (after.gross, after.discount):
        return ""
    if after.gross is None and after.net != before.gross:
        return f" Its gross price {before.gross} is left out."
    if abs(before.gross) != after.gross:
        return ""
    return f" Its discount {before.discount} is written as {after.discount}."


def _with_base_above_zero(line: Line) -> Reading | None:
    """R121."""
    price = line.price
    if price.base_quantity is None or price.base_quantity > 0:
        return None
    said = f"the base quantity {price.base_quantity} of the price is left out; it must be above 0."
    return _without_base(line), said


def _with_quantity(line: Line) -> Reading | None:
    """A line that only states an amount is one of it (BR-22)."""
    if line.quantity is not None or line.net_amount is None:
        return None
    return replace(line, quantity=_ONE), "it states no quantity; 1 is written."


def _with_price(line: Line) -> Reading | None:
    """BR-26."""
    if line.price.net is not None or line.net_amount is None:
        return None
    if not line.quantity:
        return replace(line, price=replace(line.price, net=Decimal(0))), "it states no price; 0 is written."
    if (found := rounding.at_price(line, rounding.exact_price(line))) is None:
        return None
    return found, f"it states no price; {found.price.net} is written, which gives the net amount."


def _with_price_above_zero(line: Line) -> Reading | None:
    """A price below zero is a quantity below zero (BR-27, BR-28)."""
    price, quantity = line.price, line.quantity
    if price.net is None or price.net >= 0 or quantity is None:
        return None
    turned = replace(price, net=-price.net, gross=_turned(price.gross), discount=_turned(price.discount))
    said = f"the price {price.net} is below zero; {-price.net} is written, with the quantity {-quantity}."
    return replace(line, quantity=-quantity, price=turned), said


def _has_fitting_discount(price: Price) -> bool:
    return price.gross is None or price.discount is None or price.gross - price.discount == price.net


def _with_fitting_discount(line: Line) -> Reading | None:
    """Gross price less discount is the net price (R046); a discount may be rounded by less than a cent."""
    price = line.price
    if _has_fitting_discount(price) or price.net is None or price.gross is None or price.discount is None:
        return None
    discount = price.gross - price.net
    if abs(discount - price.discount) < CENT:
        changed = replace(line, price=replace(price, discount=discount))
        return changed, f"the discount {price.discount} on the price is rounded."
    said = f"the gross price {price.gross} less the discount {price.discount} is not the price {price.net}."
    return replace(line, price=replace(price, gross=None, discount=None)), said


def _turned(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def _explained(line: Line, *, currency: str) -> Reading | None:
    """Return the first reading under which the line gives its net amount: at most one number of it is rounded."""
    if found := rounding.with_exact_price(line, currency=currency):
        return found
    readings = [found for read in _READINGS if (found := read(line)) and (found[0].price.net or 0) >= 0]
    if right := next((found for found in readings if adds_up(found[0])), None):
        return right
    for changed, sentence in readings:
        if rounded := rounding.with_exact_price(changed, currency=currency):
            return rounded[0], f"{sentence} Also, {rounded[1]}"
    return rounding.with_exact_quantity(line)


def _with_sign_of_amount(line: Line) -> Reading | None:
    """Only the net amount says that something was returned."""
    quantity = line.quantity or Decimal(0)
    return replace(line, quantity=-quantity), f"the quantity {quantity} is written as {-quantity}, as the amount is."


def _with_turned_adjustments(line: Line) -> Reading | None:
    """Allowances that are stated below zero and lower the amount, and charges likewise."""
    below = [item for item in (*line.allowances, *line.charges) if item.amount < 0]
    if not below:
        return None
    allowances, charges = above_zero(line.allowances), above_zero(line.charges)
    stated = ", ".join(str(item.amount) for item in below)
    return replace(
        line, allowances=allowances, charges=charges
    ), f"the allowance or charge of {stated} is written above zero, as the net amount needs it."


def _with_price_of_one(line: Line) -> Reading | None:
    """A base quantity that only repeats the quantity, the price or another number."""
    base = line.price.base_quantity
    if base in (None, _ONE):
        return None
    said = f"the base quantity {base} of the price is left out: quantity × price is the net amount."
    return _without_base(line), said


def _without_base(line: Line) -> Line:
    return replace(line, price=replace(line.price, base_quantity=None, base_quantity_unit=None))


def _with_price_before_adjustments(line: Line) -> Reading | None:
    """A price that holds the allowances and charges of the line; R120 wants the one before them."""
    net = line.net_amount
    if net is None or not adjusted(line):
        return None
    whole = next((one for one in (line, _without_base(line)) if abs(bare(one) - net) <= TOLERANCE), None)
    found = rounding.at_price(whole, rounding.exact_price(whole)) if whole else None
    if found is None:
        return None
    said = f"the price {line.price.net} is the one after the line's allowances and charges;"
    return found, f"{said} {found.price.net} is written, the price before them."


def _with_price_of_all(line: Line) -> Reading | None:
    """A price that repeats the net amount is the price of the whole quantity."""
    price, quantity, net = line.price.net, line.quantity, line.net_amount
    if not quantity or net is None or abs(net) != price or abs(quantity) == _ONE:
        return None
    changed = replace(line.price, base_quantity=abs(quantity), base_quantity_unit=None)
    return replace(line, price=changed), f"the price {price} is that of all {quantity}, and written as such."


def _with_gross_price(line: Line) -> Reading | None:
    """A line that is charged at the price before a difference that the document calls no discount."""
    price = line.price
    if price.gross is None or price.discount is not None:
        return None
    changed = replace(line, price=replace(price, net=price.gross, gross=None))
    return changed, f"the net amount comes from the gross price {price.gross}, which is written instead of {price.net}."


_READINGS: tuple[Callable[[Line], Reading | None], ...] = (
    _with_sign_of_amount,
    _with_turned_adjustments,
    _with_price_of_one,
    _with_price_before_adjustments,
    _with_price_of_all,
    _with_gross_price,
)
