"""Invoices attached to a PDF, as Factur-X, ZUGFeRD and XRechnung have them.

Only the list of attached files is read, never a page, and every loop is bounded. pypdf bounds decompression.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from app.peppol.readers.envelopes import Unwrapped, unwrapped
from app.peppol.readers.names import fault
from app.peppol.xml import Excessive, Unreadable

MAX_BYTES = 32 * 1024 * 1024
_NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"})
_MAX_NODES = 200  # of the tree of attached files
_MAX_FILES = 200
_MAX_OPENED = 20  # of them, since each may be large
_SIGNATURE_WITHIN = 1024  # bytes, where PDF readers look for %PDF-


class UnreadablePdf(Unreadable):
    """The PDF cannot be opened, so that its attachments are unknown."""


def embedded_invoice(pdf: bytes) -> Unwrapped | None:
    """Return the invoice attached to the PDF, or None if there is none.

    Raises:
        Excessive: the attached file exceeds what any invoice needs.
        UnreadablePdf: not a PDF, broken, protected by a password, or larger than we read.
        Unreadable: the attached file is not an invoice, despite its name.
    """
    if len(pdf) > MAX_BYTES:
        raise UnreadablePdf(f"The PDF has {len(pdf)} bytes; the most that is read is {MAX_BYTES}.")
    if b"%PDF-" not in pdf[:_SIGNATURE_WITHIN]:
        raise UnreadablePdf("The file is not a PDF.")
    try:
        return _search(PdfReader(BytesIO(pdf)))
    except Unreadable:
        raise
    except Exception as error:  # pypdf fails on a broken PDF in unpredictable ways
        raise UnreadablePdf("The PDF is broken: its attachments cannot be read.") from error


def _search(reader: PdfReader) -> Unwrapped | None:
    """Return the first attached file that is an invoice, whatever its name; standard names come first."""
    if reader.is_encrypted and not reader.decrypt(""):  # one that only restricts printing has an empty password
        raise UnreadablePdf("The PDF is protected by a password.")
    refusal: Unreadable | None = None
    attached = [(_filename(one).lower(), one) for one in _specifications(_resolved(reader.trailer["/Root"]))]
    for name, specification in sorted(attached, key=lambda file: file[0] not in _NAMES)[:_MAX_OPENED]:
        try:
            if found := _invoice(_content(specification)):
                return found
        except Excessive:
            raise
        except Unreadable as error:
            refusal = refusal or (error if name in _NAMES else None)
    if refusal:
        raise refusal
    return None


def _invoice(content: bytes) -> Unwrapped | None:
    """Return the invoice in an attached file; None if the file cannot be XML."""
    return unwrapped(content) if content and fault(content) is None else None


def _specifications(catalog: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the file specifications in the name tree and those associated with the document."""
    names = _resolved(_resolved(catalog.get("/Names", {})).get("/EmbeddedFiles", {}))
    found = [*_leaves(names), *_resolved(catalog.get("/AF", ()))]
    for entry in found[:_MAX_FILES]:
        specification = _resolved(entry)
        if isinstance(specification, dict):
            yield specification


def _leaves(tree: dict[str, Any]) -> Iterator[Any]:
    """Yield every second entry of each node's names, for a bounded number of nodes."""
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
    """Return the bytes of an attached file; none if the PDF only names it."""
    files = _resolved(specification.get("/EF") or {})
    stream = _resolved(files.get("/F") or files.get("/UF"))
    return bytes(stream.get_data()) if stream is not None else b""


def _resolved(value: Any) -> Any:
    """Return the object that a value points to, or the value itself."""
    return value.get_object() if hasattr(value, "get_object") else value
