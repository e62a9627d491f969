"""EN 16931: codes must be on their lists (BR-CL-01 to BR-CL-26)."""

from collections.abc import Callable, Sequence
from functools import cache

from app.peppol.code_lists import CodeLists, Codes
from app.peppol.rules.document import Document
from app.peppol.rules.registry import CheckOfAll, Rules
from app.peppol.rules.tax import is_allowance, is_charge
from app.peppol.rules.tree import Node
from app.peppol.rules.values import quoted, squeeze

RULES = Rules()

_AMOUNTS = """
    Amount BaseAmount PriceAmount TaxAmount TaxableAmount LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount
    AllowanceTotalAmount ChargeTotalAmount PrepaidAmount PayableRoundingAmount PayableAmount
"""
AMOUNTS: tuple[str, ...] = tuple(f"cbc:{name}" for name in _AMOUNTS.split())

_ListOf = Callable[[CodeLists], Codes]

_VAT_CATEGORY = "a VAT category (S, Z, E, AE, K, G, O, L, M or B)"

# rule, contexts, code list of the element's text, description
_TEXTS = (
    (
        "BR-CL-01",
        ("cbc:InvoiceTypeCode",),
        lambda codes: codes.cen_invoice_types,
        "an invoice type code, such as 380",
    ),
    (
        "BR-CL-01",
        ("cbc:CreditNoteTypeCode",),
        lambda codes: codes.cen_credit_note_types,
        "a credit note type code, such as 381",
    ),
    (
        "BR-CL-04",
        ("cbc:DocumentCurrencyCode",),
        lambda codes: codes.cen_currencies,
        "a currency code (ISO 4217), such as EUR",
    ),
    (
        "BR-CL-05",
        ("cbc:TaxCurrencyCode",),
        lambda codes: codes.cen_currencies,
        "a currency code (ISO 4217), such as EUR",
    ),
    (
        "BR-CL-06",
        ("cac:InvoicePeriod/cbc:DescriptionCode",),
        lambda codes: codes.tax_points,
        "a tax point code (3, 35 or 432)",
    ),
    (
        "BR-CL-14",
        ("cac:Country/cbc:IdentificationCode",),
        lambda codes: codes.countries,
        "a country code (ISO 3166), such as BE",
    ),
    (
        "BR-CL-15",
        ("cac:OriginCountry/cbc:IdentificationCode",),
        lambda codes: codes.countries,
        "a country code (ISO 3166), such as BE",
    ),
    (
        "BR-CL-16",
        ("cac:PaymentMeans/cbc:PaymentMeansCode",),
        lambda codes: codes.payment_means,
        "a payment means code, such as 30",
    ),
    ("BR-CL-17", ("cac:TaxCategory/cbc:ID",), lambda codes: codes.vat_categories, _VAT_CATEGORY),
    ("BR-CL-18", ("cac:ClassifiedTaxCategory/cbc:ID",), lambda codes: codes.vat_categories, _VAT_CATEGORY),
)

# rule, contexts, attribute, its code list, description
_ATTRIBUTES = (
    ("BR-CL-03", AMOUNTS, "currencyID", lambda codes: codes.cen_currencies, "a currency code (ISO 4217), such as EUR"),
    (
        "BR-CL-11",
        ("cac:PartyLegalEntity/cbc:CompanyID",),
        "schemeID",
        lambda codes: codes.identifier_schemes,
        "an identifier scheme (ISO 6523), such as 0208",
    ),
    (
        "BR-CL-13",
        ("cac:CommodityClassification/cbc:ItemClassificationCode",),
        "listID",
        lambda codes: codes.item_classifications,
        "an item classification list (UNTDID 7143), such as STI",
    ),
    (
        "BR-CL-21",
        ("cac:StandardItemIdentification/cbc:ID",),
        "schemeID",
        lambda codes: codes.identifier_schemes,
        "an identifier scheme (ISO 6523), such as 0160",
    ),
    (
        "BR-CL-23",
        ("cbc:InvoicedQuantity", "cbc:BaseQuantity", "cbc:CreditedQuantity"),
        "unitCode",
        lambda codes: codes.units,
        "a unit of measure (UNECE 20 and 21), such as C62 or HUR",
    ),
    (
        "BR-CL-25",
        ("cbc:EndpointID",),
        "schemeID",
        lambda codes: codes.cen_address_schemes,
        "an electronic address scheme (EAS), such as 0208",
    ),
    (
        "BR-CL-26",
        ("cac:DeliveryLocation/cbc:ID",),
        "schemeID",
        lambda codes: codes.identifier_schemes,
        "an identifier scheme (ISO 6523), such as 0088",
    ),
)


