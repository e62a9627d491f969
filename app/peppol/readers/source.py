"""The source document as a tree that knows what was read of it: everything that was not is a loss, by name.

Readers only ever ask for what the model can hold. What they never asked for, or had no place for, stays unread, and
`losses` names it; nothing has to be listed by hand.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import islice

from lxml import etree

from app.peppol.invoice import Identifier

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d|T[0-9:.Z+-]+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_VOCABULARIES = ("urn:oasis:names:specification:ubl:schema:xsd:", "urn:un:unece:uncefact:data:", "urn:ferd:")
# Longer numbers are no money: they would only make arithmetic slow
_DIGITS = 40
# What says how a value is coded, not what it is
_ABOUT_CODES = frozenset(
    {
        *("schemeName", "schemeAgencyID", "schemeAgencyName", "schemeVersionID", "schemeDataURI", "schemeURI"),
        *("listID", "listName", "listAgencyID", "listAgencyName", "listVersionID", "listURI", "listSchemeURI"),
        *("unitCodeListID", "unitCodeListAgencyID", "unitCodeListAgencyName", "currencyCodeListVersionID"),
        *("languageID", "languageLocaleID", "name", "characterSetCode", "encodingCode", "format", "objectCode"),
        *("uri", "schemaLocation"),
    }
)


class Source:
    """One element of the source; `read` turns true when its text went into the model."""

    __slots__ = ("attributes", "children", "faults", "name", "read", "unread", "value")

    def __init__(self, name: str, *, value: str = "", faults: list[str] | None = None) -> None:
        self.name = name
        self.value = value
        self.attributes: dict[str, str] = {}
        self.unread: set[str] = set()
        self.children: dict[str, list[Source]] = {}
        self.faults: list[str] = [] if faults is None else faults  # shared by the whole document
        self.read = False

    def all(self, path: str) -> list["Source"]:
        """Every element at the path, in order."""
        found = [self]
        for name in path.split("/"):
            found = [child for element in found for child in element.children.get(name, ())]
        return found

    def one(self, path: str) -> "Source":
        """The first element at the path, or an empty one."""
        found = self
        for name in path.split("/"):
            children = found.children.get(name)
            if not children:
                return Source(name, faults=self.faults)
            found = children[0]
        return found

    def _at(self, path: str) -> "Source":
        return self.one(path) if path else self

    def peek(self, path: str) -> str | None:
        """The text at the path, without taking it."""
        return self.one(path).value or None

    def text(self, path: str = "") -> str | None:
        """The text at the path, taken; None when there is none."""
        element = self._at(path)
        element.read = True
        return element.value or None

    def code(self, path: str) -> str | None:
        """The code at the path, taken, without blanks inside; the list that it is from is known."""
        element = self._at(path)
        element.unread.discard("schemeID")
        value = element.text()
        return "".join(value.split()) if value else None

    def bare(self, path: str) -> str | None:
        """The identifier at the path, taken; its scheme says no more than its place does."""
        element = self._at(path)
        element.unread.discard("schemeID")
        return element.text()

    def identifier(self, path: str = "") -> Identifier | None:
        """The identifier at the path with its scheme, taken."""
        element = self._at(path)
        value = element.text()
        return Identifier(value, element.attribute("schemeID")) if value else None

    def texts(self, path: str) -> str | None:
        """All texts at the path as one, each on its own line, taken."""
        values = [value for element in self.all(path) if (value := element.text())]
        return "\n".join(values) or None

    def attribute(self, name: str) -> str | None:
        """The attribute's value, taken."""
        self.unread.discard(name)
        return self.attributes.get(name, "").strip() or None

    def number(self, path: str) -> Decimal | None:
        """The number at the path, taken; anything else there is a fault of the document."""
        value = self.text(path)
        if value is None:
            return None
        try:
            return _decimal(value)
        except (InvalidOperation, ValueError):
            self.faults.append(f"{plain(path or self.name)}: “{_short(value)}” is not a number")
            return None

    def day(self, path: str) -> date | None:
        """The date at the path, taken; anything else there is a fault of the document."""
        value = self.text(path)
        if value is None:
            return None
        try:
            return _date(value)
        except ValueError:
            self.faults.append(f"{plain(path or self.name)}: “{_short(value)}” is not a date")
            return None

    def drop(self, path: str) -> None:
        """Take all there is at the path: it says nothing that the model does not say already."""
        for element in self.all(path):
            element.code("")

    @property
    def is_empty(self) -> bool:
        """Whether neither the element nor anything inside it has a value."""
        return not self.value and all(child.is_empty for group in self.children.values() for child in group)


