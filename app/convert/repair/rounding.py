"""A price or a quantity that the sender rounded or cut: the exact one that gives the net amount.

A number counts as rounded at the decimals that it shows. It may be off by half a unit of the last of them, and by a
whole unit where it was cut. A whole number is exact, unless the currency has no cents or the unit is one of measure.
"""

from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from app.convert.repair.line_sum import HALF_CENT, TOLERANCE, WIDE, adjusted, bare
from app.peppol.invoice import Line, Price

# Currencies whose amounts are written without cents; ISO 4217 still gives the forint two decimals
_WITHOUT_CENTS = frozenset({"BIF", "CLP", "GNF", "HUF", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})
_HALF = Decimal("0.5")
_FEWEST, _MOST = 2, 10  # decimals of a computed price
_COUNTED = frozenset(
    {"", "C62", "H87", "EA", "NAR", "NPR", "PR", "SET", "ZZ", "XPP", "LS", "E48"}
)  # pieces, not measures
_SMALLEST_MEASURE = 100  # below it, a whole number is not a rounded one: 3 hours are not 3.5


def with_exact_price(line: Line, *, currency: str) -> tuple[Line, str] | None:
    """Return the line at the price that gives its net amount, if the stated price is that one rounded or cut."""
    price, quantity = line.price.net, line.quantity
    if not quantity or price is None:
        return None
    exact = exact_price(line)
    slack = WIDE.divide(_of_net(line, currency=currency) * (line.price.base_quantity or 1), abs(quantity))
    if not _is_rounded(price, exact=exact, unit=_unit_of_price(price, currency=currency), slack=slack):
        return None
    if (found := at_price(line, exact)) is None:
        return None
    return found, f"the price {price} is rounded; {found.price.net} is written, which gives the net amount."


def with_exact_quantity(line: Line) -> tuple[Line, str] | None:
    """Return the line with the quantity that gives its net amount, if the stated one is that one rounded or cut."""
    quantity, price = line.quantity, line.price.net
    if not quantity or not price or (unit := _unit_of_quantity(line)) is None:
        return None
    per_one = WIDE.divide(price, line.price.base_quantity or Decimal(1))
    exact = WIDE.divide(_wanted(line), per_one)
    if not _is_rounded(quantity, exact=exact, unit=unit, slack=WIDE.divide(HALF_CENT, per_one)):
        return None
    found = _shortest(exact, lambda value: replace(line, quantity=value), fewest=_decimals(quantity))
    if found is None:
        return None
    return found, f"the quantity {quantity} is rounded; {found.quantity} is written, which gives the net amount."


def exact_price(line: Line) -> Decimal:
    """Return the price that quantity and net amount give."""
    return WIDE.divide(_wanted(line) * (line.price.base_quantity or 1), line.quantity or Decimal(1))


def at_price(line: Line, exact: Decimal) -> Line | None:
    """Return the line at this price, with no more decimals than its net amount needs."""
    return _shortest(exact, lambda value: replace(line, price=_price(line.price, net=value)), fewest=_FEWEST)


def _price(price: Price, *, net: Decimal) -> Price:
    """Return the price with another net; the gross price stays, and its discount is what lies between (R046)."""
    if price.gross is None or price.gross < net:
        return replace(price, net=net, gross=None, discount=None)
    return replace(price, net=net, discount=price.gross - net)


def _wanted(line: Line) -> Decimal:
    """Return what quantity × price ÷ base quantity has to be."""
    return (line.net_amount or Decimal(0)) - adjusted(line)


def _shortest(exact: Decimal, build: Callable[[Decimal], Line], *, fewest: int) -> Line | None:
    for decimals in range(fewest, _MOST + 1):
        line = build(exact.quantize(Decimal(1).scaleb(-decimals), context=WIDE))
        if abs(bare(line) - _wanted(line)) < (HALF_CENT if decimals < _MOST else TOLERANCE):
            return line
    return None


def _is_rounded(stated: Decimal, *, exact: Decimal, unit: Decimal | None, slack: Decimal) -> bool:
    """Return whether the stated number is the exact one rounded to this unit, or cut to it."""
    if stated * exact < 0 or exact == 0 or (stated == 0 and exact < 0):
        return False
    off = abs(exact) - abs(stated)
    half, whole = (unit / 2, unit) if unit else (Decimal(0), Decimal(0))
    return -half - slack <= off <= whole + slack


def _unit_of_price(price: Decimal, *, currency: str) -> Decimal | None:
    decimals = _decimals(price)
    if decimals == 0 or (currency in _WITHOUT_CENTS and price == price.to_integral_value()):
        return Decimal(1) if currency in _WITHOUT_CENTS else None
    return Decimal(1).scaleb(-min(decimals, max(_FEWEST, _decimals(price.normalize()))))


def _unit_of_quantity(line: Line) -> Decimal | None:
    quantity = line.quantity or Decimal(0)
    decimals = _decimals(quantity.normalize())
    if decimals == 0 and (line.unit in _COUNTED or abs(quantity) < _SMALLEST_MEASURE):
        return None
    return Decimal(1).scaleb(-decimals)


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _of_net(line: Line, *, currency: str) -> Decimal:
    """Return by how much the net amount itself may be rounded."""
    net = line.net_amount or Decimal(0)
    return _HALF if currency in _WITHOUT_CENTS and net == net.to_integral_value() else HALF_CENT
