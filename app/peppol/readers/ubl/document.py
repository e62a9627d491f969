"""The whole document: the header, and the parts that other modules read."""

from app.peppol.codes import CEN_CREDIT_NOTE_TYPES, CEN_INVOICE_TYPES
from app.peppol.invoice import Invoice
from app.peppol.profiles import SELF_BILLED_TYPES, SELF_BILLING
from app.peppol.readers.source import Source
from app.peppol.readers.ubl import money, payment, references
from app.peppol.readers.ubl.delivery import delivery, legal_mentions
from app.peppol.readers.ubl.exemptions import with_exemptions
from app.peppol.readers.ubl.lines import lines, period
from app.peppol.readers.ubl.parties import buyer, payee, seller, tax_representative

_NO_CREDIT = {None} | CEN_INVOICE_TYPES - CEN_CREDIT_NOTE_TYPES
_SELF_BILLED = {"SelfBilledInvoice": SELF_BILLING.invoice_type, "SelfBilledCreditNote": SELF_BILLING.credit_note_type}


def invoice(source: Source) -> Invoice:
    """Return everything in the document that the model can hold."""
    _drop_what_is_about_the_file(source)
    currency = _currency(source)
    document = Invoice(
        number=source.text("ID") or "",
        issue_date=source.day("IssueDate"),
        type_code=_type_code(source),
        currency=currency,
        vat_accounting_currency=_other_currency(source, currency=currency),
        vat_point_date=source.day("TaxPointDate"),
        vat_point_date_code=source.code("InvoicePeriod/DescriptionCode"),
        due_date=payment.due_date(source),
        buyer_reference=source.text("BuyerReference") or source.text("OrderReference/CustomerReference"),
        project_reference=references.project(source),
        contract_reference=source.text("ContractDocumentReference/ID"),
        purchase_order_reference=references.purchase_order(source),
        sales_order_reference=source.text("OrderReference/SalesOrderID"),
        receiving_advice_reference=source.text("ReceiptDocumentReference/ID"),
        despatch_advice_reference=source.text("DespatchDocumentReference/ID"),
        tender_or_lot_reference=source.text("OriginatorDocumentReference/ID"),
        invoiced_object=references.invoiced_object(source, "AdditionalDocumentReference"),
        buyer_accounting_reference=source.text("AccountingCost"),
        payment_terms=payment.terms(source),
        note=_note(source),
        business_process=source.text("ProfileID") or "",
        specification=source.text("CustomizationID") or "",
        preceding_invoices=references.preceding(source),
        seller=seller(source),
        buyer=buyer(source),
        payee=payee(source),
        tax_representative=tax_representative(source),
        delivery=delivery(source),
        period=period(source),
        payment_instructions=payment.instructions(source),
        allowances=money.adjustments(source, charge=False),
        charges=money.adjustments(source, charge=True),
        totals=money.totals(source, currency=currency),
        vat_breakdown=money.breakdown(source, currency=currency),
        supporting_documents=references.supporting_documents(source),
        lines=lines(source),
    )
    return with_exemptions(document, source=source)


def _drop_what_is_about_the_file(source: Source) -> None:
    source.drop("UBLVersionID")
    if source.peek("CopyIndicator") == "false":
        source.drop("CopyIndicator")
    if source.peek("LineCountNumeric") == str(len(source.all("InvoiceLine") + source.all("CreditNoteLine"))):
        source.drop("LineCountNumeric")


def _type_code(source: Source) -> str:
    """Return BT-3; UBL 2.0 may omit it, and a credit note with the type of an invoice stays a credit note."""
    if source.name in _SELF_BILLED:
        return _self_billed_code(source)
    if source.name == "Invoice":
        return source.code("InvoiceTypeCode") or ""
    code = source.peek("CreditNoteTypeCode")
    return "381" if code in _NO_CREDIT else source.code("CreditNoteTypeCode") or ""


def _self_billed_code(source: Source) -> str:
    """Return BT-3 of UBL self-billing documents, whose root may be the only statement of it."""
    stated = source.peek("InvoiceTypeCode") or source.peek("CreditNoteTypeCode")
    if stated in SELF_BILLED_TYPES:
        source.drop("InvoiceTypeCode")
        source.drop("CreditNoteTypeCode")
        return stated
    return _SELF_BILLED[source.name]


def _currency(source: Source) -> str:
    """Return BT-5; in UBL 2.0 only the amounts may state it."""
    declared = source.code("DocumentCurrencyCode")
    return declared or source.one("LegalMonetaryTotal/PayableAmount").attributes.get("currencyID", "")


def _other_currency(source: Source, *, currency: str) -> str | None:
    """Return BT-6, which is never the currency of the document (PEPPOL-EN16931-R005)."""
    code = source.code("TaxCurrencyCode")
    return None if code == currency else code


def _note(source: Source) -> str | None:
    """Return BT-22: BIS allows one note, so several become its lines, and Belgian legal mentions are lines too."""
    notes = [note for note in (source.texts("Note"), legal_mentions(source)) if note]
    return "\n".join(notes) or None
