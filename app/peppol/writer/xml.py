"""Build UBL text: escaped, never empty, in the two component namespaces."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from app.peppol.invoice import Identifier

# Markup, double quotes, and every character that XML 1.0 forbids
_UNSAFE = re.compile('[&<>"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


_is_unsafe = _UNSAFE.search


def escape(text: str) -> str:
    """Return the text for XML: markup escaped, forbidden characters removed, stripped."""
    return (_UNSAFE.sub(_safe, text) if _is_unsafe(text) else text).strip()


def _safe(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], "")


def text(name: str, value: str | None, about: str = "") -> str:
    """Return `<cbc:name>value</cbc:name>` with the attributes `about`, empty if there is no value."""
    if not value:
        return ""
    content = value if value.isalnum() else escape(value)  # letters and digits need no escaping
    return f"<cbc:{name}{about}>{content}</cbc:{name}>" if content else ""


def day(name: str, value: date | None) -> str:
    """Return a date element."""
    return f"<cbc:{name}>{value.isoformat()}</cbc:{name}>" if value else ""


def number(name: str, value: Decimal | None) -> str:
    """Return a quantity, rate or factor with its own digits."""
    return "" if value is None else f"<cbc:{name}>{digits(value)}</cbc:{name}>"


def amount(name: str, value: Decimal | None, *, currency: str) -> str:
    """Return a money element with two decimals; further decimals stay, for the validator to report (BR-DEC)."""
    if value is None:
        return ""
    written = str(value)
    if written[-3:-2] != "." or not value:
        written = _money(value)
    return f'<cbc:{name} currencyID="{currency}">{written}</cbc:{name}>'


def price(name: str, value: Decimal | None, *, currency: str) -> str:
    """Return a unit price: money with its own number of decimals."""
    return "" if value is None else f'<cbc:{name} currencyID="{currency}">{digits(value)}</cbc:{name}>'


def quantity(name: str, value: Decimal | None, *, unit: str | None) -> str:
    """Return a quantity element with its unit of measure."""
    return "" if value is None else f"<cbc:{name}{attribute('unitCode', unit)}>{digits(value)}</cbc:{name}>"


def identifier(name: str, value: Identifier | None) -> str:
    """Return an identifier element with its scheme, if any."""
    return text(name, value.value, attribute("schemeID", value.scheme)) if value else ""


def group(name: str, content: str) -> str:
    """Return an aggregate around its content, empty if there is none."""
    return f"<cac:{name}>{content}</cac:{name}>" if content else ""


def attribute(name: str, value: str | None) -> str:
    """Return ` name="value"`, empty if there is no value."""
    if not value:
        return ""
    return _short_attribute(name, value) if len(value) < 128 else _attribute(name, value)


def _attribute(name: str, value: str) -> str:
    content = escape(value)
    return f' {name}="{content}"' if content else ""


_short_attribute = lru_cache(maxsize=1024)(_attribute)  # a document repeats its units and schemes on every line


def digits(value: Decimal) -> str:
    """Return the number in plain notation; zero without a sign, since the rules treat -0.0 as negative (BR-27)."""
    written = str(value)
    return format(value or abs(value), "f") if "E" in written or not value else written


def _money(value: Decimal) -> str:
    """Return the number with two decimals, or more if they are significant."""
    rounded = format(value or abs(value), ".2f")
    return rounded if Decimal(rounded) == value else format(value.normalize(), "f")
