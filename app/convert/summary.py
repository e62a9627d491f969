"""The few terms by which a receiver files a document."""

from datetime import date
from decimal import Decimal

from lxml import etree

from app.convert.conversion import Summary, Trader
from app.peppol.invoice import Invoice, Party
from app.peppol.profiles import SELF_BILLED_TYPES

_PREFIXES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_PRECEDING = "cac:BillingReference/cac:InvoiceDocumentReference"


def of(invoice: Invoice) -> Summary:
    """Return the summary of an invoice or credit note."""
    return Summary(
        is_credit_note=invoice.is_credit_note,
        number=invoice.number,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        seller=_trader(invoice.seller),
        buyer=_trader(invoice.buyer),
        currency=invoice.currency,
        total_with_vat=invoice.totals.with_vat,
        payable_amount=invoice.totals.payable,
        preceding_invoices=tuple(reference.number for reference in invoice.preceding_invoices),
        is_self_billed=invoice.type_code in SELF_BILLED_TYPES,
    )


def of_ubl(root: etree._Element) -> Summary:
    """Return the summary of valid UBL from its header alone."""
    is_credit_note = etree.QName(root).localname == "CreditNote"
    type_code = _text(root, f"cbc:{'CreditNote' if is_credit_note else 'Invoice'}TypeCode")
    due = "cac:PaymentMeans/cbc:PaymentDueDate" if is_credit_note else "cbc:DueDate"
    return Summary(
        is_credit_note=is_credit_note,
        number=_text(root, "cbc:ID") or "",
        issue_date=_day(root, "cbc:IssueDate"),
        due_date=_day(root, due),
        seller=_party(root, "cac:AccountingSupplierParty/cac:Party"),
        buyer=_party(root, "cac:AccountingCustomerParty/cac:Party"),
        currency=_text(root, "cbc:DocumentCurrencyCode") or "",
        total_with_vat=_amount(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
        payable_amount=_amount(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        preceding_invoices=tuple(filter(None, (_text(one, "cbc:ID") for one in root.iterfind(_PRECEDING, _PREFIXES)))),
        is_self_billed=type_code in SELF_BILLED_TYPES,
    )


def _party(root: etree._Element, path: str) -> Trader:
    vat = (
        scheme.findtext("cbc:CompanyID", namespaces=_PREFIXES)
        for scheme in root.iterfind(f"{path}/cac:PartyTaxScheme", _PREFIXES)
        if _text(scheme, "cac:TaxScheme/cbc:ID") == "VAT"
    )
    legal = f"{path}/cac:PartyLegalEntity/cbc"
    name, registration = _text(root, f"{legal}:RegistrationName"), _text(root, f"{legal}:CompanyID")
    return Trader(name or "", next(vat, None), registration)


def _text(parent: etree._Element, path: str) -> str | None:
    return (parent.findtext(path, namespaces=_PREFIXES) or "").strip() or None


def _day(root: etree._Element, path: str) -> date | None:
    text = _text(root, path)
    return date.fromisoformat(text[:10]) if text else None  # a schema date may name its zone


def _amount(root: etree._Element, path: str) -> Decimal | None:
    text = _text(root, path)
    return Decimal(text) if text else None


def _trader(party: Party) -> Trader:
    registration = party.legal_registration
    return Trader(party.name, party.vat_identifier, registration.value if registration else None)
