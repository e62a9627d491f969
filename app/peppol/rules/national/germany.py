"""Germany (DE-R-001 to DE-R-031): seller and buyer both with a German address."""

import re

from app.peppol.findings import brief
from app.peppol.identifiers import is_iban
from app.peppol.rules.document import BUYER, SELLER, Document
from app.peppol.rules.registry import Check, Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import filled, quoted, squeeze

RULES = Rules(when=lambda document: document.within_germany)

_TYPES = frozenset({"326", "380", "384", "389", "381", "875", "876", "877"})
_TAXED = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})
_INDICATORS = frozenset({"true", "false"})
_DISCOUNT = re.compile(r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#")
_EMAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
_DELIVERY = "/cac:Delivery/cac:DeliveryLocation/cac:Address"
_CONTACT = f"/{SELLER}/cac:Contact"

# rule, context, path that must be filled, its name
_FILLED = (
    ("DE-R-003", f"/{SELLER}/cac:PostalAddress", "cbc:CityName", "the seller's city (BT-37)"),
    ("DE-R-004", f"/{SELLER}/cac:PostalAddress", "cbc:PostalZone", "the seller's post code (BT-38)"),
    ("DE-R-005", _CONTACT, "cbc:Name", "the seller's contact person (BT-41)"),
    ("DE-R-006", _CONTACT, "cbc:Telephone", "the seller's telephone number (BT-42)"),
    ("DE-R-007", _CONTACT, "cbc:ElectronicMail", "the seller's e-mail address (BT-43)"),
    ("DE-R-008", f"/{BUYER}/cac:PostalAddress", "cbc:CityName", "the buyer's city (BT-52)"),
    ("DE-R-009", f"/{BUYER}/cac:PostalAddress", "cbc:PostalZone", "the buyer's post code (BT-53)"),
    ("DE-R-010", _DELIVERY, "cbc:CityName", "the city of delivery (BT-77)"),
    ("DE-R-011", _DELIVERY, "cbc:PostalZone", "the post code of delivery (BT-78)"),
    ("DE-R-014", "/cac:TaxTotal/cac:TaxSubtotal", "cac:TaxCategory/cbc:Percent", "the VAT rate (BT-119)"),
    ("DE-R-015", "/", "cbc:BuyerReference", "the buyer reference (BT-10)"),
)


def _demand_filled(rule: str, path: str, what: str) -> Check:
    def check(node: Node, document: Document) -> None:
        if not any(filled(found.text) for found in node.all(path)):
            document.report(rule, node, f"Between German parties, {what} is required.", child=path)

    return check


for _rule, _context, _path, _what in _FILLED:
    RULES.on(_context)(_demand_filled(_rule, _path, _what))


@RULES.on("/")
def document_level(root: Node, document: Document) -> None:
    """DE-R-001 (payment), DE-R-017 (type), DE-R-026 (corrected invoice)."""
    if "cac:PaymentMeans" not in root.kids:
        message = "Between German parties, payment instructions (BG-16) are required."
        document.report("DE-R-001", root, message, child="cac:PaymentMeans")
    codes = {squeeze(root.value("cbc:InvoiceTypeCode")), squeeze(root.value("cbc:CreditNoteTypeCode"))}
    if not codes & _TYPES:
        message = f"Between German parties, use type code {', '.join(sorted(_TYPES))}, not {brief(' '.join(codes))}."
        document.warn("DE-R-017", root, message, child="cbc:InvoiceTypeCode")
    if "384" in codes and root.first("cac:BillingReference/cac:InvoiceDocumentReference") is None:
        message = "A corrected invoice (384) should reference the invoice it corrects (BT-25)."
        document.warn("DE-R-026", root, message, child="cac:BillingReference")


@RULES.on("/")
def seller_has_a_tax_number(root: Node, document: Document) -> None:
    """DE-R-016."""
    numbers = document.at(f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID")
    if "cac:TaxRepresentativeParty" in root.kids or any(filled(number.text) for number in numbers):
        return
    entries = [
        each for each in root.children("cac:AllowanceCharge") if each.value("cbc:ChargeIndicator") in _INDICATORS
    ]
    categories = [code.text for entry in entries for code in entry.all("cac:TaxCategory/cbc:ID")]
    lines = (line.all("cac:Item/cac:ClassifiedTaxCategory/cbc:ID") for line in document.lines)
    if _TAXED.intersection(categories) or any(code.text in _TAXED for codes in lines for code in codes):
        message = "Between German parties, the seller's VAT number (BT-31) or tax number (BT-32) is required."
        document.report("DE-R-016", root, message, child=f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID")


@RULES.on("/cac:PaymentTerms")
def cash_discount(terms: Node, document: Document) -> None:
    """DE-R-018."""
    if "cbc:Note" not in terms.kids:
        return
    note = terms.value("cbc:Note")
    discounts = [squeeze(row) for row in re.split(r"\r?\n", note) if squeeze(row).startswith("#")]
    ended = re.match(r"\s*\n", re.split(r"#.+#", note)[-1])
    if discounts and not (ended and all(map(_DISCOUNT.fullmatch, discounts))):
        message = (
            f"Between German parties, write a cash discount as #SKONTO#TAGE=14#PROZENT=2.00# on its own line, with a "
            f"line break after it, not as {quoted(discounts[0])}."
        )
        document.report("DE-R-018", document.root, message, child="cac:PaymentTerms/cbc:Note")


@RULES.on("/")
def attachments_have_their_own_names(root: Node, document: Document) -> None:
    """DE-R-022."""
    seen: set[str] = set()
    for reference in root.children("cac:AdditionalDocumentReference"):
        attachments = reference.all("cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
        names = {attachment.get("filename") for attachment in attachments if "filename" in attachment.attributes}
        if names & seen:
            message = f"Between German parties, attachment names must be unique; {names.pop()} occurs twice."
            document.report("DE-R-022", root, message, child="cac:AdditionalDocumentReference/cac:Attachment")
            return
        seen |= names


@RULES.on("/cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference")
def external_location(reference: Node, document: Document) -> None:
    """DE-R-T02."""
    location = reference.value("cbc:URI")
    if not _URL.match(location):
        message = f"The location of a supporting document (BT-124) is {quoted(location)}; use an absolute URL."
        document.warn("DE-R-T02", reference, message, child="cbc:URI")


@RULES.on("/cac:AccountingSupplierParty")
def seller_contact(seller: Node, document: Document) -> None:
    """DE-R-002."""
    if seller.first("cac:Party/cac:Contact") is None:
        message = "Between German parties, the seller's contact (BG-6) is required."
        document.report("DE-R-002", seller, message, child="cac:Party/cac:Contact")


@RULES.on(_CONTACT)
def contact_can_be_reached(contact: Node, document: Document) -> None:
    """DE-R-027, DE-R-028."""
    telephone, email = squeeze(contact.value("cbc:Telephone")), squeeze(contact.value("cbc:ElectronicMail"))
    if len(re.findall(r"[0-9]", telephone)) < 3:
        message = f"The seller's telephone number (BT-42), {quoted(telephone)}, should have at least three digits."
        document.warn("DE-R-027", contact, message, child="cbc:Telephone")
    if not _EMAIL.fullmatch(email):
        message = f"The seller's e-mail address (BT-43), {quoted(email)}, should look like name@example.com."
        document.warn("DE-R-028", contact, message, child="cbc:ElectronicMail")


# payment means → rule number, required group, excluded groups, name
_MEANS = {
    **dict.fromkeys(
        ("30", "58"),
        ("023", "cac:PayeeFinancialAccount", ("cac:CardAccount", "cac:PaymentMandate"), "credit transfer (BG-17)"),
    ),
    **dict.fromkeys(
        ("48", "54", "55"),
        ("024", "cac:CardAccount", ("cac:PayeeFinancialAccount", "cac:PaymentMandate"), "payment card (BG-18)"),
    ),
    "59": ("025", "cac:PaymentMandate", ("cac:PayeeFinancialAccount", "cac:CardAccount"), "direct debit (BG-19)"),
}


@RULES.on("/cac:PaymentMeans")
def payment_means(means: Node, document: Document) -> None:
    """DE-R-019, DE-R-020 (IBAN), DE-R-023-1 to DE-R-025-2 (the code's group, and no other)."""
    code = squeeze(means.value("cbc:PaymentMeansCode"))
    if code not in _MEANS:
        return
    number, wanted, excluded, what = _MEANS[code]
    if wanted not in means.kids:
        message = f"Between German parties, payment means {code} needs the group {what}."
        document.report(f"DE-R-{number}-1", means, message, child=wanted)
    if any(name in means.kids for name in excluded):
        message = f"Between German parties, payment means {code} allows the group {what} only."
        document.report(f"DE-R-{number}-2", means, message)
    for own, rule, account in (
        ("58", "DE-R-019", "cac:PayeeFinancialAccount/cbc:ID"),
        ("59", "DE-R-020", "cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"),
    ):
        if code == own and not is_iban(means.value(account)):
            message = f"The account {quoted(means.value(account))} should be an IBAN, as payment means {code} is SEPA."
            document.warn(rule, means, message, child=account)


@RULES.on("/")
def direct_debit(root: Node, document: Document) -> None:
    """DE-R-030 (creditor identifier), DE-R-031 (debited account)."""
    if not document.at("cac:PaymentMeans/cac:PaymentMandate"):
        return
    places = (f"{SELLER}/cac:PartyIdentification/cbc:ID", "cac:PayeeParty/cac:PartyIdentification/cbc:ID")
    if not any(number.get("schemeID") == "SEPA" for place in places for number in document.at(place)):
        message = "Between German parties, direct debit needs the creditor identifier (BT-90), scheme SEPA."
        document.report("DE-R-030", root, message, child=f"{SELLER}/cac:PartyIdentification/cbc:ID")
    account = "cac:PaymentMeans/cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"
    if not document.at(account):
        message = "Between German parties, direct debit needs the debited account (BT-91)."
        document.report("DE-R-031", root, message, child=account)
