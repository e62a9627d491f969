"""XML from strangers, parsed so that it can do nothing: no DTD, no entities, no network, bounded depth and size."""

import re

from lxml import etree

MAX_BYTES = 100 * 1024 * 1024
MAX_DEPTH = 256  # libxml2's own bound, which it keeps for documents up to _HUGE bytes
MAX_TAGS = 2_000_000  # an invoice of 10,000 lines has a quarter of them
_HUGE = 10_000_000
_TOO_DEEP = f"The document nests more than {MAX_DEPTH} elements in each other"

# Encodings in which `<!DOCTYPE` is either plain ASCII or ASCII with zero bytes between
_ENCODING = re.compile(rb"""^[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_ENCODINGS = re.compile(rb"(?i)utf-?8|utf-?16([bl]e)?|us-ascii|ascii|iso-?8859-\d+|windows-125\d|cp125\d")


_CODES = etree.ErrorTypes
_WRONG = {
    _CODES.ERR_DOCUMENT_EMPTY: "no element begins here",
    _CODES.ERR_DOCUMENT_END: "something follows the end of the outermost element",
    _CODES.ERR_TAG_NOT_FINISHED: "the document ends before its elements do",
    _CODES.ERR_TAG_NAME_MISMATCH: "an end tag does not fit its start tag",
    _CODES.ERR_GT_REQUIRED: "a tag has no end",
    _CODES.ERR_ATTRIBUTE_REDEFINED: "an attribute stands twice",
    _CODES.ERR_UNDECLARED_ENTITY: "an entity is not declared",
    _CODES.ERR_INVALID_CHAR: "a character is not allowed in XML",
    _CODES.ERR_INVALID_ENCODING: "the bytes do not fit the encoding",
    _CODES.NS_ERR_UNDEFINED_NAMESPACE: "a namespace prefix is not declared",
}


class Unreadable(Exception):
    """The bytes cannot be read as XML that we accept; `reason` says why, in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(data: bytes) -> etree._Element:
    """Parse bytes into the root element, without comments and processing instructions.

    Raises:
        Unreadable: not well-formed, too large, too deep, of an unknown encoding, or with a document type declaration.
    """
    _refuse_what_may_not_be_parsed(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=len(data) > _HUGE,  # an embedded PDF may exceed libxml2's 10 MB a text; depth is then checked here
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_why(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("The document has a document type declaration (DTD), which an invoice must not have.")
    if len(data) > _HUGE:
        _refuse_depth(root)
    return root


def _why(error: Exception) -> str:
    """A sentence for what the parser says in words of its own."""
    if not isinstance(error, etree.XMLSyntaxError):
        return "The document is not well-formed XML."
    code, line = error.code, error.lineno  # type: ignore[attr-defined]  # the stubs leave the code out
    if code == _CODES.ERR_RESOURCE_LIMIT:
        return f"{_TOO_DEEP} (line {line})."
    return f"The document is not well-formed XML: {_WRONG.get(code, 'a rule of XML is broken')} (line {line})."


def _refuse_what_may_not_be_parsed(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The document has {len(data)} bytes; the most that is read is {MAX_BYTES}.")
    if len(data) > MAX_TAGS and data.count(b"<") > MAX_TAGS:
        raise Unreadable(f"The document has more than {MAX_TAGS} tags; no invoice needs so many.")
    declared = _ENCODING.match(data)
    if data.startswith(b"\x4c\x6f\xa7\x94") or (declared and not _ENCODINGS.fullmatch(declared[1])):
        raise Unreadable("The document is in an encoding that is not read; UTF-8 would be right.")
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]
    if b"<!DOCTYPE" in (data.replace(b"\x00", b"") if wide else data):
        raise Unreadable("The document has a document type declaration (DTD), which an invoice must not have.")


def _refuse_depth(root: etree._Element) -> None:
    deep = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
    if deep(root):
        raise Unreadable(f"{_TOO_DEEP}.")
