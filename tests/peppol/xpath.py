"""Elements and texts of UBL by XPath, with the usual prefixes."""

from typing import cast

from lxml import etree

NAMESPACES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def elements(root: etree._Element, path: str) -> list[etree._Element]:
    """The elements at a path."""
    return cast("list[etree._Element]", root.xpath(path, namespaces=NAMESPACES))


def texts(root: etree._Element, path: str) -> list[str]:
    """The texts of the elements at a path; those that have one."""
    return [element.text for element in elements(root, path) if element.text]
