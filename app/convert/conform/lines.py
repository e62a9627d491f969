"""The lines: units, prices, items, numbers."""

from decimal import Decimal

from msgspec.structs import replace

from app.convert.banqup.units import ONE, WORDS
from app.convert.conform.references import invoiced_object
from app.peppol import codes
from app.peppol.invoice import Attribute, Classification, Identifier, Invoice, Item, Line, Price
from app.peppol.totals import cents, line_net

_GTIN = "0160"
_GTIN_NAMES = frozenset({"GTIN", "EAN", "EAN13", "EAN-13", "GTIN13", "GTIN-13", "UPC", "SRV"})
_CLASSES = {"CPV": "STI", "UNSPSC": "TST", "GTIN": "SRV", "EAN": "SRV", "CN": "TSP"}  # names → UNTDID 7143
_PRICE_DECIMALS = 6
_TOLERANCE = Decimal("0.02")  # PEPPOL-EN16931-R120
_OTHER_CLASS = "ZZZ"  # UNTDID 7143: mutually defined


def lines(invoice: Invoice, losses: list[str]) -> Invoice:
    """BG-25, each with a number, a unit, a price and an item that Peppol takes."""
    numbered = enumerate(invoice.lines, start=1)
    return replace(invoice, lines=tuple(_line(line, number=number, losses=losses) for number, line in numbered))


def _line(line: Line, *, number: int, losses: list[str]) -> Line:
    line = replace(line, identifier=line.identifier or str(number))
    unit = _unit(line, losses=losses)
    line = _with_positive_price(_with_price(replace(line, unit=unit)))
    line = _with_sign_of_amount(_with_exact_price(line, losses=losses), losses=losses)
    return replace(
        line,
        object_identifier=invoiced_object(line.object_identifier, losses=losses),
        price=_price(line.price, line=line, losses=losses),
        item=_item(line.item, line=line, losses=losses),
    )


def _unit(line: Line, *, losses: list[str]) -> str:
    """BT-130: a code of recommendation 20 or 21 (BR-CL-23)."""
    unit = line.unit.strip()
    word = unit.upper()
    found = next((code for code in (unit, word, WORDS.get(word)) if code in codes.UNITS), None)
    if found is None:
        losses.append(f"Line {line.identifier}: the unit {unit} is not known; {ONE} (one) is written.")
    return found or ONE


def _with_price(line: Line) -> Line:
    """A line that only says what it costs: one of it, or the price that quantity and amount give (BR-22, BR-26)."""
    net_amount = line.net_amount
    if net_amount is None or (line.price.net is not None and line.quantity is not None):
        return line
    quantity = Decimal(1) if line.quantity is None else line.quantity
    line = replace(line, quantity=quantity)
    if line.price.net is not None or not quantity:
        return line
    net = (net_amount - _adjusted(line)) * (line.price.base_quantity or 1) / quantity
    return replace(line, price=replace(line.price, net=_shortest(net)))


def _shortest(price: Decimal) -> Decimal:
    """A computed price with six decimals at most, and no more zeros than cents have."""
    cents = round(price, 2)
    return cents if cents == price else round(price, _PRICE_DECIMALS).normalize()


def _with_positive_price(line: Line) -> Line:
    """Less than nothing is a negative quantity, never a negative price (BR-27)."""
    price = line.price
    if price.net is None or price.net >= 0 or line.quantity is None:
        return line
    turned = replace(price, net=-price.net, gross=_turned(price.gross), discount=_turned(price.discount))
    return replace(line, quantity=-line.quantity, price=turned)


def _with_exact_price(line: Line, *, losses: list[str]) -> Line:
    """The price that quantity and amount give, when the one that is named is that price rounded to cents (R120)."""
    price, quantity = line.price.net, line.quantity
    if price is None or not quantity or _comes_to(line, _net(line)):
        return line
    exact = (_net(line) - _adjusted(line)) * (line.price.base_quantity or 1) / quantity
    if cents(exact) != price:
        return line
    losses.append(f"Line {line.identifier}: the price {price} is rounded; {_shortest(exact)} gives the net amount.")
    return replace(line, price=Price(net=_shortest(exact), base_quantity=line.price.base_quantity))


