"""An invoice as the rules see it: every element once, found by the path it stands at.

One walk over the tree puts each element under its `Place`. A place is the path below the root; places are shared by all
documents, so that whatever depends on the path alone (structure, business term, which rules apply) is worked out once.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple, cast

from lxml import etree

from app.peppol.findings import Finding, Severity
from app.peppol.rules.release import Release
from app.peppol.rules.terms import term_at
from app.peppol.rules.values import Number, number, squeeze

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
SELLER = "cac:AccountingSupplierParty/cac:Party"
BUYER = "cac:AccountingCustomerParty/cac:Party"
TAX_REPRESENTATIVE = "cac:TaxRepresentativeParty"
CLASSIFIED = "cac:ClassifiedTaxCategory"
LINES = ("cac:InvoiceLine", "cac:CreditNoteLine")

_PREFIXES = {
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext",
}
_MOST_FINDINGS = 100_000  # what a hostile document can make of the memory
_NONE: dict[str, list["Node"]] = {}
_NO_KIDS: dict[str, "Node"] = {}
_NO_ATTRIBUTES: dict[str, str] = {}


class Place:
    """A path below the root, the same for every document that has an element there; the root's own path is empty."""

    __slots__ = ("name", "parent", "path", "root", "steps")
    shared = 0
    most_shared = 20_000  # a hostile document cannot fill the memory with paths of its own

    def __init__(self, name: str, *, parent: "Place | None" = None) -> None:
        self.name = name
        self.parent = parent
        self.root: Place = parent.root if parent else self
        self.path: str = f"{parent.path}/{name}".lstrip("/") if parent else ""
        self.steps: dict[str, Place] = {}

    def step(self, tag: str) -> "Place":
        """The place of a child by its qualified tag, remembered while there is room."""
        place = self.steps.get(tag)
        if place is None:
            place = Place(short_name(tag), parent=self)
            if Place.shared < Place.most_shared:
                Place.shared += 1
                self.steps[tag] = place
        return place

    def within(self, context: str) -> bool:
        """Whether the path ends in these steps; `/` stands for the root, `*Amount` for every name that ends so."""
        if context.startswith("*"):
            return self.name.endswith(context[1:])
        if context.startswith("/"):
            return self.path == context[1:]
        return f"/{self.path}".endswith("/" + context)


ROOTS = {INVOICE: Place("Invoice"), CREDIT_NOTE: Place("CreditNote")}


@lru_cache(maxsize=4096)
def short_name(tag: str) -> str:
    """`cbc:ID` for a UBL tag, the tag itself for one of another namespace."""
    namespace, _, local = tag[1:].rpartition("}")
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{local}" if prefix else tag


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


class Node:
    """One element with its text, its attributes and its children by name."""

    __slots__ = ("attributes", "element", "kids", "place", "repeats", "text")

    def __init__(
        self,
        place: Place,
        element: etree._Element,
        text: str,
        attributes: dict[str, str],
        kids: "dict[str, Node]",
        repeats: "dict[str, list[Node]]",
    ) -> None:
        self.place = place
        self.element = element
        self.text = text
        self.attributes = attributes
        self.kids = kids
        self.repeats = repeats

    def first(self, path: str) -> "Node | None":
        """The first element at this path below, if any."""
        found = self.all(path)
        return found[0] if found else None

    def all(self, path: str) -> "Sequence[Node]":
        """Every element at this path below, in document order."""
        node = self
        for name in _steps(path):
            if name in node.repeats:
                return self._all_branches(path)
            kid = node.kids.get(name)
            if kid is None:
                return ()
            node = kid
        return (node,)

    def _all_branches(self, path: str) -> "Sequence[Node]":
        nodes: Sequence[Node] = (self,)
        for name in _steps(path):
            nodes = [kid for node in nodes for kid in node.children(name)]
        return nodes

    def children(self, name: str) -> "Sequence[Node]":
        """The children of one name."""
        if name in self.repeats:
            return self.repeats[name]
        kid = self.kids.get(name)
        return (kid,) if kid is not None else ()

    def get(self, attribute: str) -> str:
        """An attribute's value, empty when there is none."""
        return self.attributes.get(attribute, "")

    def value(self, path: str) -> str:
        """The text of the first element at this path, empty when there is none."""
        found = self.all(path)
        return found[0].text if found else ""

    def amount(self, name: str) -> Number:
        """The decimal value of a child; None when it is absent or no decimal (the sequence `()` of XPath)."""
        node = self.kids.get(name)
        return number(node.text) if node is not None else None


