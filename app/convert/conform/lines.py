"""The lines: units, prices, items, numbers."""

from decimal import Decimal

from msgspec.structs import replace

from app.convert.conform.references import invoiced_object
from app.convert.repair.prices import priced
from app.convert.units import ONE, WORDS
from app.peppol import codes
from app.peppol.invoice import Attribute, Classification, Identifier, Invoice, Item, Line, Price

_GTIN = "0160"
_GTIN_NAMES = frozenset({"GTIN", "EAN", "EAN13", "EAN-13", "GTIN13", "GTIN-13", "UPC", "SRV"})
_CLASSES = {"CPV": "STI", "UNSPSC": "TST", "GTIN": "SRV", "EAN": "SRV", "CN": "TSP"}  # names → UNTDID 7143
_OTHER_CLASS = "ZZZ"  # UNTDID 7143: mutually defined


def lines(invoice: Invoice, losses: list[str]) -> Invoice:
    """BG-25, each with a number, a unit, a price and an item that Peppol takes."""
    return replace(
        invoice,
        lines=tuple(
            _line(line, number=number, currency=invoice.currency, losses=losses)
            for number, line in enumerate(invoice.lines, start=1)
        ),
    )


def _line(line: Line, *, number: int, currency: str, losses: list[str]) -> Line:
    line = replace(line, identifier=line.identifier or str(number))
    line = priced(replace(line, unit=_unit(line, losses=losses)), currency=currency, losses=losses)
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


def _price(price: Price, *, line: Line, losses: list[str]) -> Price:
    """BG-29: a base quantity in the unit of the line (R130), gross less discount is net (R046)."""
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
