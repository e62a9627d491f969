"""An element of a source document that keeps track of what was read; the rest is a loss, by name.

Readers only ever ask for what the model can hold. What they never asked for, or had no place for, stays unread, and
`app.peppol.readers.losses` names it; nothing has to be listed by hand.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from app.peppol.invoice import Identifier
from app.peppol.readers.words import plain, short

_DATE = re.compile(r"(?a)(\d{4})(?:-(\d\d?)-(\d\d?)|(\d\d)(\d\d))(?:Z|[+-]\d\d:\d\d|T[0-9:.Z+-]+)?")
# A larger number is not money, and a longer one only slows arithmetic down
_NUMBER = re.compile(r"(?a)[+-]?(\d{1,15}(\.\d*)?|\.\d+)")
_LONGEST_NUMBER = 40

_NO_ATTRIBUTES: Mapping[str, str] = {}
_NO_CHILDREN: Mapping[str, "list[Source]"] = {}
_ALL_READ: frozenset[str] = frozenset()


class Source:
    """One element of the source; `read` is true once its text is in the model."""

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
        """Return every element at the path, in order."""
        found = [self]
        for name in path.split("/"):
            found = [child for element in found for child in element.children.get(name, ())]
        return found

    def one(self, path: str) -> "Source":
        """Return the first element at the path, or an empty one."""
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
        """Return the text at the path without marking it as read."""
        return self.one(path).value or None

    def text(self, path: str = "") -> str | None:
        """Return the text at the path and mark it as read; None if there is none."""
        element = self._at(path)
        element.read = True
        return element.value or None

    def code(self, path: str) -> str | None:
        """Return the code at the path without blanks, and mark it and its list as read."""
        element = self._at(path)
        element.unread -= {"schemeID"}
        value = element.text()
        return "".join(value.split()) if value else None

    def bare(self, path: str) -> str | None:
        """Return the identifier at the path, and mark it and its scheme, which adds nothing, as read."""
        element = self._at(path)
        element.unread -= {"schemeID"}
        return element.text()

    def identifier(self, path: str = "") -> Identifier | None:
        """Return the identifier at the path with its scheme, and mark both as read."""
        element = self._at(path)
        value = element.text()
        return Identifier(value, element.attribute("schemeID")) if value else None

    def texts(self, path: str) -> str | None:
        """Return all texts at the path, one a line, and mark them as read."""
        values = [value for element in self.all(path) if (value := element.text())]
        return "\n".join(values) or None

    def attribute(self, name: str) -> str | None:
        """Return the value of an attribute and mark it as read."""
        self.unread -= {name}
        return self.attributes.get(name, "").strip() or None

    def number(self, path: str) -> Decimal | None:
        """Return the number at the path and mark it as read; anything else there is a fault."""
        value = self.text(path)
        if value is None:
            return None
        try:
            return _decimal(value)
        except (InvalidOperation, ValueError):
            self.faults.append(f"{plain(path or self.name)}: “{short(value)}” is not a number")
            return None

    def day(self, path: str) -> date | None:
        """Return the date at the path and mark it as read; anything else there is a fault."""
        value = self.text(path)
        if value is None:
            return None
        try:
            return _date(value)
        except ValueError:
            self.faults.append(f"{plain(path or self.name)}: “{short(value)}” is not a date")
            return None

    def drop(self, path: str) -> None:
        """Mark everything at the path as read, since the model states it already."""
        for element in self.all(path):
            element.code("")

    @property
    def is_empty(self) -> bool:
        """Return whether neither the element nor anything inside it has a value."""
        return not self.value and all(child.is_empty for group in self.children.values() for child in group)


def _decimal(value: str) -> Decimal:
    if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return Decimal(value)


def _date(value: str) -> date:
    """Return the date of 2026-05-04, with or without a time or a zone, or of 20260504."""
    match = _DATE.fullmatch(value)
    if match is None:
        raise ValueError(value)
    year, *rest = (int(part) for part in match.groups() if part)
    return date(year, *rest)
