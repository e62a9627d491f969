"""The elements of CII, each left out if there is nothing in it."""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from lxml import etree

from app.peppol.invoice import Identifier

Node = etree._Element | None

_UNECE = "urn:un:unece:uncefact:data:"
_NAMESPACES = {
    "rsm": f"{_UNECE}standard:CrossIndustryInvoice:100",
    "ram": f"{_UNECE}standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_UNECE}standard:UnqualifiedDataType:100",
    "qdt": f"{_UNECE}standard:QualifiedDataType:100",
}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def el(name: str, *children: Node, keep: bool = False) -> Node:
    """Return an element with the children that there are; None without any, unless it has to be kept."""
    found = [child for child in children if child is not None]
    if not found and not keep:
        return None
    node = etree.Element(_tag(name), nsmap=_NAMESPACES)
    node.extend(found)
    return node


def of(name: str, value: str | bytes | None, **attributes: str) -> Node:
    """Return an element with a text; None without one."""
    if not value:
        return None
    node = etree.Element(_tag(name), {key: text for key, text in attributes.items() if text}, nsmap=_NAMESPACES)
    node.text = b64encode(value).decode() if isinstance(value, bytes) else _FORBIDDEN.sub("", value)
    return node


def amount(name: str, value: Decimal | None, **attributes: str) -> Node:
    """Return an element with an amount or a percentage."""
    return None if value is None else of(name, f"{value:f}", **attributes)


def number(name: str, value: Decimal | None, *, unitCode: str) -> Node:  # noqa: N803 - the name of the attribute
    """Return an element with a quantity."""
    return amount(name, value, unitCode=unitCode)


def day(name: str, value: date | None, *, prefix: str = "udt", element: str = "DateTimeString") -> Node:
    """Return an element with a date in format 102."""
    return el(name, of(f"{prefix}:{element}", f"{value:%Y%m%d}" if value else None, format="102"))


def texts(values: Mapping[str, str | None]) -> Iterator[Node]:
    """Yield an element for each text."""
    return (of(name, value) for name, value in values.items())


def scheme(identifier: Identifier) -> dict[str, str]:
    """Return the scheme of an identifier as an attribute."""
    return {"schemeID": identifier.scheme or ""}


def _tag(name: str) -> str:
    prefix, colon, local = name.rpartition(":")
    return f"{{{_NAMESPACES[prefix if colon else 'ram']}}}{local}"
