"""The source document as a tree that knows what was read of it: everything that was not is a loss, by name.

Readers only ever ask for what the model can hold. What they never asked for, or had no place for, stays unread, and
`losses` names it; nothing has to be listed by hand.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import islice

from lxml import etree

from app.peppol.invoice import Identifier
from app.peppol.xml import Unreadable

_DATE = re.compile(r"(?a)(\d{4})(?:-(\d\d?)-(\d\d?)|(\d\d)(\d\d))(?:Z|[+-]\d\d:\d\d|T[0-9:.Z+-]+)?")
# Larger numbers are no money, and longer ones would only make arithmetic slow
_NUMBER = re.compile(r"(?a)[+-]?(\d{1,15}(\.\d*)?|\.\d+)")
_LONGEST_NUMBER = 40
_VOCABULARIES = ("urn:oasis:names:specification:ubl:schema:xsd:", "urn:un:unece:uncefact:data:", "urn:ferd:")
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


_NO_ATTRIBUTES: Mapping[str, str] = {}
_NO_CHILDREN: Mapping[str, "list[Source]"] = {}
_ALL_READ: frozenset[str] = frozenset()
# Ten thousand lines with everything in them have half as many
_MAX_ELEMENTS = 1_000_000


class Source:
    """One element of the source; `read` turns true when its text went into the model."""

    __slots__ = ("attributes", "children", "faults", "name", "read", "unread", "value")

    def __init__(self, name: str, *, value: str = "", faults: list[str] | None = None) -> None:
        self.name = name
        self.value = value
        self.attributes: Mapping[str, str] = _NO_ATTRIBUTES
        self.unread: frozenset[str] = _ALL_READ
        self.children: Mapping[str, list[Source]] = _NO_CHILDREN
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
        element.unread -= {"schemeID"}
        value = element.text()
        return "".join(value.split()) if value else None

    def bare(self, path: str) -> str | None:
        """The identifier at the path, taken; its scheme says no more than its place does."""
        element = self._at(path)
        element.unread -= {"schemeID"}
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
        self.unread -= {name}
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
    """The parsed document as a `Source`; an element of a foreign vocabulary is kept as one text under its prefix.

    Raises:
        Unreadable: it has more elements than any invoice needs.
    """
    if sum(1 for _ in islice(root.iter(), _MAX_ELEMENTS + 1)) > _MAX_ELEMENTS:
        raise Unreadable(f"The document has more than {_MAX_ELEMENTS} elements.")
    faults: list[str] = []
    top = _element(root, faults=faults)
    stack = [(root, top)]
    while stack:
        element, source = stack.pop()
        children: dict[str, list[Source]] = {}
        for child in element:
            node = _element(child, faults=faults)
            children.setdefault(node.name, []).append(node)
            if len(child) and _name(child.tag)[1]:
                stack.append((child, node))
        source.children = children
    return top


@lru_cache(maxsize=1024)
def _name(tag: str) -> tuple[str, bool]:
    """The local name, and whether it is one of the vocabularies that we read."""
    name = etree.QName(tag)
    return name.localname, (name.namespace or "").startswith(_VOCABULARIES)


def _element(element: etree._Element, *, faults: list[str]) -> Source:
    name, is_known = _name(element.tag)
    if not is_known:
        return Source(f"{element.prefix or 'none'}:{name}", value=_all_text(element))
    node = Source(name, value=_text(element), faults=faults)
    if element.attrib:
        node.attributes = {_name(str(key))[0]: str(value) for key, value in element.attrib.items()}
        told = [key for key, value in node.attributes.items() if value.strip()]
        node.unread = frozenset(told) - _ABOUT_CODES
    return node


def _all_text(element: etree._Element) -> str:
    return " ".join(str(text) for text in islice(element.itertext(), 100)).strip()


def _text(element: etree._Element) -> str:
    """The element's own text, also between and behind its children."""
    text = element.text or ""
    if len(element):
        text += "".join([child.tail for child in element if child.tail])
    return text.strip()


def _decimal(value: str) -> Decimal:
    if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return Decimal(value)


def _date(value: str) -> date:
    """2026-05-04 as XML writes it, also with a time or a zone, and 20260504 as CII does."""
    match = _DATE.fullmatch(value)
    if match is None:
        raise ValueError(value)
    year, *rest = (int(part) for part in match.groups() if part)
    return date(year, *rest)


def losses(root: Source, *, currency: str) -> tuple[str, ...]:
    """What was not read: one sentence for each kind of element, with the values and, for lines, which line.

    An amount needs no currency of its own when it is in the `currency` of the document.
    """
    found: dict[str, list[str]] = {}
    for path, place, value in _unread(root, path="", place=""):
        if not (path.endswith("/@currencyID") and value == currency):
            found.setdefault(path, []).append(f"{place}{_short(value)}")
    return tuple(f"{plain(path)} has no place in Peppol: {_list(values)} ({path})." for path, values in found.items())


def _unread(element: Source, *, path: str, place: str) -> Iterator[tuple[str, str, str]]:
    """(path, which line, value) of what was not read; a group of which nothing was read is one."""
    if element.value and not element.read:
        yield path, place, element.value
    elif element.value or element.children:
        for name in sorted(element.unread):
            yield f"{path}/@{name}", place, element.attributes[name]
    for group in element.children.values():
        for number, child in enumerate(group, start=1):
            inside = place or (f"line {number}: " if child.name in LINES else "")
            below = f"{path}/{child.name}" if path else child.name
            if len(values := _values(child)) > 1:
                yield below, inside, ", ".join(values)
            else:
                yield from _unread(child, path=below, place=inside)


def _values(group: Source) -> list[str]:
    """All values in a group of which none was read, else nothing."""
    elements = [group]
    values = []
    while elements:
        element = elements.pop()
        if element.read:
            return []
        if element.value:
            values.append(element.value)
        elements += [child for found in reversed([*element.children.values()]) for child in reversed(found)]
    return values


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
    "TaxTotal": "",
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
