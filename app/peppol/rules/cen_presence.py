"""EN 16931: required elements (BR-01 to BR-65 and the BR-CO rules on presence), as one table."""

from collections.abc import Callable, Sequence

from app.peppol.findings import brief
from app.peppol.rules.document import BUYER, CLASSIFIED, LINES, SELLER, Document
from app.peppol.rules.registry import CheckOfAll, Rules
from app.peppol.rules.tax import is_vat
from app.peppol.rules.tree import Node
from app.peppol.rules.values import filled, squeeze

RULES = Rules()

_ROOT = ("/",)
_TOTALS = ("cac:LegalMonetaryTotal",)
_SUBTOTAL = ("cac:TaxTotal/cac:TaxSubtotal",)
_REPRESENTATIVE = ("cac:TaxRepresentativeParty",)
_COUNTRY = "cac:Country/cbc:IdentificationCode"
_ITEMS = tuple(f"{line}/cac:Item" for line in LINES)

# rule, contexts, path that must be filled, message
_FILLED = (
    ("BR-01", _ROOT, "cbc:CustomizationID", "The document's specification (BT-24) is missing."),
    ("BR-02", _ROOT, "cbc:ID", "The document's number (BT-1) is missing."),
    ("BR-03", _ROOT, "cbc:IssueDate", "The document's issue date (BT-2) is missing."),
    ("BR-05", _ROOT, "cbc:DocumentCurrencyCode", "The document's currency (BT-5) is missing."),
    ("BR-06", _ROOT, f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName", "The seller's name (BT-27) is missing."),
    ("BR-07", _ROOT, f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName", "The buyer's name (BT-44) is missing."),
    ("BR-09", (f"{SELLER}/cac:PostalAddress",), _COUNTRY, "The seller's address has no country code (BT-40)."),
    ("BR-11", (f"{BUYER}/cac:PostalAddress",), _COUNTRY, "The buyer's address has no country code (BT-55)."),
    ("BR-18", _REPRESENTATIVE, "cac:PartyName/cbc:Name", "The tax representative's name (BT-62) is missing."),
    (
        "BR-20",
        ("cac:TaxRepresentativeParty/cac:PostalAddress",),
        _COUNTRY,
        "The tax representative's address has no country code (BT-69).",
    ),
    ("BR-21", LINES, "cbc:ID", "The line has no number (BT-126)."),
    ("BR-25", LINES, "cac:Item/cbc:Name", "The line's item name (BT-153) is missing."),
    ("BR-52", ("cac:AdditionalDocumentReference",), "cbc:ID", "A supporting document has no reference (BT-122)."),
)

# rule, contexts, path that must be present, message
_PRESENT = (
    ("BR-08", _ROOT, f"{SELLER}/cac:PostalAddress", "The seller's postal address (BG-5) is missing."),
    ("BR-10", _ROOT, f"{BUYER}/cac:PostalAddress", "The buyer's postal address (BG-8) is missing."),
    ("BR-12", _TOTALS, "cbc:LineExtensionAmount", "The sum of the line net amounts (BT-106) is missing."),
    ("BR-13", _TOTALS, "cbc:TaxExclusiveAmount", "The total without VAT (BT-109) is missing."),
    ("BR-14", _TOTALS, "cbc:TaxInclusiveAmount", "The total with VAT (BT-112) is missing."),
    ("BR-15", _TOTALS, "cbc:PayableAmount", "The amount due for payment (BT-115) is missing."),
    ("BR-19", _REPRESENTATIVE, "cac:PostalAddress", "The tax representative's address (BG-12) is missing."),
    ("BR-24", LINES, "cbc:LineExtensionAmount", "The line has no net amount (BT-131)."),
    ("BR-26", LINES, "cac:Price/cbc:PriceAmount", "The line has no item net price (BT-146)."),
    ("BR-45", _SUBTOTAL, "cbc:TaxableAmount", "A VAT breakdown has no taxable amount (BT-116)."),
    ("BR-46", _SUBTOTAL, "cbc:TaxAmount", "A VAT breakdown has no VAT amount (BT-117)."),
    (
        "BR-49",
        ("cac:PaymentMeans",),
        "cbc:PaymentMeansCode",
        "The payment instructions have no payment means code (BT-81).",
    ),
    (
        "BR-55",
        ("cac:BillingReference",),
        "cac:InvoiceDocumentReference/cbc:ID",
        "A preceding invoice reference has no number (BT-25).",
    ),
    (
        "BR-57",
        ("cac:Delivery/cac:DeliveryLocation/cac:Address",),
        _COUNTRY,
        "The deliver-to address has no country code (BT-80).",
    ),
    ("BR-CO-18", _ROOT, "cac:TaxTotal/cac:TaxSubtotal", "The document has no VAT breakdown (BG-23)."),
    (
        "UBL-SR-07",
        ("cac:BillingReference",),
        "cac:InvoiceDocumentReference/cbc:ID",
        "A preceding invoice reference has no number (BT-25).",
    ),
)

# rule, contexts, required attribute, message
_ATTRIBUTES = (
    ("BR-62", (f"{SELLER}/cbc:EndpointID",), "schemeID", "The seller's electronic address (BT-34) has no scheme."),
    ("BR-63", (f"{BUYER}/cbc:EndpointID",), "schemeID", "The buyer's electronic address (BT-49) has no scheme."),
    (
        "BR-64",
        tuple(f"{item}/cac:StandardItemIdentification/cbc:ID" for item in _ITEMS),
        "schemeID",
        "The item's standard identifier (BT-157) has no scheme, such as 0160 for a GTIN.",
    ),
    (
        "BR-65",
        tuple(f"{item}/cac:CommodityClassification/cbc:ItemClassificationCode" for item in _ITEMS),
        "listID",
        "The item's classification (BT-158) has no list identifier, such as STI.",
    ),
    ("UBL-DT-06", ("*BinaryObject",), "mimeCode", "An attachment (BT-125) has no MIME code."),
    ("UBL-DT-07", ("*BinaryObject",), "filename", "An attachment (BT-125) has no file name."),
)


def _demand_filled(rule: str, path: str, message: str) -> CheckOfAll:
    def check(nodes: Sequence[Node], document: Document) -> None:
        for node in nodes:
            found = node.first(path)
            if found is None or not filled(found.text):
                document.report(rule, node, message, child=path)

    return check


def _demand_present(rule: str, path: str, message: str) -> CheckOfAll:
    def check(nodes: Sequence[Node], document: Document) -> None:
        for node in nodes:
            if node.first(path) is None:
                document.report(rule, node, message, child=path)

    return check


def _demand_attribute(rule: str, name: str, message: str) -> CheckOfAll:
    def check(nodes: Sequence[Node], document: Document) -> None:
        for node in nodes:
            if name not in node.attributes:
                document.report(rule, node, message)

    return check


_Table = tuple[tuple[str, tuple[str, ...], str, str], ...]


def _register(table: _Table, make: Callable[[str, str, str], CheckOfAll]) -> None:
    for rule, contexts, wanted, message in table:
        RULES.on_all(*contexts)(make(rule, wanted, message))


_register(_FILLED, _demand_filled)
_register(_PRESENT, _demand_present)
_register(_ATTRIBUTES, _demand_attribute)


@RULES.on("/")
def document_has_type_and_lines(root: Node, document: Document) -> None:
    """BR-04, BR-16."""
    if not filled(root.value("cbc:InvoiceTypeCode")) and not filled(root.value("cbc:CreditNoteTypeCode")):
        document.report("BR-04", root, "The document has no type code (BT-3).", child="cbc:InvoiceTypeCode")
    if not document.lines:
        document.report("BR-16", root, "The document has no lines (BG-25); add at least one.", child=LINES[0])


@RULES.on("/")
def accounting_currency_has_its_total(root: Node, document: Document) -> None:
    """BR-53."""
    for currency in root.children("cbc:TaxCurrencyCode"):
        totals = document.named("cac:TaxTotal")
        if all(tax.get("currencyID") != currency.text for each in totals for tax in each.children("cbc:TaxAmount")):
            code = brief(currency.text)
            message = f"The VAT accounting currency is {code}, but the VAT total in {code} (BT-111) is missing."
            document.report("BR-53", currency, message)


@RULES.on(SELLER.partition("/")[0])
def seller_is_identified(seller: Node, document: Document) -> None:
    """BR-CO-26."""
    numbered = any(
        identifier.get("schemeID") != "SEPA" for identifier in seller.all("cac:Party/cac:PartyIdentification/cbc:ID")
    )
    vat = any(is_vat(tax) and "cbc:CompanyID" in tax.kids for tax in seller.all("cac:Party/cac:PartyTaxScheme"))
    if not numbered and not vat and seller.first("cac:Party/cac:PartyLegalEntity/cbc:CompanyID") is None:
        message = (
            "The seller has no identifier; add a VAT number (BT-31), registration number (BT-30) or other (BT-29)."
        )
        document.report("BR-CO-26", seller, message)


@RULES.on("cac:TaxRepresentativeParty")
def representative_has_a_vat_number(party: Node, document: Document) -> None:
    """BR-56."""
    if not any(is_vat(tax) and "cbc:CompanyID" in tax.kids for tax in party.children("cac:PartyTaxScheme")):
        message = "The tax representative's VAT number (BT-63) is missing."
        document.report("BR-56", party, message, child="cac:PartyTaxScheme/cbc:CompanyID")


@RULES.on("cac:PayeeParty")
def payee_differs_from_the_seller(payee: Node, document: Document) -> None:
    """BR-17."""
    names = {name.text for name in payee.all("cac:PartyName/cbc:Name")}
    sellers = {name.text for name in document.at(f"{SELLER}/cac:PartyName/cbc:Name")}
    numbers = {number.text for number in payee.all("cac:PartyIdentification/cbc:ID")}
    seller_numbers = {number.text for number in document.at(f"{SELLER}/cac:PartyIdentification/cbc:ID")}
    if not names or names & sellers or numbers & seller_numbers:
        message = "The payee needs its own name (BT-59) and identifier; if the seller is paid, remove the payee."
        document.report("BR-17", payee, message, child="cac:PartyName/cbc:Name")


@RULES.on("cac:PaymentMeans")
def credit_transfer_has_an_account(means: Node, document: Document) -> None:
    """BR-50, BR-61."""
    code = means.value("cbc:PaymentMeansCode")
    account = "cac:PayeeFinancialAccount/cbc:ID"
    if code in {"30", "58"}:
        for payee in means.children("cac:PayeeFinancialAccount"):
            if not filled(payee.value("cbc:ID")):
                document.report("BR-50", payee, "The payment account has no number (BT-84).", child="cbc:ID")
    if squeeze(code) in {"30", "58"} and means.first(account) is None:
        message = f"Payment is by credit transfer (code {squeeze(code)}), but the account (BT-84) is missing."
        document.report("BR-61", means, message, child=account)


@RULES.on("cac:PaymentMeans/cac:CardAccount/cbc:PrimaryAccountNumberID")
def card_number_is_cut(card: Node, document: Document) -> None:
    """BR-51."""
    if len(squeeze(card.text)) > 10:
        message = "A payment card number (BT-87) shows more than 10 digits; show only the first 6 and last 4."
        document.warn("BR-51", card, message)


@RULES.on(*LINES)
def line_has_a_quantity(line: Node, document: Document) -> None:
    """BR-22, BR-23."""
    quantity = line.kids.get("cbc:InvoicedQuantity") or line.kids.get("cbc:CreditedQuantity")
    if quantity is None:
        document.report("BR-22", line, "The line has no quantity (BT-129).", child="cbc:InvoicedQuantity")
    if quantity is None or "unitCode" not in quantity.attributes:
        message = "The line's quantity has no unit of measure (BT-130), such as C62 for pieces."
        document.report("BR-23", line, message, child="cbc:InvoicedQuantity/@unitCode")


@RULES.on("/")
def lines_have_a_vat_category(root: Node, document: Document) -> None:
    """BR-CO-04."""
    for categories, lines in document.lines_by_vat.items():
        if not any(vat.is_vat and vat.code is not None for vat in categories):
            for line in lines:
                message = "The line has no VAT category (BT-151)."
                document.report("BR-CO-04", line, message, child=f"cac:Item/{CLASSIFIED}/cbc:ID")


@RULES.on("cac:AdditionalItemProperty")
def item_attribute_is_complete(item_property: Node, document: Document) -> None:
    """BR-54."""
    if "cbc:Name" not in item_property.kids or "cbc:Value" not in item_property.kids:
        document.report("BR-54", item_property, "An item attribute needs a name (BT-160) and a value (BT-161).")


@RULES.on("cac:TaxTotal/cac:TaxSubtotal")
def breakdown_has_category_and_rate(subtotal: Node, document: Document) -> None:
    """BR-47, BR-48."""
    categories = [category for category in subtotal.children("cac:TaxCategory") if is_vat(category)]
    if not any("cbc:ID" in category.kids for category in categories):
        message = "A VAT breakdown has no VAT category (BT-118)."
        document.report("BR-47", subtotal, message, child="cac:TaxCategory/cbc:ID")
    if not any("cbc:Percent" in each.kids or squeeze(each.value("cbc:ID")) == "O" for each in categories):
        message = "A VAT breakdown has no rate (BT-119); only category O may omit it."
        document.report("BR-48", subtotal, message, child="cac:TaxCategory/cbc:Percent")
