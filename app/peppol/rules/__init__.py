"""Is it a valid Peppol BIS Billing 3.0 document? The rules of UBL 2.1, EN 16931, Peppol, eight countries, and ours."""

from datetime import date
from decimal import localcontext

from lxml import etree

from app.peppol.findings import Finding
from app.peppol.rules import (
    belgium,
    cardinality,
    cen_allowances,
    cen_codes,
    cen_presence,
    cen_syntax,
    cen_totals,
    cen_unused,
    cen_vat,
    cen_vat_amounts,
    peppol,
    peppol_codes,
    peppol_identifiers,
)
from app.peppol.rules.document import Document
from app.peppol.rules.national import denmark, germany, greece, iceland, italy, netherlands, norway, slovakia, sweden
from app.peppol.rules.registry import RuleBook
from app.peppol.rules.release import release_on
from app.peppol.rules.structure import check_structure
from app.peppol.rules.tree import ROOTS
from app.peppol.rules.values import ARITHMETIC
from app.peppol.xml import Unreadable, parse

_BOOK = RuleBook(
    cen_presence.RULES,
    cen_allowances.RULES,
    cen_totals.RULES,
    cen_vat.RULES,
    cen_vat_amounts.RULES,
    cen_codes.RULES,
    cen_syntax.RULES,
    cen_unused.RULES,
    peppol.RULES,
    peppol_codes.RULES,
    peppol_identifiers.RULES,
    cardinality.RULES,
    belgium.RULES,
    denmark.RULES,
    germany.RULES,
    greece.RULES,
    greece.ADDRESS_RULES,
    iceland.RULES,
    italy.RULES,
    netherlands.RULES,
    norway.RULES,
    slovakia.RULES,
    slovakia.ADDRESS_RULES,
    sweden.RULES,
)


def validate(xml: bytes | etree._Element, *, on: date) -> list[Finding]:
    """Everything that is wrong with a document by the rules in force on a day; structure first. Never raises.

    `xml` is either the document as it came, or its root as `app.peppol.xml.parse` gave it. Bytes that cannot be read
    are one finding, `XML-UNREADABLE`; a root that is neither Invoice nor CreditNote is one, `UBL-ROOT`.
    """
    try:
        root = parse(xml) if isinstance(xml, bytes) else xml
    except Unreadable as unreadable:
        return [Finding("XML-UNREADABLE", "fatal", unreadable.reason)]
    if root.tag not in ROOTS:
        return [Finding("UBL-ROOT", "fatal", _foreign(etree.QName(root)), "/")]
    with localcontext(ARITHMETIC):
        document = Document(root, release_on(on))
        check_structure(document)
        _BOOK.run(document)
    return document.findings


def _foreign(root: etree.QName) -> str:
    expected = " or ".join(f"{name.localname} in {name.namespace}" for name in map(etree.QName, ROOTS))
    return f"The root element is {root.localname} in {root.namespace or 'no namespace'}; UBL has {expected}."
