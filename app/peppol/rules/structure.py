"""UBL 2.1 structure: order and number of elements, their contents and attributes, as in the schema."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.peppol.rules.datatypes import DATATYPES, Datatype
from app.peppol.rules.document import Document
from app.peppol.rules.tree import Node
from app.peppol.rules.ubl import MODELS, TYPE_NAMES
from app.peppol.rules.values import filled, quoted

_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
_SCHEMA_LOCATIONS = {f"{_INSTANCE}schemaLocation", f"{_INSTANCE}noNamespaceSchemaLocation"}
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
_MOST_CACHED_SHAPES = 1_000


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
# Element → sequences of child names known to be valid
_VALID_SHAPES: dict[str, set[tuple[str, ...]]] = {name: set() for name in MODELS_BY_ELEMENT}


def check_structure(document: Document) -> None:
    """Report breaches of the UBL 2.1 schema: UBL-UNKNOWN, -ORDER, -REPEATED, -MISSING, -VALUE and -ATTRIBUTE."""
    extended = "ext:UBLExtensions" in document.root.kids
    for place, nodes in document.places.items():
        if extended and place.path.startswith("ext:"):  # extensions may contain anything
            continue
        datatype = DATATYPES.get(place.name)
        if datatype is not None:
            _check_basic(document, nodes, datatype)
        elif place.name in MODELS_BY_ELEMENT:
            _check_aggregate(document, nodes, MODELS_BY_ELEMENT[place.name], _VALID_SHAPES[place.name])


def _check_aggregate(document: Document, nodes: list[Node], slots: _Slots, valid: set[tuple[str, ...]]) -> None:
    for node in nodes:
        names = node.names or tuple(node.kids)
        if names not in valid and _fits(document, node, names, slots) and len(valid) < _MOST_CACHED_SHAPES:
            valid.add(names)
        if node.attributes:
            _check_attributes(document, node, frozenset())
        if node.text and filled(node.text):
            message = f"{node.place.name} contains the text {quoted(node.text)}; it may contain elements only."
            document.report("UBL-VALUE", node, message)


def _fits(document: Document, node: Node, names: tuple[str, ...], slots: _Slots) -> bool:
    before = len(document.findings)
    _check_order(document, node, names, slots)
    for name, slot in slots.items():
        if slot.required and name not in node.kids:
            message = f"{node.place.name} has no {name}; the UBL schema requires it."
            document.report("UBL-MISSING", node, message, child=name)
    return len(document.findings) == before


def _check_order(document: Document, node: Node, names: tuple[str, ...], slots: _Slots) -> None:
    """Compare each child with the furthest one so far; report a misplaced name once."""
    furthest, furthest_name, reported = -1, "", set()
    for name in names:
        slot = slots.get(name)
        if slot is None:
            rule, message = "UBL-UNKNOWN", f"{_local(name)} is not an element of {node.place.name} in UBL 2.1."
        elif slot.position < furthest:
            rule, message = (
                "UBL-ORDER",
                f"In {node.place.name}, {name} comes after {furthest_name}; it must come before.",
            )
        elif slot.position == furthest and not slot.repeats:
            rule, message = "UBL-REPEATED", f"{node.place.name} has {name} more than once; only one is allowed."
        else:
            furthest, furthest_name = slot.position, name
            continue
        if name not in reported:
            reported.add(name)
            document.report(rule, node.kids[name], message)


def _check_basic(document: Document, nodes: list[Node], datatype: Datatype) -> None:
    read, allowed, required = datatype.read, datatype.attributes, datatype.required
    for node in nodes:
        if node.kids:
            document.report("UBL-VALUE", node, f"{node.place.name} contains elements; it must be {datatype.expected}.")
        if read is not None and read(node.text) is None:
            message = f"{node.place.name} is {quoted(node.text)}; it must be {datatype.expected}."
            document.report("UBL-VALUE", node, message)
        if node.attributes and (not allowed.issuperset(node.attributes) or "languageID" in node.attributes):
            _check_attributes(document, node, allowed)
        for name in required:
            if name not in node.attributes:
                message = f"{node.place.name} has no attribute {name}; the UBL schema requires it."
                document.report("UBL-ATTRIBUTE", node, message)


def _check_attributes(document: Document, node: Node, allowed: frozenset[str]) -> None:
    for name in node.attributes:
        if name not in allowed and name not in _SCHEMA_LOCATIONS:
            document.report("UBL-ATTRIBUTE", node, f"{node.place.name} must not have the attribute {_local(name)}.")
        elif name == "languageID" and not _LANGUAGE.fullmatch(node.get(name)):
            document.report("UBL-ATTRIBUTE", node, f"{quoted(node.get(name))} is not a language, such as en or nl-BE.")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
