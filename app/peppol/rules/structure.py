"""UBL 2.1 structure: what the schema says about elements, their order and number, their contents and attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.peppol.rules.datatypes import DATATYPES, Datatype
from app.peppol.rules.document import Document
from app.peppol.rules.tree import Node
from app.peppol.rules.ubl import MODELS, TYPE_NAMES
from app.peppol.rules.values import filled, quoted

_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_WHERE_A_SCHEMA_LIES = {f"{_INSTANCE}schemaLocation", f"{_INSTANCE}noNamespaceSchemaLocation"}
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_MOST_REMEMBERED_SHAPES = 1_000


@dataclass(frozen=True, slots=True)
class _Slot:
    position: int
    required: bool
    repeats: bool


_Slots = dict[str, _Slot]


def _read_models() -> dict[str, _Slots]:
    types = {name: _slots(entries) for name, _, entries in _rows(MODELS)}
    aliases = {f"cac:{name}": types[type_name] for type_name, _, names in _rows(TYPE_NAMES) for name in names.split()}
    return types | {f"cac:{name}": slots for name, slots in types.items()} | aliases


def _rows(table: str) -> Iterator[tuple[str, str, str]]:
    return (row.partition(": ") for row in table.replace("\n    ", " ").strip().splitlines())


def _slots(entries: str) -> _Slots:
    slots = {}
    for position, entry in enumerate(entries.split()):
        name = entry.rstrip("?*+")
        if ":" not in name:
            name = f"cac:{name[1:]}" if name.startswith("@") else f"cbc:{name}"
        slots[name] = _Slot(position, required=entry[-1] not in "?*", repeats=entry[-1] in "*+")
    return slots


MODELS_BY_ELEMENT = _read_models()
# An element, and the names of its children when nothing is wrong with them
_FINE: dict[str, set[tuple[str, ...]]] = {name: set() for name in MODELS_BY_ELEMENT}


def check_structure(document: Document) -> None:
    """Report what the UBL 2.1 schema refuses: UBL-UNKNOWN, -ORDER, -REPEATED, -MISSING, -VALUE and -ATTRIBUTE."""
    extended = "ext:UBLExtensions" in document.root.kids
    for place, nodes in document.places.items():
        if extended and place.path.startswith("ext:"):  # extensions may hold anything
            continue
        datatype = DATATYPES.get(place.name)
        if datatype is not None:
            _check_basic(document, nodes, datatype)
        elif place.name in MODELS_BY_ELEMENT:
            _check_aggregate(document, nodes, MODELS_BY_ELEMENT[place.name], _FINE[place.name])


def _check_aggregate(document: Document, nodes: list[Node], slots: _Slots, fine: set[tuple[str, ...]]) -> None:
    for node in nodes:
        names = node.names or tuple(node.kids)
        if names not in fine and _fits(document, node, names, slots) and len(fine) < _MOST_REMEMBERED_SHAPES:
            fine.add(names)
        if node.attributes:
            _check_attributes(document, node, frozenset())
        if node.text and filled(node.text):
            message = f"{node.place.name} holds the text {quoted(node.text)}; it takes other elements, no text."
            document.report("UBL-VALUE", node, message)


def _fits(document: Document, node: Node, names: tuple[str, ...], slots: _Slots) -> bool:
    before = len(document.findings)
    _check_order(document, node, names, slots)
    for name, slot in slots.items():
        if slot.required and name not in node.kids:
            message = f"{node.place.name} has no {name}, which the UBL schema demands."
            document.report("UBL-MISSING", node, message, child=name)
    return len(document.findings) == before


def _check_order(document: Document, node: Node, names: tuple[str, ...], slots: _Slots) -> None:
    """Hold each child against the furthest one so far; a misplaced name is reported once."""
    furthest, furthest_name, told = -1, "", set()
    for name in names:
        slot = slots.get(name)
        if slot is None:
            rule, message = "UBL-UNKNOWN", f"{_local(name)} is not an element of {node.place.name} in UBL 2.1."
        elif slot.position < furthest:
            rule, message = (
                "UBL-ORDER",
                f"In {node.place.name}, {name} stands after {furthest_name}; it must come before.",
            )
        elif slot.position == furthest and not slot.repeats:
            rule, message = "UBL-REPEATED", f"{node.place.name} has {name} more than once; only one is allowed."
        else:
            furthest, furthest_name = slot.position, name
            continue
        if name not in told:
            told.add(name)
            document.report(rule, node.kids[name], message)


def _check_basic(document: Document, nodes: list[Node], datatype: Datatype) -> None:
    read, allowed, required = datatype.read, datatype.attributes, datatype.required
    for node in nodes:
        if node.kids:
            document.report(
                "UBL-VALUE", node, f"{node.place.name} contains elements; it takes {datatype.expected} only."
            )
        if read is not None and read(node.text) is None:
            message = f"{node.place.name} is {quoted(node.text)}; it takes {datatype.expected}."
            document.report("UBL-VALUE", node, message)
        if node.attributes and (not allowed.issuperset(node.attributes) or "languageID" in node.attributes):
            _check_attributes(document, node, allowed)
        for name in required:
            if name not in node.attributes:
                message = f"{node.place.name} has no attribute {name}, which the UBL schema demands."
                document.report("UBL-ATTRIBUTE", node, message)


def _check_attributes(document: Document, node: Node, allowed: frozenset[str]) -> None:
    for name in node.attributes:
        if name not in allowed and name not in _WHERE_A_SCHEMA_LIES:
            document.report("UBL-ATTRIBUTE", node, f"{node.place.name} cannot have the attribute {_local(name)}.")
        elif name == "languageID" and not _LANGUAGE.fullmatch(node.get(name)):
            document.report("UBL-ATTRIBUTE", node, f"{quoted(node.get(name))} is not a language such as en or nl-BE.")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