def _with_sign_of_amount(line: Line, *, losses: list[str]) -> Line:
    """A negative quantity where only the net amount says that something was returned (R120)."""
    if line.quantity is None or line.net_amount is None or _adjusted(line) or not _comes_to(line, -line.net_amount):
        return line
    if not line.net_amount:
        return line
    losses.append(
        f"Line {line.identifier}: the quantity {line.quantity} is written as {-line.quantity}, as the amount is."
    )
    return replace(line, quantity=-line.quantity)


def _comes_to(line: Line, amount: Decimal) -> bool:
    """Whether quantity and price give the amount, as near as R120 asks."""
    computed = line_net(line)
    return computed is None or abs(computed - amount) <= _TOLERANCE


def _net(line: Line) -> Decimal:
    return line.net_amount if line.net_amount is not None else line_net(line) or Decimal(0)


def _adjusted(line: Line) -> Decimal:
    """Charges less allowances."""
    charged, allowed = (sum((item.amount for item in items), Decimal(0)) for items in (line.charges, line.allowances))
    return charged - allowed


def _turned(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def _price(price: Price, *, line: Line, losses: list[str]) -> Price:
    """BG-29: a base quantity above nothing (R121) in the unit of the line (R130), gross less discount is net (R046)."""
    if price.base_quantity is not None and price.base_quantity <= 0:
        price = replace(price, base_quantity=None, base_quantity_unit=None)
    unit = price.base_quantity_unit
    if unit is not None and unit != line.unit:
        if WORDS.get(unit.upper(), unit.upper()) != line.unit:
            losses.append(f"Line {line.identifier}: the price is for the unit {unit}, the quantity in {line.unit}.")
        price = replace(price, base_quantity_unit=line.unit)
    if None not in (price.net, price.gross, price.discount) and not _adds_up(price):
        losses.append(
            f"Line {line.identifier}: the gross price {price.gross} less {price.discount} is not {price.net}."
        )
        price = replace(price, gross=None, discount=None)
    return price


def _adds_up(price: Price) -> bool:
    return (price.gross or Decimal(0)) - (price.discount or Decimal(0)) == price.net


def _item(item: Item, *, line: Line, losses: list[str]) -> Item:
    standard = _standard(item.standard_identifier)
    more = () if item.standard_identifier is None or standard else (_as_attribute(item.standard_identifier),)
    return replace(
        item,
        standard_identifier=standard,
        attributes=(*item.attributes, *more),
        classifications=tuple(_classification(each) for each in item.classifications),
        country_of_origin=_origin(item.country_of_origin, line=line, losses=losses),
    )


def _standard(own: Identifier | None) -> Identifier | None:
    """BT-157 with its scheme (BR-64, BR-CL-21), or None."""
    if own is None:
        return None
    scheme = (own.scheme or "").upper()
    if scheme in _GTIN_NAMES or (not scheme and _is_gtin(own.value)):
        return Identifier(own.value, _GTIN)
    return own if own.scheme in codes.IDENTIFIER_SCHEMES else None


def _is_gtin(value: str) -> bool:
    """Whether the last digit is the check digit of a GTIN (GS1: weights 3 and 1 from the right)."""
    if len(value) not in (8, 12, 13, 14) or not (value.isascii() and value.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(value)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0


def _as_attribute(own: Identifier) -> Attribute:
    """An item number of a scheme that Peppol does not know, as an item attribute (BG-32)."""
    return Attribute(own.scheme or "Item number", own.value)


def _classification(own: Classification) -> Classification:
    """BT-158 with a list of UNTDID 7143 (BR-65, BR-CL-13)."""
    scheme = own.scheme or ""
    known = scheme if scheme in codes.ITEM_CLASSIFICATIONS else _CLASSES.get(scheme.upper(), _OTHER_CLASS)
    return replace(own, scheme=known)


def _origin(country: str | None, *, line: Line, losses: list[str]) -> str | None:
    """BT-159 (BR-CL-15)."""
    code = (country or "").upper()
    if code and code not in codes.COUNTRIES:
        losses.append(f"Line {line.identifier}: the country of origin {country} is not known and is left out.")
        return None
    return code or None
