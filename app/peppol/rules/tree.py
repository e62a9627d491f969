"""The tree that the rules walk: every element as a node, grouped by path.

One pass over the parsed document groups the elements by `Place`, their path below the root. Documents share places, so
everything that depends on the path alone (structure, business term, applicable rules) is computed once. The tree keeps
nothing of the parsed document.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import cast

from lxml import etree

from app.peppol.rules.values import Number, cached_if_short, filled, number

INVOICE = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"

_PREFIXES = {
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext",
}
_NO_KIDS: dict[str, "Node"] = {}
_NO_REPEATS: dict[str, list["Node"]] = {}
_NO_ATTRIBUTES: dict[str, str] = {}


class Place:
    """A path below the root, shared between documents; the root's own path is empty."""

    __slots__ = ("name", "parent", "path", "root", "steps")
    shared = 0
    most_shared = 20_000  # a hostile document cannot fill the memory with its paths
    longest_shared = 500  # characters; an invoice's paths have about 100

    def __init__(self, name: str, *, parent: "Place | None" = None) -> None:
        self.name = name
        self.parent = parent
        self.root: Place = parent.root if parent else self
        self.path: str = f"{parent.path}/{name}".lstrip("/") if parent else ""
        self.steps: dict[str, Place] = {}

    def step(self, tag: str) -> "Place":
        """Return the place of a child by its qualified tag, shared between documents up to a limit."""
        place = Place(short_name(tag), parent=self)
        if Place.shared < Place.most_shared and len(place.path) <= Place.longest_shared:
            Place.shared += 1
            place = self.steps.setdefault(tag, place)  # if two threads race, one wins
        return place

    def within(self, context: str) -> bool:
        """Return whether the path ends in these steps; `/` is the root, `*Amount` any name with that ending."""
        if context.startswith("*"):
            return self.name.endswith(context[1:])
        if context.startswith("/"):
            return self.path == context[1:]
        return f"/{self.path}".endswith("/" + context)


ROOTS = {INVOICE: Place("Invoice"), CREDIT_NOTE: Place("CreditNote")}


@cached_if_short
def short_name(tag: str) -> str:
    """Return `cbc:ID` for a UBL tag; other tags as they are."""
    namespace, _, local = tag[1:].rpartition("}")
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{local}" if prefix else tag


