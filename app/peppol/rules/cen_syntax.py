"""EN 16931 in UBL: elements that occur at most once (UBL-SR-01 to 56), unused attributes (UBL-DT-08 to 28)."""

from collections.abc import Sequence

from app.peppol.rules.document import BUYER, CLASSIFIED, LINES, SELLER, Document
from app.peppol.rules.registry import CheckOfAll, Rules
from app.peppol.rules.tree import Node

RULES = Rules()

_PAYMENT = ("cac:PaymentMeans",)
_ROOT = ("/",)

# rule, contexts, path that may occur once at most, description
_AT_MOST_ONCE = (
    ("UBL-SR-01", _ROOT, "cac:ContractDocumentReference/cbc:ID", "contract reference (BT-12)"),
    ("UBL-SR-02", _ROOT, "cac:ReceiptDocumentReference/cbc:ID", "receiving advice reference (BT-15)"),
    ("UBL-SR-03", _ROOT, "cac:DespatchDocumentReference/cbc:ID", "despatch advice reference (BT-16)"),
    ("UBL-SR-05", _ROOT, "cac:PaymentTerms/cbc:Note", "text of payment terms (BT-20)"),
    (
        "UBL-SR-06",
        ("cac:BillingReference",),
        "cac:InvoiceDocumentReference",
        "preceding invoice in one reference (BG-3)",
    ),
    ("UBL-SR-08", _ROOT, "cac:InvoicePeriod", "invoicing period (BG-14)"),
    ("UBL-SR-09", _ROOT, f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName", "name of the seller (BT-27)"),
    ("UBL-SR-10", _ROOT, f"{SELLER}/cac:PartyName/cbc:Name", "trading name of the seller (BT-28)"),
    ("UBL-SR-11", _ROOT, f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyID", "registration number of the seller (BT-30)"),
    (
        "UBL-SR-14",
        _ROOT,
        f"{SELLER}/cac:PartyLegalEntity/cbc:CompanyLegalForm",
        "legal information of the seller (BT-33)",
    ),
    ("UBL-SR-15", _ROOT, f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName", "name of the buyer (BT-44)"),
    ("UBL-SR-16", _ROOT, f"{BUYER}/cac:PartyIdentification/cbc:ID", "identifier of the buyer (BT-46)"),
    ("UBL-SR-17", _ROOT, f"{BUYER}/cac:PartyLegalEntity/cbc:CompanyID", "registration number of the buyer (BT-47)"),
    ("UBL-SR-22", ("cac:TaxRepresentativeParty",), "cac:PartyName/cbc:Name", "name of the tax representative (BT-62)"),
    (
        "UBL-SR-23",
        ("cac:TaxRepresentativeParty",),
        "cac:PartyTaxScheme/cbc:CompanyID",
        "VAT number of the tax representative (BT-63)",
    ),
    ("UBL-SR-24", _ROOT, "cac:Delivery", "delivery (BG-13)"),
    (
        "UBL-SR-25",
        ("cac:Delivery",),
        "cac:DeliveryParty/cac:PartyName/cbc:Name",
        "name of the deliver-to party (BT-70)",
    ),
    ("UBL-SR-26", _PAYMENT, "cbc:PaymentID", "remittance information (BT-83) in payment instructions"),
    ("UBL-SR-27", _PAYMENT, "cbc:PaymentMeansCode", "payment means code (BT-81) in payment instructions"),
    ("UBL-SR-28", _PAYMENT, "cac:PaymentMandate/cbc:ID", "mandate reference (BT-89)"),
    ("UBL-SR-32", ("cac:TaxSubtotal",), "cac:TaxCategory/cbc:TaxExemptionReason", "exemption reason (BT-120)"),
    (
        "UBL-SR-33",
        ("cac:AdditionalDocumentReference",),
        "cbc:DocumentDescription",
        "description of a document (BT-123)",
    ),
    ("UBL-SR-34", LINES, "cbc:Note", "note on the line (BT-127)"),
    ("UBL-SR-35", LINES, "cac:OrderLineReference/cbc:LineID", "order line reference (BT-132)"),
    ("UBL-SR-36", LINES, "cac:InvoicePeriod", "period of the line (BG-26)"),
    ("UBL-SR-37", LINES, "cac:Price/cac:AllowanceCharge/cbc:Amount", "price discount (BT-147)"),
    ("UBL-SR-39", _ROOT, "cac:ProjectReference/cbc:ID", "project reference (BT-11)"),
    ("UBL-SR-40", _ROOT, f"{BUYER}/cac:PartyName/cbc:Name", "trading name of the buyer (BT-45)"),
    ("UBL-SR-45", _ROOT, "cac:PaymentMeans/cbc:PaymentDueDate", "due date (BT-9)"),
    ("UBL-SR-49", _ROOT, "cac:InvoicePeriod/cbc:DescriptionCode", "tax point code (BT-8)"),
    ("UBL-SR-50", LINES, "cac:Item/cbc:Description", "description of the item (BT-154)"),
    ("UBL-SR-51", ("cac:PostalAddress", "cac:Address"), "cac:AddressLine", "third address line"),
    ("UBL-SR-52", LINES, "cac:DocumentReference", "object of the line (BT-128)"),
    ("UBL-SR-54", _ROOT, "cac:PaymentMeans/cac:CardAccount", "payment card (BG-18)"),
    ("UBL-SR-55", _ROOT, "cac:PaymentMeans/cac:PaymentMandate", "direct debit (BG-19)"),
    ("UBL-SR-56", _ROOT, "cac:OriginatorDocumentReference/cbc:ID", "tender reference (BT-17)"),
)


def _check_at_most_once(rows: list[tuple[str, str, str]]) -> CheckOfAll:
    """Return a check that counts only names that repeat; in most documents hardly any does."""
    repeatable = [(frozenset(path.split("/")), rule, path, what) for rule, path, what in rows]

    def check(nodes: Sequence[Node], document: Document) -> None:
        for names, rule, path, what in repeatable:
            if names.isdisjoint(document.repeated_names):
                continue
            for node in nodes:
                found = len(node.all(path))
                if found > 1:
                    document.report(rule, node, f"Only one {what} is allowed; there are {found}.", child=path)

    return check


for _context in dict.fromkeys(context for _, contexts, _, _ in _AT_MOST_ONCE for context in contexts):
    _rows = [(rule, path, what) for rule, contexts, path, what in _AT_MOST_ONCE if _context in contexts]
    RULES.on_all(_context)(_check_at_most_once(_rows))


@RULES.on("/")
def one_value_in_the_document(root: Node, document: Document) -> None:
    """UBL-SR-04, UBL-SR-29, UBL-SR-44, UBL-SR-46, UBL-SR-47."""
    references = root.children("cac:AdditionalDocumentReference")
    objects = [number for each in references if _is_object(each) for number in each.children("cbc:ID")]
    creditors = [
        number
        for party in document.named("cac:PartyIdentification")
        for number in party.children("cbc:ID")
        if number.get("schemeID").upper() == "SEPA"
    ]
    payments = {payment.text for payment in document.named("cbc:PaymentID")}
    means = {code.text for code in document.named("cbc:PaymentMeansCode")}
    names = [code for code in document.at("cac:PaymentMeans/cbc:PaymentMeansCode") if "name" in code.attributes]
    for rule, found, what in (
        ("UBL-SR-04", len(objects), "Only one invoiced object (BT-18) is allowed"),
        ("UBL-SR-29", len(creditors), "Only one creditor identifier (BT-90) is allowed"),
        ("UBL-SR-44", len(payments), "All payment instructions must have the same remittance information (BT-83)"),
        ("UBL-SR-46", len(names), "Only one payment means text (BT-82) is allowed"),
        ("UBL-SR-47", len(means), "All payment instructions must have the same payment means code (BT-81)"),
    ):
        if found > 1:
            document.report(rule, root, f"{what}; there are {found}.")


def _is_object(reference: Node) -> bool:
    return any(code.text == "130" for code in reference.children("cbc:DocumentTypeCode"))


@RULES.on("/")
def one_tax_number_each(root: Node, document: Document) -> None:
    """UBL-SR-12, UBL-SR-13, UBL-SR-18."""
    for rule, party, vat, what in (
        ("UBL-SR-12", SELLER, True, "VAT number of the seller (BT-31)"),
        ("UBL-SR-13", SELLER, False, "other tax registration of the seller (BT-32)"),
        ("UBL-SR-18", BUYER, True, "VAT number of the buyer (BT-48)"),
    ):
        schemes = [scheme for scheme in document.at(f"{party}/cac:PartyTaxScheme") if _scheme_is(scheme, vat=vat)]
        found = sum(len(scheme.children("cbc:CompanyID")) for scheme in schemes)
        if found > 1:
            message = f"Only one {what} is allowed; there are {found}."
            document.report(rule, root, message, child=f"{party}/cac:PartyTaxScheme/cbc:CompanyID")


def _scheme_is(scheme: Node, *, vat: bool) -> bool:
    return any((tax.value("cbc:ID").upper() == "VAT") == vat for tax in scheme.children("cac:TaxScheme"))


@RULES.on(SELLER)
def two_tax_registrations(seller: Node, document: Document) -> None:
    """UBL-SR-42."""
    found = len(seller.children("cac:PartyTaxScheme"))
    if found > 2:
        message = f"The seller has {found} tax registrations; it may have a VAT number (BT-31) and one other (BT-32)."
        document.report("UBL-SR-42", seller, message, child="cac:PartyTaxScheme/cbc:CompanyID")


@RULES.on("cac:AdditionalDocumentReference")
def object_scheme_only_for_objects(reference: Node, document: Document) -> None:
    """UBL-SR-43."""
    types = {code.text for code in reference.children("cbc:DocumentTypeCode")}
    if "130" in types or (document.is_credit_note and "50" in types):
        return
    if types or any("schemeID" in number.attributes for number in reference.children("cbc:ID")):
        message = "A supporting document has no scheme and no type code; only an invoiced object (type code 130) does."
        document.report("UBL-SR-43", reference, message, child="cbc:DocumentTypeCode")


@RULES.on("/")
def one_vat_category(root: Node, document: Document) -> None:
    """UBL-SR-48."""
    for categories, lines in document.lines_by_vat.items():
        if len(categories) != 1:
            for line in lines:
                message = f"The line has {len(categories)} VAT categories; it needs exactly one."
                document.report("UBL-SR-48", line, message, child=f"cac:Item/{CLASSIFIED}")


@RULES.on("cac:PartyTaxScheme")
def tax_registration_is_complete(scheme: Node, document: Document) -> None:
    """UBL-SR-53."""
    if scheme.first("cac:TaxScheme/cbc:ID") is None or "cbc:CompanyID" not in scheme.kids:
        message = "A tax registration needs a number and a tax scheme, such as VAT."
        document.report("UBL-SR-53", scheme, message, child="cbc:CompanyID")


@RULES.on_all("cac:PayeeParty")
def payee_once(payees: Sequence[Node], document: Document) -> None:
    """UBL-SR-19, UBL-SR-20, UBL-SR-21: one of each, with a name that differs from the seller's."""
    sellers = {name.text for name in document.at(f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName")}
    for payee in payees:
        _check_payee(payee, document, sellers)


def _check_payee(payee: Node, document: Document, sellers: set[str]) -> None:
    names = [name.text for name in payee.all("cac:PartyName/cbc:Name")]
    differs = bool(sellers and names) and (len(sellers) > 1 or any(name not in sellers for name in names))
    numbers = payee.all("cac:PartyIdentification/cbc:ID")
    for rule, found, what in (
        ("UBL-SR-19", len(names), "name (BT-59)"),
        ("UBL-SR-20", sum(number.get("schemeID").upper() != "SEPA" for number in numbers), "identifier (BT-60)"),
        ("UBL-SR-21", len(payee.all("cac:PartyLegalEntity/cbc:CompanyID")), "registration number (BT-61)"),
    ):
        if found > 1 or not differs:
            message = (
                f"The payee may have one {what}; there are {found}."
                if differs
                else "The payee's name (BT-59) must be present and differ from the seller's."
            )
            document.report(rule, payee, message, child="cac:PartyName/cbc:Name")


# Attributes that EN 16931 does not use, in rule order from UBL-DT-08
_UNUSED = """
    schemeName schemeAgencyName schemeDataURI schemeURI format unitCodeListIdentifier unitCodeListAgencyIdentifier
    unitCodeListAgencyName listAgencyName listName name languageID listURI listSchemeURI languageLocaleID uri
    currencyCodeListVersionID characterSetCode encodingCode schemeAgencyID listAgencyID
"""
_UNUSED_ATTRIBUTES = {name: f"UBL-DT-{number:02}" for number, name in enumerate(_UNUSED.split(), start=8)}


@RULES.on("/")
def unused_attributes(root: Node, document: Document) -> None:
    """UBL-DT-08 to UBL-DT-28; `name` is allowed at the payment means (BT-82)."""
    for name in document.attribute_names & _UNUSED_ATTRIBUTES.keys():
        if name != "name" or _named_elsewhere(document):
            message = f"EN 16931 does not use the attribute {name}; remove it."
            document.warn(_UNUSED_ATTRIBUTES[name], root, message)


def _named_elsewhere(document: Document) -> bool:
    return any(
        "name" in node.attributes
        for place, nodes in document.places.items()
        if place.name != "cbc:PaymentMeansCode"
        for node in nodes
    )
