"""What an export is about to post to Exact, as a value in code and as text in its row."""

from dataclasses import dataclass
from typing import assert_never

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

_DOCUMENT, _FILE = "document", "file:"


@dataclass(frozen=True)
class PostDocument:
    """The document itself."""


@dataclass(frozen=True)
class PostFile:
    """One file of the document."""

    name: str


Intent = PostDocument | PostFile


def parse(text: str) -> Intent:
    """Return the intent of a text. Raises `ValueError` for any other text."""
    if text == _DOCUMENT:
        return PostDocument()
    if text.startswith(_FILE):
        return PostFile(text.removeprefix(_FILE))
    raise ValueError(f"{text!r} is no intent")


def write(intent: Intent) -> str:
    """Return the text of an intent."""
    match intent:
        case PostDocument():
            return _DOCUMENT
        case PostFile(name):
            return f"{_FILE}{name}"
    assert_never(intent)


class IntentText(TypeDecorator[Intent]):
    """The column type of an intent."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Intent | None, dialect: Dialect) -> str | None:
        return None if value is None else write(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Intent | None:
        return None if value is None else parse(value)
