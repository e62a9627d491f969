"""Greece (GR-R-001 to GR-R-010, GR-S-008, GR-S-011): sellers whose VAT number or address is Greek."""

import re

from app.peppol.identifiers import is_greek_tax_number
from app.peppol.rules.document import BUYER, SELLER, TAX_REPRESENTATIVE, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import filled, floating, quoted, squeeze

_GREEK = frozenset({"GR", "EL"})
_TYPES = frozenset({"1.1", "1.6", "2.1", "2.4", "5.1", "5.2"})
_DATE = re.compile(r"(0?[1-9]|[12][0-9]|3[01])[-\\/ ]?(0?[1-9]|1[0-2])[-\\/ ]?(19|20)[0-9]{2}")
_COUNTRY = "cac:PostalAddress/cac:Country/cbc:IdentificationCode"
_MARK = "##M.AR.K##"
_URL = "##INVOICE|URL##"


def _from_greece(document: Document) -> bool:
    return document.seller_country in _GREEK


def _to_greece(document: Document) -> bool:
    return document.buyer_country in _GREEK


# GR-R-009 ignores a tax representative when it determines the seller's country
RULES = Rules(when=_from_greece)
ADDRESS_RULES = Rules(when=lambda document: document.seller_country_alone in _GREEK)


def _is_greek_address(document: Document) -> bool:
    return any(country.text == "GR" for country in document.at(f"{SELLER}/{_COUNTRY}"))


@RULES.on("/cbc:ID")
def invoice_number(number: Node, document: Document) -> None:
    """GR-R-001-1 to GR-R-001-7: tax number | date | branch | type | series | number."""
    segments = number.text.split("|")
    tax, day, branch, kind, series, counter = (segments + [""] * 6)[:6]
    for rule, right, form in (
        ("GR-R-001-1", len(segments) == 6, "six parts separated by |"),
        ("GR-R-001-2", _is_seller(tax, document), "the tax number of the seller or its representative in part 1"),
        ("GR-R-001-3", _is_issue_date(day, document), "the issue date in part 2, such as 31/05/2026"),
        ("GR-R-001-4", _is_natural(branch), "a number in part 3"),
        ("GR-R-001-5", kind in _TYPES, "a Greek document type in part 4, such as 1.1"),
        ("GR-R-001-6", bool(series), "a series in part 5"),
        ("GR-R-001-7", bool(counter), "a number in part 6"),
    ):
        if not right:
            document.report(rule, number, f"A Greek invoice number has {form}; this one is {quoted(number.text)}.")


def _is_seller(tax: str, document: Document) -> bool:
    known = [number[2:11] for party in (SELLER, TAX_REPRESENTATIVE) for number in _exact_vat_numbers(document, party)]
    return len(squeeze(tax)) == 9 and is_greek_tax_number(tax) and tax in known


def _exact_vat_numbers(document: Document, party: str) -> list[str]:
    return [
        registration.value("cbc:CompanyID")
        for registration in document.at(f"{party}/cac:PartyTaxScheme")
        if any(scheme.text == "VAT" for scheme in registration.all("cac:TaxScheme/cbc:ID"))
    ]


def _is_natural(text: str) -> bool:
    value = floating(text)
    return value is not None and value >= 0


def _is_issue_date(text: str, document: Document) -> bool:
    issued = document.value("cbc:IssueDate").split("-")
    return bool(_DATE.match(text)) and len(issued) >= 3 and text.split("/")[:3] == [issued[2], issued[1], issued[0]]


def _vat_numbers(party: Node) -> list[Node]:
    return [
        number
        for registration in party.children("cac:PartyTaxScheme")
        if squeeze(registration.value("cac:TaxScheme/cbc:ID")) == "VAT"
        for number in registration.children("cbc:CompanyID")
    ]


def _is_greek_vat_number(text: str) -> bool:
    return text[:2] == "EL" and is_greek_tax_number(text[2:])


