"""The pieces of UBL text: escaped, never empty, in the two component namespaces."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from app.peppol.invoice import Identifier

# Markup, the quote that ends an attribute, and every character that XML 1.0 forbids
_UNSAFE = re.compile('[&<>"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


_is_unsafe = _UNSAFE.search


def escape(text: str) -> str:
    """The text as XML carries it: markup escaped, forbidden characters left out, no blanks around it."""
    return (_UNSAFE.sub(_safe, text) if _is_unsafe(text) else text).strip()


def _safe(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], "")


def text(name: str, value: str | None, about: str = "") -> str:
    """`<cbc:name>value</cbc:name>` with the attributes `about` it, or nothing when there is no value."""
    if not value:
        return ""
    content = value if value.isalnum() else escape(value)  # letters and digits alone need nothing done
    return f"<cbc:{name}{about}>{content}</cbc:{name}>" if content else ""


def day(name: str, value: date | None) -> str:
    """A date element."""
    return f"<cbc:{name}>{value.isoformat()}</cbc:{name}>" if value else ""


def number(name: str, value: Decimal | None) -> str:
    """A quantity, rate or factor with the digits that it came with."""
    return "" if value is None else f"<cbc:{name}>{digits(value)}</cbc:{name}>"


def amount(name: str, value: Decimal | None, *, currency: str) -> str:
    """A money element with two decimals; a value that has more keeps them for the validator to refuse (BR-DEC)."""
    if value is None:
        return ""
    written = str(value)
    if written[-3:-2] != "." or not value:
        written = _money(value)
    return f'<cbc:{name} currencyID="{currency}">{written}</cbc:{name}>'


def price(name: str, value: Decimal | None, *, currency: str) -> str:
    """A unit price: money with as many decimals as it came with."""
    return "" if value is None else f'<cbc:{name} currencyID="{currency}">{digits(value)}</cbc:{name}>'


def quantity(name: str, value: Decimal | None, *, unit: str | None) -> str:
    """A quantity element with its unit of measure."""
    return "" if value is None else f"<cbc:{name}{attribute('unitCode', unit)}>{digits(value)}</cbc:{name}>"


def identifier(name: str, value: Identifier | None) -> str:
    """An identifier element with its scheme, when it has one."""
    return text(name, value.value, attribute("schemeID", value.scheme)) if value else ""


def group(name: str, content: str) -> str:
    """An aggregate around its content, or nothing when there is none."""
    return f"<cac:{name}>{content}</cac:{name}>" if content else ""


def attribute(name: str, value: str | None) -> str:
    """` name="value"`, or nothing."""
    if not value:
        return ""
    return _short_attribute(name, value) if len(value) < 128 else _attribute(name, value)


def _attribute(name: str, value: str) -> str:
    content = escape(value)
    return f' {name}="{content}"' if content else ""


_short_attribute = lru_cache(maxsize=1024)(_attribute)  # a document repeats its units and schemes on every line


def digits(value: Decimal) -> str:
    """The number in plain notation; a zero without a sign, since the rules take -0 for negative (BR-27)."""
    written = str(value)
    return format(value or abs(value), "f") if "E" in written or not value else written


def _money(value: Decimal) -> str:
    """The number with two decimals, or with more when it has more that count."""
    rounded = format(value or abs(value), ".2f")
    return rounded if Decimal(rounded) == value else format(value.normalize(), "f")