@lru_cache(maxsize=4096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


class Node:
    """An element with its text, attributes and children by name."""

    __slots__ = ("attributes", "kids", "names", "place", "repeats", "text")

    place: Place
    text: str  # with children: the text between them, only spaces in a valid document
    attributes: dict[str, str]
    kids: dict[str, "Node"]  # the first child of each name
    repeats: dict[str, list["Node"]]  # all children of each name that repeats
    names: tuple[str, ...]  # the names of all children in order, if one of them repeats

    def first(self, path: str) -> "Node | None":
        """Return the first element at this path below, if any."""
        found = self.kids.get(path)  # most paths have one step
        if found is None and "/" in path:
            return next(iter(self.all(path)), None)
        return found

    def all(self, path: str) -> "Sequence[Node]":
        """Return every element at this path below, in document order."""
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
        """Return the children of one name."""
        if name in self.repeats:
            return self.repeats[name]
        kid = self.kids.get(name)
        return (kid,) if kid is not None else ()

    def get(self, attribute: str) -> str:
        """Return an attribute's value, empty if absent."""
        return self.attributes.get(attribute, "")

    def value(self, path: str) -> str:
        """Return the text of the first element at this path, empty if absent."""
        found = self.first(path)
        return found.text if found is not None else ""

    def amount(self, name: str) -> Number:
        """Return the decimal value of a child; None if absent or invalid (XPath's empty sequence)."""
        node = self.kids.get(name)
        return number(node.text) if node is not None else None


class Tree:
    """The nodes of one document by place, in document order, with facts gathered on the way."""

    def __init__(self, root: etree._Element) -> None:
        """Walk the document once; its root must be one of `ROOTS`."""
        self.places: defaultdict[Place, list[Node]] = defaultdict(list)
        self.attribute_names: set[str] = set()
        self.repeated_names: set[str] = set()  # of elements that repeat within their parent
        self.empty: list[Node] = []  # elements with neither text nor children
        self._own_places: dict[tuple[Place, str], Place] = {}
        self._build(root)
        self.root = self.places[ROOTS[str(root.tag)]][0]
        self._paths: dict[str, list[Node]] = {}
        self._names: dict[str, list[list[Node]]] = {}
        for place, nodes in self.places.items():
            self._paths[place.path] = nodes
            self._names.setdefault(place.name, []).append(nodes)

    def at(self, path: str) -> list[Node]:
        """Return every element at a path below the root."""
        return self._paths.get(path, [])

    def value(self, path: str) -> str:
        """Return the text of the first element at a path below the root, empty if absent."""
        nodes = self._paths.get(path)
        return nodes[0].text if nodes else ""

    def named(self, name: str) -> Iterator[Node]:
        """Return every element of a name, at any place."""
        return chain.from_iterable(self.named_by_place(name))

    def named_by_place(self, name: str) -> Sequence[list[Node]]:
        """Return every element of a name, grouped by place."""
        return self._names.get(name, ())

    def xpath(self, node: Node) -> str:
        """Return the XPath of a node, with positions for repeated names."""
        steps = []
        while node is not self.root:
            node, step = self._above[id(node)]
            steps.append(step)
        return "/" + "/".join([self.root.place.name, *reversed(steps)])

    def _build(self, root: etree._Element) -> None:
        """Build the nodes in one pass; `left` counts the children that the open element still expects."""
        places, names = self.places, self.attribute_names
        parent, steps, left = _above_the_root(), ROOTS, 1
        opened: list[tuple[Node, dict[str, Place], int]] = []
        tails: dict[int, tuple[Node, list[str]]] = {}
        for element in root.iter():
            while not left:
                parent, steps, left = opened.pop()
            left -= 1
            tag = element.tag
            place = steps.get(tag)
            if place is None:
                if callable(tag):  # a comment: the caller parsed the tree
                    continue
                place = self._new_place(parent.place, tag)
            node = Node()
            node.place, node.text = place, element.text or ""
            node.kids, node.repeats, node.names = _NO_KIDS, _NO_REPEATS, ()
            attributes = element.items()
            if attributes:
                node.attributes = cast("dict[str, str]", dict(attributes))
                names.update(node.attributes)
            else:
                node.attributes = _NO_ATTRIBUTES
            places[place].append(node)
            if parent.kids.setdefault(place.name, node) is not node:
                self._repeat(parent, node, element)
            tail = element.tail
            if tail and filled(tail):
                tails.setdefault(id(parent), (parent, []))[1].append(tail)
            children = len(element)
            if children:
                node.kids = {}
                opened.append((parent, steps, left))
                parent, steps, left = node, place.steps, children
            elif node.text <= " " and not filled(node.text):  # fast path: most texts start above a space
                self.empty.append(node)
        _append(tails)

    def _new_place(self, parent: Place, tag: str) -> Place:
        """Return a place that is new to this document, shared if there is room."""
        place = self._own_places.get((parent, tag))
        if place is None:
            place = parent.step(tag)
            if tag not in parent.steps:
                self._own_places[parent, tag] = place
        return place

    def _repeat(self, parent: Node, node: Node, element: etree._Element) -> None:
        name = node.place.name
        self.repeated_names.add(name)
        if not parent.names:
            siblings = cast("etree._Element", element.getparent())
            parent.names = tuple([short_name(sibling.tag) for sibling in siblings if not callable(sibling.tag)])
            parent.repeats = {}
        parent.repeats.setdefault(name, [parent.kids[name]]).append(node)

    @cached_property
    def _above(self) -> dict[int, tuple[Node, str]]:
        """Map each node to its parent and the step from it."""
        return {
            id(kid): (node, step) for nodes in self.places.values() for node in nodes for kid, step in _steps_from(node)
        }


def _append(tails: dict[int, tuple[Node, list[str]]]) -> None:
    """Add to each element the texts between its children, all at once: one by one they cost the square."""
    for node, texts in tails.values():
        node.text += "".join(texts)


def _above_the_root() -> Node:
    node = Node()
    node.kids, node.text = {}, ""
    return node


def _steps_from(node: Node) -> Iterator[tuple[Node, str]]:
    for name, kid in node.kids.items():
        local = name.rpartition("}")[2]
        if name in node.repeats:
            yield from ((each, f"{local}[{position}]") for position, each in enumerate(node.repeats[name], start=1))
        else:
            yield kid, local
