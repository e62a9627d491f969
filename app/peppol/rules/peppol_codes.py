"""Peppol BIS Billing 3.0: restricted code lists and formats (PEPPOL-EN16931-CL001 to CL008, F001, P0100 to P0112)."""

from collections.abc import Sequence

from app.peppol.rules.cen_codes import AMOUNTS
from app.peppol.rules.document import Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import day, quoted, squeeze

RULES = Rules()

_ADJECTIVES = {"DE": "German", "SK": "Slovak"}

# exemption reason → its VAT category and the rule that checks it
_CATEGORY_OF_REASON = {
    "VATEX-EU-G": ("G", "P0104"),
    "VATEX-EU-O": ("O", "P0105"),
    "VATEX-EU-IC": ("K", "P0106"),
    "VATEX-EU-AE": ("AE", "P0107"),
    "VATEX-EU-D": ("E", "P0108"),
    "VATEX-EU-F": ("E", "P0109"),
    "VATEX-EU-I": ("E", "P0110"),
    "VATEX-EU-J": ("E", "P0111"),
}


@RULES.on("cbc:EmbeddedDocumentBinaryObject")
def attachment_type(attachment: Node, document: Document) -> None:
    """PEPPOL-EN16931-CL001."""
    mime = attachment.attributes.get("mimeCode")
    if mime is not None and mime not in document.codes.mime_types:
        message = f"A file of type {quoted(mime)} cannot be attached; use PDF, PNG, JPEG, CSV, XLSX or ODS."
        document.report("PEPPOL-EN16931-CL001", attachment, message)


@RULES.on("cac:AllowanceCharge")
def reason_codes(entry: Node, document: Document) -> None:
    """PEPPOL-EN16931-CL002 for allowances, CL003 for charges."""
    indicator = entry.value("cbc:ChargeIndicator")
    for code in entry.children("cbc:AllowanceChargeReasonCode"):
        if indicator == "false" and squeeze(code.text) not in document.codes.allowance_reasons:
            message = f"{quoted(code.text)} is not an allowance reason code (UNCL 5189), such as 95."
            document.report("PEPPOL-EN16931-CL002", code, message)
        if indicator == "true" and squeeze(code.text) not in document.codes.charge_reasons:
            message = f"{quoted(code.text)} is not a charge reason code (UNCL 7161), such as FC."
            document.report("PEPPOL-EN16931-CL003", code, message)


@RULES.on("cac:InvoicePeriod/cbc:DescriptionCode")
def tax_point_code(code: Node, document: Document) -> None:
    """PEPPOL-EN16931-CL006."""
    if squeeze(code.text) not in document.codes.tax_points:
        document.report("PEPPOL-EN16931-CL006", code, f"{quoted(code.text)} is not a tax point code (3, 35 or 432).")


@RULES.on_all(*AMOUNTS)
def currency(amounts: Sequence[Node], document: Document) -> None:
    """PEPPOL-EN16931-CL007."""
    allowed = document.codes.currencies
    for amount in amounts:
        code = amount.attributes.get("currencyID")
        if code not in allowed:
            message = f"{quoted(code or '')} is not a currency code (ISO 4217), such as EUR."
            document.report("PEPPOL-EN16931-CL007", amount, message)


@RULES.on("cbc:EndpointID")
def address_scheme(address: Node, document: Document) -> None:
    """PEPPOL-EN16931-CL008."""
    scheme = address.attributes.get("schemeID")
    if scheme is not None and scheme not in document.codes.address_schemes:
        message = f"{quoted(scheme)} is not an electronic address scheme of Peppol, such as 0208 for Belgium."
        document.report("PEPPOL-EN16931-CL008", address, message)


@RULES.on("cbc:InvoiceTypeCode")
def invoice_type(code: Node, document: Document) -> None:
    """PEPPOL-EN16931-P0100."""
    found = squeeze(code.text)
    if _types_are_restricted(document) and found not in document.codes.invoice_types:
        usual = document.profile.ids.invoice_type
        message = f"Type code {quoted(found)} is not allowed for an invoice in this profile; the usual one is {usual}."
        document.report("PEPPOL-EN16931-P0100", code, message)


@RULES.on("cbc:InvoiceTypeCode")
def domestic_invoice_type(code: Node, document: Document) -> None:
    """PEPPOL-EN16931-P0112."""
    found = squeeze(code.text)
    countries = document.codes.domestic_invoice_types.get(found)
    if countries is None or any(document.is_domestic(country) for country in countries):
        return
    where = " or ".join(_ADJECTIVES[country] for country in sorted(countries))
    message = f"Type code {found} is for invoices between {where} organisations only; the usual one is 380."
    document.report("PEPPOL-EN16931-P0112", code, message)


@RULES.on("cbc:CreditNoteTypeCode")
def credit_note_type(code: Node, document: Document) -> None:
    """PEPPOL-EN16931-P0101."""
    found = squeeze(code.text)
    if _types_are_restricted(document) and found not in document.codes.credit_note_types:
        usual = document.profile.ids.credit_note_type
        message = (
            f"Type code {quoted(found)} is not allowed for a credit note in this profile; the usual one is {usual}."
        )
        document.report("PEPPOL-EN16931-P0101", code, message)


def _types_are_restricted(document: Document) -> bool:
    profile, process = document.profile, squeeze(document.root.value("cbc:ProfileID"))
    return process in profile.ids.processes and process not in profile.free_types


@RULES.on("cbc:IssueDate", "cbc:DueDate", "cbc:TaxPointDate", "cbc:StartDate", "cbc:EndDate", "cbc:ActualDeliveryDate")
def dates(node: Node, document: Document) -> None:
    """PEPPOL-EN16931-F001."""
    if len(node.text) != 10 or day(node.text) is None:
        document.report("PEPPOL-EN16931-F001", node, f"{quoted(node.text)} is not a date, such as 2026-05-31.")


@RULES.on("cac:TaxCategory")
def category_of_an_exemption_reason(category: Node, document: Document) -> None:
    """PEPPOL-EN16931-P0104 to P0111."""
    reason = category.value("cbc:TaxExemptionReasonCode").upper()
    if reason in _CATEGORY_OF_REASON:
        wanted, rule = _CATEGORY_OF_REASON[reason]
        found = squeeze(category.value("cbc:ID"))
        if found != wanted:
            message = f"Exemption reason {reason} requires VAT category {wanted}, not {found or 'none'}."
            document.report(f"PEPPOL-EN16931-{rule}", category, message, child="cbc:TaxExemptionReasonCode")
