"""Validate Peppol BIS Billing and Self-billing 3.0 by the rules of UBL 2.1, EN 16931, Peppol and nine countries."""

from datetime import date
from decimal import localcontext

from lxml import etree

from app.peppol.findings import Finding
from app.peppol.rules.releases import release_on
from app.peppol.rules.tree import ROOTS
from app.peppol.rules.values import ARITHMETIC
from app.peppol.xml import Unreadable, parse


def validate(xml: bytes | etree._Element, *, on: date) -> list[Finding]:
    """Return every breach of the rules in force on a day, structure first. Never raise.

    `xml` is the document, or its root as `app.peppol.xml.parse` returned it. Unreadable bytes are one finding,
    `XML-UNREADABLE`; a root other than Invoice and CreditNote is one, `UBL-ROOT`.
    """
    try:
        root = parse(xml) if isinstance(xml, bytes) else xml
    except Unreadable as unreadable:
        return [Finding("XML-UNREADABLE", "fatal", unreadable.reason)]
    if root.tag not in ROOTS:
        return [Finding("UBL-ROOT", "fatal", _foreign(etree.QName(root)), "/")]
    with localcontext(ARITHMETIC):
        return release_on(on).book_for(root).check(root)


def _foreign(root: etree.QName) -> str:
    expected = " or ".join(f"{name.localname} in {name.namespace}" for name in map(etree.QName, ROOTS))
    return f"The root element is {root.localname} in {root.namespace or 'no namespace'}; expected {expected}."
