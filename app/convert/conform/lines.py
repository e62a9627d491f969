"""Lines: numbers, units, prices, items."""

from msgspec.structs import replace

from app.convert.conform.references import invoiced_object
from app.convert.gtin import is_gtin
from app.convert.repair.prices import priced
from app.convert.units import ONE, WORDS
from app.peppol import codes
from app.peppol.invoice import Attribute, Classification, Identifier, Invoice, Item, Line, Price

_GTIN = "0160"
_GTIN_NAMES = frozenset({"GTIN", "EAN", "EAN13", "EAN-13", "GTIN13", "GTIN-13", "UPC", "SRV"})
_CLASSES = {"CPV": "STI", "UNSPSC": "TST", "GTIN": "SRV", "EAN": "SRV", "CN": "TSP"}  # names → UNTDID 7143
_OTHER_CLASS = "ZZZ"  # UNTDID 7143: mutually defined


def lines(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with a number, a unit, a price and an item on each line (BG-25) that Peppol takes."""
    return replace(
        invoice,
        lines=tuple(
            _line(line, number=number, currency=invoice.currency, losses=losses)
            for number, line in enumerate(invoice.lines, start=1)
        ),
    )


def _line(line: Line, *, number: int, currency: str, losses: list[str]) -> Line:
    if not line.identifier:
        losses.append(f"Line {number} states no number; its place is written.")
        line = replace(line, identifier=str(number))
    line = priced(replace(line, unit=_unit(line, losses=losses)), currency=currency, losses=losses)
    return replace(
        line,
        object_identifier=invoiced_object(line.object_identifier, losses=losses),
        price=_price(line.price, line=line, losses=losses),
        item=_item(line.item, line=line, losses=losses),
    )


def _unit(line: Line, *, losses: list[str]) -> str:
    """Return BT-130 as a code of UN/ECE Recommendation 20 or 21 (BR-CL-23)."""
    unit = line.unit.strip()
    word = unit.upper()
    found = next((code for code in (unit, word, WORDS.get(word)) if code in codes.UNITS), None)
    if found is None:
        losses.append(f"Line {line.identifier}: the unit “{unit}” is unknown to Peppol; {ONE} (one) is written.")
    return found or ONE


def _price(price: Price, *, line: Line, losses: list[str]) -> Price:
    """Return BG-29 with a base quantity in the unit of the line (R130)."""
    unit = price.base_quantity_unit
    if unit is not None and unit != line.unit:
        if WORDS.get(unit.upper(), unit.upper()) != line.unit:
            said = f"the price is for the unit {unit}; {line.unit} is written, as for the quantity."
            losses.append(f"Line {line.identifier}: {said}")
        price = replace(price, base_quantity_unit=line.unit)
    return price


def _item(item: Item, *, line: Line, losses: list[str]) -> Item:
    standard = _standard(item.standard_identifier)
    more = () if item.standard_identifier is None or standard else (_as_attribute(item.standard_identifier),)
    return replace(
        item,
        standard_identifier=standard,
        attributes=(*item.attributes, *more),
        classifications=tuple(_classification(each, line=line, losses=losses) for each in item.classifications),
        country_of_origin=_origin(item.country_of_origin, line=line, losses=losses),
    )


def _standard(own: Identifier | None) -> Identifier | None:
    """Return BT-157 with its scheme (BR-64, BR-CL-21); None for a number that is none of its scheme."""
    if own is None:
        return None
    scheme = (own.scheme or "").upper()
    if scheme in _GTIN_NAMES or not scheme:
        return Identifier(own.value, _GTIN) if is_gtin(own.value) else None
    return own if own.scheme in codes.IDENTIFIER_SCHEMES else None


def _as_attribute(own: Identifier) -> Attribute:
    """Return an item number that Peppol has no scheme for as an item attribute (BG-32)."""
    return Attribute(own.scheme or "Item number", own.value)


def _classification(own: Classification, *, line: Line, losses: list[str]) -> Classification:
    """Return BT-158 with a list of UNTDID 7143 (BR-65, BR-CL-13)."""
    scheme = own.scheme or ""
    known = scheme if scheme in codes.ITEM_CLASSIFICATIONS else _CLASSES.get(scheme.upper(), _OTHER_CLASS)
    if scheme and known == _OTHER_CLASS != scheme:
        losses.append(
            f"Line {line.identifier}: the list {scheme} of the classification {own.code} is not in UNTDID 7143; "
            f"{known} (mutually defined) is written."
        )
    return replace(own, scheme=known)


def _origin(country: str | None, *, line: Line, losses: list[str]) -> str | None:
    """Return BT-159 (BR-CL-15)."""
    code = (country or "").upper()
    if code and code not in codes.COUNTRIES:
        losses.append(f"Line {line.identifier}: the country of origin {country} is unknown and is left out.")
        return None
    return code or None