@RULES.on(SELLER)
def seller(party: Node, document: Document) -> None:
    """GR-R-002 (name), GR-S-011, GR-R-003 (VAT number)."""
    if not party.value("cac:PartyName/cbc:Name"):
        message = "A Greek seller's registered name is also required as its trading name (BT-28)."
        document.report("GR-R-002", party, message, child="cac:PartyName/cbc:Name")
    numbers = _vat_numbers(party)
    if len(numbers) != 1 or not _is_greek_vat_number(numbers[0].text):
        message = "A Greek seller should have one VAT number (BT-31): EL and nine digits."
        document.warn("GR-S-011", party, message, child="cac:PartyTaxScheme/cbc:CompanyID")
    for number in numbers:
        if not _is_greek_vat_number(number.text):
            document.report("GR-R-003", number, f"{quoted(number.text)} is not a Greek VAT number: EL and nine digits.")


@ADDRESS_RULES.on(SELLER)
def seller_address(party: Node, document: Document) -> None:
    """GR-R-009."""
    _check_address(party, document, "GR-R-009", "seller")


@RULES.on(BUYER)
def buyer(party: Node, document: Document) -> None:
    """GR-R-005 (name), GR-R-006 (VAT number), GR-R-010 (electronic address)."""
    if not party.value("cac:PartyName/cbc:Name"):
        message = "With a Greek seller, the buyer's name is also required as its trading name (BT-45)."
        document.report("GR-R-005", party, message, child="cac:PartyName/cbc:Name")
    if not _to_greece(document):
        return
    numbers = _vat_numbers(party)
    if len(numbers) != 1 or not _is_greek_vat_number(numbers[0].text):
        message = "A Greek buyer needs one VAT number (BT-48): EL and nine digits."
        document.report("GR-R-006", party, message, child="cac:PartyTaxScheme/cbc:CompanyID")
    _check_address(party, document, "GR-R-010", "buyer")


def _check_address(party: Node, document: Document, rule: str, who: str) -> None:
    for address in party.children("cbc:EndpointID"):
        if address.get("schemeID") != "9933" or not is_greek_tax_number(address.text):
            message = (
                f"The Greek {who}'s electronic address must be its tax number, scheme 9933, not {quoted(address.text)}."
            )
            document.report(rule, address, message)


@RULES.on("/")
def mark_and_url(root: Node, document: Document) -> None:
    """GR-R-004-1 (MARK), GR-S-008-1, GR-R-008-2 (the invoice's URL)."""
    if not _is_greek_address(document):
        return
    references = root.children("cac:AdditionalDocumentReference")
    marks = sum(_describes(reference, _MARK) for reference in references)
    urls = sum(_describes(reference, _URL) for reference in references)
    child = "cac:AdditionalDocumentReference"
    if marks != 1:
        message = f"A Greek invoice needs one MARK, a supporting document described as {_MARK}; it has {marks}."
        document.report("GR-R-004-1", root, message, child=child)
    if urls != 1:
        message = f"A Greek invoice should have one URL, a supporting document described as {_URL}; it has {urls}."
        document.warn("GR-S-008-1", root, message, child=child)
    if urls > 1:
        document.report("GR-R-008-2", root, f"A Greek invoice may have one URL; it has {urls}.", child=child)


def _describes(reference: Node, description: str) -> bool:
    return any(text.text == description for text in reference.children("cbc:DocumentDescription"))


@RULES.on("cac:AdditionalDocumentReference")
def mark_and_url_are_complete(reference: Node, document: Document) -> None:
    """GR-R-004-2, GR-R-008-3."""
    if _describes(reference, _MARK) and _is_greek_address(document):
        for number in reference.children("cbc:ID"):
            if not re.match(r"[1-9]", number.text):
                document.report(
                    "GR-R-004-2", number, f"The MARK is {quoted(number.text)}; it must be a positive number."
                )
    if _describes(reference, _URL) and not filled(reference.value("cac:Attachment/cac:ExternalReference/cbc:URI")):
        message = "The supporting document for the invoice's URL has no location (BT-124)."
        document.report("GR-R-008-3", reference, message, child="cac:Attachment/cac:ExternalReference/cbc:URI")
