"""Parse a document's JSON from Banqup, without trusting its content."""

import json
import re
from typing import Any

from pydantic import ValidationError

from app.banqup.schemas import Document

DEEPEST = 100  # levels of a document's data; the parsers' own limits differ between Python releases
MOST_VALUES = 1_000_000  # of a document's data; an invoice of 10,000 lines has a quarter of that
_SUSPECT = re.compile(rb"\\u(0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class UnreadableDocument(Exception):
    """Banqup's JSON is not a document; the text says why in one sentence."""


class ExcessiveDocument(UnreadableDocument):
    """Banqup's JSON exceeds what any invoice needs."""


class NotJson(Exception):
    """Banqup returned something other than JSON, such as an error page: retry later."""


def read(body: bytes) -> Document:
    """Return the document, without the characters that Postgres cannot store (NUL and lone surrogates).

    Raises:
        ExcessiveDocument: too many values, or nested too deeply.
        UnreadableDocument: with invalid fields.
        NotJson: not JSON.
    """
    if len(body) > MOST_VALUES and sum(map(body.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise ExcessiveDocument(f"The document's data has more than {MOST_VALUES} values.")
    try:
        data = json.loads(body)
        _refuse_deep_nesting(data)
        return Document.model_validate(cleaned(data) if _SUSPECT.search(body) else data)
    except RecursionError:
        raise ExcessiveDocument("The document's data is nested too deeply.") from None
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, problem["loc"])) for problem in error.errors()})[:5])
        raise UnreadableDocument(f"Invalid fields: {fields}.") from None
    except ValueError:
        raise NotJson from None


def cleaned(data: Any) -> Any:
    """Replace each character that Postgres cannot store with U+FFFD."""
    match data:
        case str():
            return _UNSTORABLE.sub("\ufffd", data)
        case list():
            return [cleaned(item) for item in data]
        case dict():
            return {cleaned(key): cleaned(value) for key, value in data.items()}
    return data


def _refuse_deep_nesting(body: Any) -> None:
    """Raise `RecursionError` beyond `DEEPEST`, as a parser does at its own limit."""
    level: list[Any] = [[body]]
    for _ in range(DEEPEST + 1):
        inner = [each.values() if isinstance(each, dict) else each for each in level]
        level = [value for values in inner for value in values if isinstance(value, dict | list)]
        if not level:
            return
    raise RecursionError