def _check_texts(rule: str, list_of: _ListOf, what: str) -> CheckOfAll:
    def check(nodes: Sequence[Node], document: Document) -> None:
        allowed = list_of(document.codes)
        for node in nodes:
            if node.text not in allowed and squeeze(node.text) not in allowed:
                document.report(rule, node, f"{quoted(node.text)} is not {what}.")

    return check


def _check_attributes(rule: str, name: str, list_of: _ListOf, what: str) -> CheckOfAll:
    def check(nodes: Sequence[Node], document: Document) -> None:
        allowed = list_of(document.codes)
        for node in nodes:
            code = node.attributes.get(name)
            if code in allowed or (code is None and name != "currencyID"):
                continue
            if code is None or squeeze(code) not in allowed:
                document.report(rule, node, f"{quoted(code or '')} is not {what}.")

    return check


for _rule, _contexts, _codes, _what in _TEXTS:
    RULES.on_all(*_contexts)(_check_texts(_rule, _codes, _what))
for _rule, _places, _name, _codes, _what in _ATTRIBUTES:
    RULES.on_all(*_places)(_check_attributes(_rule, _name, _codes, _what))


@RULES.on("/cbc:Note")
def note_subject(note: Node, document: Document) -> None:
    """BR-CL-08: a note may start with a subject code between two # signs."""
    _, _, rest = note.text.partition("#")
    code, sign, _ = rest.partition("#")
    if sign and len(code) == 3 and code not in _as_text(document.codes.note_subjects):
        document.report("BR-CL-08", note, f"{quoted(code)} is not a note subject code (UNTDID 4451), such as AAI.")


@cache
def _as_text(subjects: Codes) -> str:
    """Return the codes as the text in which the official rule searches for three characters."""
    return f" {' '.join(sorted(subjects))} "


@RULES.on("cac:AdditionalDocumentReference", "cac:DocumentReference")
def invoiced_object_scheme(reference: Node, document: Document) -> None:
    """BR-CL-07."""
    if not any(code.text == "130" for code in reference.children("cbc:DocumentTypeCode")):
        return
    for number in reference.children("cbc:ID"):
        scheme = number.attributes.get("schemeID")
        if scheme is not None and squeeze(scheme) not in document.codes.reference_qualifiers:
            document.report(
                "BR-CL-07", number, f"{quoted(scheme)} is not a reference qualifier (UNTDID 1153), such as ABT."
            )


@RULES.on("cac:PartyIdentification/cbc:ID")
def party_identifier_scheme(number: Node, document: Document) -> None:
    """BR-CL-10: SEPA is for the creditor identifier (BT-90) of the seller or payee only."""
    scheme = number.attributes.get("schemeID")
    if scheme is None or squeeze(scheme) in document.codes.identifier_schemes:
        return
    creditor = any(party in number.place.path for party in ("cac:AccountingSupplierParty/", "cac:PayeeParty/"))
    if squeeze(scheme) != "SEPA" or not creditor:
        document.report("BR-CL-10", number, f"{quoted(scheme)} is not an identifier scheme (ISO 6523), such as 0208.")


@RULES.on("cac:AllowanceCharge")
def reason_codes(entry: Node, document: Document) -> None:
    """BR-CL-19 for allowances, BR-CL-20 for charges."""
    for code in entry.children("cbc:AllowanceChargeReasonCode"):
        if is_allowance(entry) and squeeze(code.text) not in document.codes.allowance_reasons:
            document.report(
                "BR-CL-19", code, f"{quoted(code.text)} is not an allowance reason code (UNCL 5189), such as 95."
            )
        if is_charge(entry) and squeeze(code.text) not in document.codes.charge_reasons:
            document.report(
                "BR-CL-20", code, f"{quoted(code.text)} is not a charge reason code (UNCL 7161), such as FC."
            )


@RULES.on("cbc:TaxExemptionReasonCode")
def exemption_reason(code: Node, document: Document) -> None:
    """BR-CL-22, ignoring case."""
    if squeeze(code.text.upper()) not in document.codes.exemption_reasons:
        message = (
            f"{quoted(code.text)} is not a VAT exemption reason code (VATEX), such as VATEX-EU-AE for reverse charge."
        )
        document.report("BR-CL-22", code, message)


@RULES.on("cbc:EmbeddedDocumentBinaryObject")
def attachment_type(attachment: Node, document: Document) -> None:
    """BR-CL-24."""
    mime = attachment.attributes.get("mimeCode")
    if mime is not None and mime not in document.codes.mime_types:
        message = f"A file of type {quoted(mime)} cannot be attached; use PDF, PNG, JPEG, CSV, XLSX or ODS."
        document.report("BR-CL-24", attachment, message)
