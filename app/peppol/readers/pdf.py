"""The XML inside a PDF: Factur-X, ZUGFeRD and XRechnung carry their CII as an attachment.

Only the list of attached files is walked, no page is looked at, and every walk has an end. pypdf bounds what a
compressed stream may become.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from app.peppol.xml import Unreadable

MAX_BYTES = 32 * 1024 * 1024
_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml"})
_MAX_NODES = 200  # of the tree of attached files
_MAX_FILES = 200
_SIGNATURE_WITHIN = 1024  # bytes, where PDF readers look for %PDF-


def embedded_xml(pdf: bytes) -> bytes | None:
    """The invoice as XML that the PDF carries, or None when it carries none.

    Raises:
        Unreadable: not a PDF, broken, protected by a password, or larger than we read.
    """
    if len(pdf) > MAX_BYTES:
        raise Unreadable(f"The PDF has {len(pdf)} bytes; the most that is read is {MAX_BYTES}.")
    if b"%PDF-" not in pdf[:_SIGNATURE_WITHIN]:
        raise Unreadable("The file is not a PDF.")
    try:
        return _search(PdfReader(BytesIO(pdf)))
    except Unreadable:
        raise
    except Exception as error:  # a broken PDF makes pypdf fail in any way there is
        raise Unreadable("The PDF is broken: its attachments cannot be read.") from error


def _search(reader: PdfReader) -> bytes | None:
    if reader.is_encrypted:
        raise Unreadable("The PDF is protected by a password.")
    for specification in _specifications(_resolved(reader.trailer["/Root"])):
        if _filename(specification).lower() in _NAMES:
            return _content(specification)
    return None


def _specifications(catalog: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The specifications of the attached files: in the tree of names, and those associated with the document."""
    names = _resolved(_resolved(catalog.get("/Names", {})).get("/EmbeddedFiles", {}))
    found = [*_leaves(names), *_resolved(catalog.get("/AF", ()))]
    for entry in found[:_MAX_FILES]:
        specification = _resolved(entry)
        if isinstance(specification, dict):
            yield specification


def _leaves(tree: dict[str, Any]) -> Iterator[Any]:
    """Every second entry of each node's names; a tree that never ends is left after so many nodes."""
    nodes = [tree]
    for _ in range(_MAX_NODES):
        if not nodes:
            return
        node = nodes.pop()
        yield from _resolved(node.get("/Names", ()))[1::2]
        nodes += [_resolved(kid) for kid in _resolved(node.get("/Kids", ()))[:_MAX_NODES]]


def _filename(specification: dict[str, Any]) -> str:
    return str(_resolved(specification.get("/UF") or specification.get("/F") or ""))


def _content(specification: dict[str, Any]) -> bytes:
    files = _resolved(specification["/EF"])
    stream = _resolved(files.get("/F") or files["/UF"])
    return bytes(stream.get_data())


def _resolved(value: Any) -> Any:
    """The object itself where the value only points to it."""
    return value.get_object() if hasattr(value, "get_object") else value
