"""Parse untrusted XML: no DTD, no entities, no network, bounded depth and size."""

import re

from lxml import etree

MAX_BYTES = 100 * 1024 * 1024
MAX_DEPTH = 256  # libxml2's own limit for documents up to _HUGE bytes
MAX_TAGS = 1_000_000  # an invoice of 10,000 lines has half as many
MAX_ATTRIBUTES = 100  # of one element; reading an element takes the square of them
_HUGE = 10_000_000
_TOO_DEEP = f"The document nests elements more than {MAX_DEPTH} levels deep"

# Encodings that write `<!DOCTYPE` in ASCII, with or without zero bytes in between
_ENCODING = re.compile(rb"""^[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
# A start tag of more attributes; `<` cannot be in a value
_CROWDED = re.compile(
    rb"""<[^\s<>!?/][^\s<>/]*+(?:\s++[^\s=<>"'/]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')){%d}""" % (MAX_ATTRIBUTES + 1)
)
_ENCODINGS = re.compile(rb"(?i)utf-?8|utf-?16([bl]e)?|us-ascii|ascii|iso-?8859-\d+|windows-125\d|cp125\d")


_CODES = etree.ErrorTypes
_WRONG = {
    _CODES.ERR_DOCUMENT_EMPTY: "it has no element",
    _CODES.ERR_DOCUMENT_END: "text follows the end of the root element",
    _CODES.ERR_TAG_NOT_FINISHED: "it ends before its elements do",
    _CODES.ERR_TAG_NAME_MISMATCH: "an end tag does not match its start tag",
    _CODES.ERR_GT_REQUIRED: "a tag has no end",
    _CODES.ERR_ATTRIBUTE_REDEFINED: "an attribute is repeated",
    _CODES.ERR_UNDECLARED_ENTITY: "an entity is not declared",
    _CODES.ERR_INVALID_CHAR: "a character is not allowed in XML",
    _CODES.ERR_INVALID_ENCODING: "the bytes do not match the encoding",
    _CODES.NS_ERR_UNDEFINED_NAMESPACE: "a namespace prefix is not declared",
}


class Unreadable(Exception):
    """The bytes are not XML that we accept; `reason` says why in one sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Excessive(Unreadable):
    """The bytes exceed what any invoice needs; nothing else is tried with the document."""


def parse(data: bytes) -> etree._Element:
    """Parse bytes into the root element, without comments and processing instructions.

    Raises:
        Excessive: too many bytes, tags, levels, or attributes of one element.
        Unreadable: not well-formed, in an unknown encoding, or with a document type declaration.
    """
    _refuse_unsafe(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=len(data)
        > _HUGE,  # an embedded PDF may exceed libxml2's limit of 10 MB per text; _refuse_depth then checks the depth
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(error) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("The document has a document type declaration (DTD); an invoice must not have one.")
    if len(data) > _HUGE:
        _refuse_depth(root)
    return root


def _refusal(error: Exception) -> Unreadable:
    """Return one sentence for the parser's error."""
    if not isinstance(error, etree.XMLSyntaxError):
        return Unreadable("The document is not well-formed XML.")
    code, line = error.code, error.lineno  # type: ignore[attr-defined]  # missing in the stubs
    if code == _CODES.ERR_RESOURCE_LIMIT:
        return Excessive(f"{_TOO_DEEP} (line {line}).")
    why = _WRONG.get(code, "it breaks a rule of XML")
    return Unreadable(f"The document is not well-formed XML: {why} (line {line}).")


def _refuse_unsafe(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise Excessive(f"The document has {len(data)} bytes; the limit is {MAX_BYTES}.")
    if len(data) > MAX_TAGS and data.count(b"<") > MAX_TAGS:
        raise Excessive(f"The document has more than {MAX_TAGS} tags, the limit for an invoice.")
    declared = _ENCODING.match(data)
    if data.startswith(b"\x4c\x6f\xa7\x94") or (declared and not _ENCODINGS.fullmatch(declared[1])):
        raise Unreadable("The document's encoding is not supported; use UTF-8.")
    plain = _in_ascii(data)
    if _CROWDED.search(plain):
        raise Excessive(f"An element has more than {MAX_ATTRIBUTES} attributes, the limit for an invoice.")
    if b"<!DOCTYPE" in plain:
        raise Unreadable("The document has a document type declaration (DTD); an invoice must not have one.")


def _in_ascii(data: bytes) -> bytes:
    """Return the document with its markup in ASCII, as every encoding but UTF-16 has it."""
    if data[:2] not in (b"\xff\xfe", b"\xfe\xff") and b"\x00" not in data[:4]:
        return data
    is_big = data[:2] == b"\xfe\xff" or data[:1] == b"\x00"
    return data.decode("utf-16-be" if is_big else "utf-16-le", "ignore").encode()


def _refuse_depth(root: etree._Element) -> None:
    deep = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
    if deep(root):
        raise Excessive(f"{_TOO_DEEP}.")
