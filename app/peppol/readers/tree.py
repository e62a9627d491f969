"""A source document as a tree of `Source`; the parsed XML is freed at once."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

from lxml import etree

from app.peppol.readers.source import Source
from app.peppol.xml import parse

_VOCABULARIES = ("urn:oasis:names:specification:ubl:schema:xsd:", "urn:un:unece:uncefact:data:", "urn:ferd:")
# Attributes about the coding of a value
_ABOUT_CODES = frozenset(
    {
        *("schemeName", "schemeAgencyID", "schemeAgencyName", "schemeVersionID", "schemeDataURI", "schemeURI"),
        *("listID", "listName", "listAgencyID", "listAgencyName", "listVersionID", "listURI", "listSchemeURI"),
        *("unitCodeListID", "unitCodeListAgencyID", "unitCodeListAgencyName", "currencyCodeListVersionID"),
        *("languageID", "languageLocaleID", "name", "characterSetCode", "encodingCode", "format", "objectCode"),
        *("uri", "schemaLocation"),
    }
)


def opened(xml: bytes) -> tuple[str, Source]:
    """Return the tag of the root with its namespace, and the document as a `Source`.

    Raises:
        Unreadable: not XML that we accept.
    """
    root = parse(xml)
    return root.tag, _Builder().tree(root)


class _Builder:
    """Build one tree; equal attributes are kept once."""

    def __init__(self) -> None:
        self._faults: list[str] = []
        self._told: dict[tuple[tuple[str, str], ...], tuple[Mapping[str, str], frozenset[str]]] = {}

    def tree(self, root: etree._Element) -> Source:
        """Return every element; one of another vocabulary becomes a single text under its prefix."""
        top = self._element(root)
        stack = [(root, top)]
        while stack:
            element, source = stack.pop()
            children: dict[str, list[Source]] = {}
            for child in element:
                node = self._element(child)
                children.setdefault(node.name, []).append(node)
                if len(child) and _name(child.tag)[1]:
                    stack.append((child, node))
            source.children = children
        return top

    def _element(self, element: etree._Element) -> Source:
        name, is_known = _name(element.tag)
        if not is_known:
            return Source(f"{element.prefix or 'none'}:{name}", value=_all_text(element))
        node = Source(name, value=_text(element), faults=self._faults)
        if element.attrib:
            node.attributes, node.unread = self._attributes(element)
        return node

    def _attributes(self, element: etree._Element) -> tuple[Mapping[str, str], frozenset[str]]:
        """Return the attributes by local name, and which of them carry information."""
        key = tuple((str(name), str(value)) for name, value in element.attrib.items())
        if key not in self._told:
            found = {_name(name)[0]: value for name, value in key}
            told = frozenset(name for name, value in found.items() if value.strip()) - _ABOUT_CODES
            self._told[key] = found, told
        return self._told[key]


@lru_cache(maxsize=1024)
def _name(tag: str) -> tuple[str, bool]:
    """Return the local name, and whether its vocabulary is supported."""
    name = etree.QName(tag)
    return name.localname, (name.namespace or "").startswith(_VOCABULARIES)


def _all_text(element: etree._Element) -> str:
    return " ".join(str(text) for text in islice(element.itertext(), 100)).strip()


def _text(element: etree._Element) -> str:
    """Return the element's own text, also between and after its children."""
    text = element.text or ""
    if len(element):
        text += "".join([child.tail for child in element if child.tail])
    return text.strip()
