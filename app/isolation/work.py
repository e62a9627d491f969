"""What runs in a process of its own: reading Banqup's JSON, and conversion with validation."""

from collections.abc import Sequence
from datetime import date

from app.banqup.reading import NotJson, UnreadableDocument, read
from app.banqup.schemas import Document
from app.convert import Conversion, File, Readable, Unconvertible, convert, readable

# What these functions raise on purpose
EXPECTED = (NotJson, UnreadableDocument, Unconvertible)


def read_document(body: bytes) -> Document:
    """Return a document as far as the worker looks at it: of its lines, the first."""
    document = read(body)
    return document.model_copy(update={"lines": document.lines[:1]})


def convert_document(body: bytes, files: Sequence[File], on: date) -> Conversion:
    """Return a document and its files as UBL; raise `Unconvertible`."""
    return convert(read(body), files, on=on)


def readable_document(body: bytes, files: Sequence[File]) -> Readable:
    """Return a document and its files as far as a person can read them."""
    return readable(read(body), files)