def tree(root: etree._Element) -> Source:
    """The parsed document as a `Source`; an element of a foreign vocabulary is kept as one text under its prefix."""
    faults: list[str] = []
    top = _element(root, faults=faults)
    stack = [(root, top)]
    while stack:
        element, source = stack.pop()
        for child in element:
            node = _element(child, faults=faults)
            source.children.setdefault(node.name, []).append(node)
            if _is_known(child):
                stack.append((child, node))
    return top


def _is_known(element: etree._Element) -> bool:
    return (etree.QName(element).namespace or "").startswith(_VOCABULARIES)


def _element(element: etree._Element, *, faults: list[str]) -> Source:
    if not _is_known(element):
        return Source(f"{element.prefix or 'none'}:{etree.QName(element).localname}", value=_all_text(element))
    node = Source(etree.QName(element).localname, value=_text(element), faults=faults)
    node.attributes = {etree.QName(key).localname: str(value) for key, value in element.attrib.items()}
    node.unread = {key for key, value in node.attributes.items() if value.strip() and key not in _ABOUT_CODES}
    return node


def _all_text(element: etree._Element) -> str:
    return " ".join(str(text) for text in islice(element.itertext(), 100)).strip()


def _text(element: etree._Element) -> str:
    """The element's own text; a comment inside does not end it."""
    tails = [child.tail for child in element if child.tail]
    return ((element.text or "") + "".join(tails)).strip()


def _decimal(value: str) -> Decimal:
    if len(value) > _DIGITS or not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return Decimal(value)


def _date(value: str) -> date:
    match = _DATE.fullmatch(value)
    if match is None:
        raise ValueError(value)
    return date.fromisoformat(match[1])


def losses(root: Source, *, currency: str) -> tuple[str, ...]:
    """What was not read: one sentence for each kind of element, with the values and, for lines, which line.

    An amount needs no currency of its own when it is in the `currency` of the document.
    """
    found: dict[str, list[str]] = {}
    for path, place, value in _unread(root, path="", place=""):
        if not (path.endswith("/@currencyID") and value == currency):
            found.setdefault(path, []).append(f"{place}{_short(value)}")
    return tuple(f"{plain(path)}: {_list(values)} ({path})" for path, values in found.items())


def _unread(element: Source, *, path: str, place: str) -> Iterator[tuple[str, str, str]]:
    if element.value and not element.read:
        yield path, place, element.value
    elif element.value or element.children:
        for name in sorted(element.unread):
            yield f"{path}/@{name}", place, element.attributes[name]
    for group in element.children.values():
        for number, child in enumerate(group, start=1):
            inside = place or (f"line {number}: " if child.name in LINES else "")
            yield from _unread(child, path=f"{path}/{child.name}" if path else child.name, place=inside)


LINES = frozenset({"InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem"})
_SHOWN = 5
_LENGTH = 80


def _list(values: list[str]) -> str:
    more = f"; and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return "; ".join(values[:_SHOWN]) + more


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LENGTH else f"{line[: _LENGTH - 1]}…"


# Where the element's own name says too little
_WORDS = {
    "ID": "identifier",
    "AccountingSupplierParty": "seller",
    "AccountingCustomerParty": "buyer",
    "SellerTradeParty": "seller",
    "BuyerTradeParty": "buyer",
    "InvoiceLine": "line",
    "CreditNoteLine": "line",
    "IncludedSupplyChainTradeLineItem": "line",
    "SupplyChainTradeTransaction": "",
    "ApplicableHeaderTradeAgreement": "",
    "ApplicableHeaderTradeDelivery": "delivery",
    "ApplicableHeaderTradeSettlement": "",
    "SpecifiedLineTradeAgreement": "",
    "SpecifiedLineTradeDelivery": "delivery",
    "SpecifiedLineTradeSettlement": "",
    "TaxTotal": "VAT",
    "TaxAmount": "VAT amount",
    "LineExtensionAmount": "net amount",
    "UBLExtensions": "extensions of the file format",
}


def plain(path: str) -> str:
    """The path in words: `Delivery/DeliveryTerms/SpecialTerms` is “delivery, delivery terms, special terms”."""
    words = [_WORDS.get(step, _spell(step)) for step in path.split("/")]
    text = ", ".join(word for word in words if word)
    return text[:1].upper() + text[1:]


def _spell(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.lstrip("@"))
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in spaced.split())
