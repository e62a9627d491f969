"""Name what was not read of a source, so that nothing disappears silently."""

from collections.abc import Iterator

from app.peppol.readers.source import Source
from app.peppol.readers.words import plain, short

_LINES = frozenset({"InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem"})
_SHOWN = 5


def losses(root: Source, *, currency: str) -> tuple[str, ...]:
    """Return a sentence for each kind of element that was not read, with its values and lines.

    An amount needs no currency of its own when it is in the `currency` of the document.
    """
    found: dict[str, list[str]] = {}
    for path, place, value in _unread(root, path="", place=""):
        if not (path.endswith("/@currencyID") and value == currency):
            found.setdefault(path, []).append(f"{place}{short(value)}")
    return tuple(f"{plain(path)} has no place in Peppol: {_list(values)} ({path})." for path, values in found.items())


def _unread(element: Source, *, path: str, place: str) -> Iterator[tuple[str, str, str]]:
    """Yield path, line and value of what was not read; a wholly unread group counts once."""
    if element.value and not element.read:
        yield path, place, element.value
    elif element.value or element.children:
        for name in sorted(element.unread):
            yield f"{path}/@{name}", place, element.attributes[name]
    for group in element.children.values():
        for number, child in enumerate(group, start=1):
            inside = place or (f"line {number}: " if child.name in _LINES else "")
            below = f"{path}/{child.name}" if path else child.name
            if len(values := _values(child)) > 1:
                yield below, inside, ", ".join(values)
            else:
                yield from _unread(child, path=below, place=inside)


def _values(group: Source) -> list[str]:
    """Return all values of a wholly unread group, none of any other."""
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


def _list(values: list[str]) -> str:
    more = f"; and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return "; ".join(values[:_SHOWN]) + more