class Vat(NamedTuple):
    """The VAT of something as it is written: code, rate and tax scheme, each None where its element is missing."""

    code: str | None
    rate: str | None
    scheme: str | None

    @property
    def category(self) -> str:
        """The category code without spaces around it."""
        return squeeze(self.code or "")

    @property
    def is_vat(self) -> bool:
        """Whether the tax scheme is VAT, in capitals or not."""
        return squeeze(self.scheme or "").upper() == "VAT"


def vat_of(category: Node) -> Vat:
    """What a tax category says."""
    kids = category.kids
    code, rate, scheme = kids.get("cbc:ID"), kids.get("cbc:Percent"), kids.get("cac:TaxScheme")
    name = scheme.kids.get("cbc:ID") if scheme is not None else None
    return Vat(
        code.text if code is not None else None,
        rate.text if rate is not None else None,
        name.text if name is not None else None,
    )


class Document:
    """One document under one release: its elements by place, and what was found wrong with it so far."""

    def __init__(self, root: etree._Element, release: Release) -> None:
        """Walk the tree once; the root must be one of `ROOTS`."""
        self.release = release
        self.findings: list[Finding] = []
        self._has_fatal = False
        self.places: dict[Place, list[Node]] = {}
        self.attribute_names: set[str] = set()
        self.repeated_names: set[str] = set()  # of elements that stand more than once in the same parent
        self.root = self._grow(root, ROOTS[str(root.tag)])
        self._paths = {place.path: nodes for place, nodes in self.places.items()}
        self._names: dict[str, list[list[Node]]] = {}
        for place, nodes in self.places.items():
            self._names.setdefault(place.name, []).append(nodes)
        self._positions: dict[etree._Element, dict[etree._Element, str]] = {}
        self.is_credit_note = self.root.place.name == "CreditNote"
        self.currency_is_given = "cbc:DocumentCurrencyCode" in self.root.kids
        self.currency = self.root.value("cbc:DocumentCurrencyCode")
        self.lines = self.at(LINES[0]) + self.at(LINES[1])
        self.tax_amounts = self.at("cac:TaxTotal/cbc:TaxAmount")  # BT-110, and BT-111 where there is one

    def at(self, path: str) -> list[Node]:
        """Every element at a path below the root."""
        return self._paths.get(path, [])

    def value(self, path: str) -> str:
        """The text of the first element at a path below the root, empty when there is none."""
        nodes = self._paths.get(path)
        return nodes[0].text if nodes else ""

    @cached_property
    def lines_by_vat(self) -> dict[tuple[Vat, ...], list[Node]]:
        """The lines, by what their tax categories say: a few groups even in a long document."""
        groups: dict[tuple[Vat, ...], list[Node]] = {}
        for line in self.lines:
            vat = tuple([vat_of(category) for category in line.all(f"cac:Item/{CLASSIFIED}")])
            groups.setdefault(vat, []).append(line)
        return groups

    @cached_property
    def seller_country(self) -> str:
        """The seller's country by his VAT number, else by his tax representative's, else by his address."""
        return self._vat_country(SELLER) or self._vat_country(TAX_REPRESENTATIVE) or self.country_at(SELLER) or "XX"

    @cached_property
    def buyer_country(self) -> str:
        """The buyer's country by his VAT number, else by his address."""
        return self._vat_country(BUYER) or self.country_at(BUYER) or "XX"

    @cached_property
    def seller_country_alone(self) -> str:
        """The seller's country without regard to a tax representative, as the Greek rules take it."""
        return self._vat_country(SELLER) or self.country_at(SELLER) or "XX"

    @cached_property
    def within_germany(self) -> bool:
        """Whether seller and buyer both have a German address."""
        return self.country_at(SELLER) == self.country_at(BUYER) == "DE"

    def country_at(self, party: str) -> str:
        """The country code of a party's address in capitals, empty when there is none."""
        return squeeze(self.value(f"{party}/cac:PostalAddress/cac:Country/cbc:IdentificationCode")).upper()

    def _vat_country(self, party: str) -> str:
        """The first two characters of a party's VAT number; of several numbers none tells, as in the official rules."""
        prefixes = [
            scheme.value("cbc:CompanyID")[:2]
            for scheme in self.at(f"{party}/cac:PartyTaxScheme")
            if any(tax.text == "VAT" for tax in scheme.all("cac:TaxScheme/cbc:ID"))
        ]
        return squeeze(prefixes[0]).upper() if len(prefixes) == 1 else "XX" if prefixes else ""

    def named(self, name: str) -> Iterator[Node]:
        """Every element of a name, wherever it stands."""
        return chain.from_iterable(self._names.get(name, ()))

    def report(self, rule: str, node: Node, message: str, *, child: str = "", severity: Severity = "fatal") -> None:
        """Note a breach at a node; `child` names what is missing there or meant below it."""
        if len(self.findings) >= _MOST_FINDINGS and (severity == "warning" or self._has_fatal):
            return
        self._has_fatal |= severity == "fatal"
        term = term_at(f"{node.place.path}/{child}".strip("/")) or term_at(node.place.path)
        self.findings.append(Finding(rule, severity, message, self._xpath(node.element), term))

    def warn(self, rule: str, node: Node, message: str, *, child: str = "") -> None:
        """Note a breach that does not make the document invalid."""
        self.report(rule, node, message, child=child, severity="warning")

    def _grow(self, element: etree._Element, place: Place) -> Node:
        kids: dict[str, Node] = {}
        repeats = _NONE
        places, steps = self.places, place.steps
        for child in element:
            tag = child.tag
            step = steps.get(tag)
            if step is None:
                if callable(tag):  # a comment, in a tree that somebody else parsed
                    continue
                step = place.step(tag)
            if len(child):
                kid = self._grow(child, step)
            else:
                items = child.items()
                attributes = self._attributes(items) if items else _NO_ATTRIBUTES
                kid = Node(step, child, child.text or "", attributes, _NO_KIDS, _NONE)
                try:
                    places[step].append(kid)
                except KeyError:
                    places[step] = [kid]
            name = step.name
            if kids.setdefault(name, kid) is not kid:
                if repeats is _NONE:
                    repeats = {}
                self.repeated_names.add(name)
                repeats.setdefault(name, [kids[name]]).append(kid)
        text = "" if kids else "".join([element.text or "", *(child.tail or "" for child in element)])
        items = element.items()
        attributes = self._attributes(items) if items else _NO_ATTRIBUTES
        node = Node(place, element, text, attributes, kids, repeats)
        places.setdefault(place, []).append(node)
        return node

    def _attributes(self, items: Iterable[tuple[object, object]]) -> dict[str, str]:
        attributes = cast("dict[str, str]", dict(items))
        self.attribute_names.update(attributes)
        return attributes

    def _xpath(self, element: etree._Element) -> str:
        """Where an element stands, with a position where it has siblings of its name."""
        steps = []
        parent = element.getparent()
        while parent is not None:
            if parent not in self._positions:
                self._positions[parent] = _positions(parent)
            steps.append(self._positions[parent].get(element, ""))
            element, parent = parent, parent.getparent()
        return "/" + "/".join([self.root.place.name, *reversed(steps)])


def _positions(parent: etree._Element) -> dict[etree._Element, str]:
    children = [child for child in parent if isinstance(child.tag, str)]
    counts = Counter(child.tag for child in children)
    seen: Counter[str] = Counter()
    steps = {}
    for child in children:
        seen[child.tag] += 1
        name = short_name(child.tag).rpartition("}")[2]
        steps[child] = f"{name}[{seen[child.tag]}]" if counts[child.tag] > 1 else name
    return steps
