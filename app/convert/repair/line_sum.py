"""What a line comes to: quantity × price ÷ base quantity, plus charges, less allowances (PEPPOL-EN16931-R120)."""

from decimal import ROUND_HALF_UP, Context, Decimal

from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Line

TOLERANCE = Decimal("0.02")  # what R120 lets pass
HALF_CENT = Decimal("0.005")
WIDE = Context(prec=100, rounding=ROUND_HALF_UP)  # a source may state numbers of forty digits
_ZERO = Decimal(0)
_NO_BASE = (None, Decimal(1))


def adds_up(line: Line) -> bool:
    """Return whether quantity and price give the net amount; True where one of them is missing."""
    price, quantity, net = line.price, line.quantity, line.net_amount
    if price.net is None or quantity is None or net is None:
        return True
    if not (line.allowances or line.charges or price.base_quantity not in _NO_BASE):
        return quantity * price.net == net or abs(quantity * price.net - net) <= TOLERANCE
    return abs(bare(line) + adjusted(line) - net) <= TOLERANCE


def bare(line: Line) -> Decimal:
    """Return quantity × price ÷ base quantity."""
    amount = WIDE.multiply(line.quantity or _ZERO, line.price.net or _ZERO)
    return WIDE.divide(amount, line.price.base_quantity) if line.price.base_quantity else amount


def adjusted(line: Line) -> Decimal:
    """Return the charges of the line less its allowances."""
    return total(line.charges) - total(line.allowances)


def above_zero(items: tuple[AllowanceCharge, ...]) -> tuple[AllowanceCharge, ...]:
    """Return allowances or charges without the sign that some senders give them."""
    return tuple(
        replace(item, amount=abs(item.amount), base_amount=item.base_amount and abs(item.base_amount)) for item in items
    )


def total(items: tuple[AllowanceCharge, ...]) -> Decimal:
    """Return what allowances or charges come to."""
    return sum((item.amount for item in items), _ZERO)
