"""The subset of OData's query grammar that Exact's clients use."""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sandbox.exact_online.errors import malformed

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<guid>guid'[0-9a-fA-F-]{36}')
    | (?P<datetime>datetime'[^']+')
    | (?P<text>'(?:[^']|'')*')
    | (?P<number>-?\d+(?:\.\d+)?[mMlLdDfF]?)(?![\w.])
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": lambda value, part: value.lower().startswith(part.lower()),
    "endswith": lambda value, part: value.lower().endswith(part.lower()),
    "substringof": lambda part, value: part.lower() in value.lower(),
}
_WORDS = {"true": True, "false": False, "null": None}
_Value = Callable[[Row], Any]


class Filter:
    """A parsed `$filter`: a test for rows, and the fields in it."""

    def __init__(self, text: str, *, fields: Mapping[str, str]) -> None:
        """Parse the text; raise `ExactError` 400 for a syntax error or an unknown field."""
        self.known, self.names = fields, set[str]()
        self._tokens, self._at = _tokens(text), 0
        self.test: Test = self._any_of()
        if self._at != len(self._tokens):
            raise malformed(f"Syntax error at position {self._at} in '$filter'.")

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += 1
        return token

    def _expect(self, mark: str) -> None:
        if self._next()[1] != mark:
            raise malformed(f"'{mark}' expected in '$filter'.")

    def _any_of(self) -> Test:
        tests = [self._all_of()]
        while self._peek() == ("word", "or"):
            self._next()
            tests.append(self._all_of())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _all_of(self) -> Test:
        tests = [self._one()]
        while self._peek() == ("word", "and"):
            self._next()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        kind, text = self._peek()
        if (kind, text) == ("word", "not"):
            self._next()
            test = self._one()
            return lambda row: not test(row)
        if (kind, text) == ("mark", "("):
            self._next()
            test = self._any_of()
            self._expect(")")
            return test
        if text in _FUNCTIONS:
            return self._function()
        return self._comparison()

    def _function(self) -> Test:
        call = _FUNCTIONS[self._next()[1]]
        self._expect("(")
        first = self._value()
        self._expect(",")
        second = self._value()
        self._expect(")")
        if self._peek() == ("word", "eq"):  # startswith(…) eq true
            self._next()
            wanted = self._value()({})
            return lambda row: call(str(first(row) or ""), str(second(row) or "")) == wanted
        return lambda row: call(str(first(row) or ""), str(second(row) or ""))

    def _comparison(self) -> Test:
        left = self._value()
        compare = _COMPARE.get(self._next()[1])
        if compare is None:
            raise malformed("A comparison operator was expected in '$filter'.")
        right = self._value()

        def test(row: Row) -> bool:
            try:
                return compare(_folded(left(row)), _folded(right(row)))
            except TypeError:
                return False  # null is neither larger nor smaller

        return test

    def _value(self) -> _Value:
        kind, text = self._next()
        if kind == "word" and text not in _WORDS:
            if text not in self.known:
                raise malformed(f"Could not find a property named '{text}'.")
            self.names.add(text)
            return lambda row: row.get(text)
        constant = _constant(kind, text)
        return lambda _: constant


def _folded(value: Any) -> Any:
    """Return the value for a comparison, which ignores case as Exact does."""
    return value.lower() if isinstance(value, str) else value


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise malformed(f"Syntax error at position {at} in '$filter'.")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


def _constant(kind: str, text: str) -> Any:
    try:
        if kind == "guid":
            return text[5:-1].lower()
        if kind == "datetime":
            return datetime.fromisoformat(text[9:-1]).replace(tzinfo=None)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            digits = text.rstrip("mMlLdDfF")
            return float(digits) if "." in digits else int(digits)
        return _WORDS[text]
    except (KeyError, ValueError) as error:
        raise malformed(f"'{text}' is no value that '$filter' can take.") from error


@lru_cache(maxsize=512)
def _parsed(text: str, fields: tuple[tuple[str, str], ...]) -> Filter:
    return Filter(text, fields=dict(fields))


def parse_filter(text: str, fields: Mapping[str, str]) -> Filter:
    """Parse a `$filter`; raise `ExactError` 400 if it is not valid."""
    return _parsed(text, tuple(fields.items()))


def parse_select(text: str | None, fields: Mapping[str, str]) -> list[str]:
    """Return the selected fields; raise `ExactError` 400 for an unknown name."""
    if not text or text.strip() == "*":
        return list(fields)
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in fields:
            raise malformed(f"Could not find a property named '{name}'.")
    return names


def parse_order(text: str, fields: Mapping[str, str]) -> list[tuple[str, bool]]:
    """Return each field and whether it descends, in order; raise `ExactError` 400 for an unknown name."""
    order = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        if name not in fields or direction.strip() not in ("", "asc", "desc"):
            raise malformed(f"'{part.strip()}' cannot be used in '$orderby'.")
        order.append((name, direction.strip() == "desc"))
    return order


def ordered(rows: list[dict[str, Any]], order: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    """Sort the rows; nulls come first, as in SQL Server."""
    for name, descending in reversed(order):
        rows = _sorted(rows, name, descending=descending)
    return rows


def _sorted(rows: list[dict[str, Any]], name: str, *, descending: bool) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: _sort_key(row.get(name)), reverse=descending)


def _sort_key(value: Any) -> tuple[bool, Any]:
    return (False, 0) if value is None else (True, _folded(value))


def skip_value(token: str) -> str:
    """Return the key in a `$skiptoken`, as text."""
    bare = token.removeprefix("guid")
    return bare.strip("'").lower()
