"""The whole document: the header, and the parts that other modules read."""

from app.peppol.invoice import Invoice
from app.peppol.readers.cii import money, payment, references
from app.peppol.readers.cii.dates import day, period
from app.peppol.readers.cii.lines import lines
from app.peppol.readers.cii.parties import buyer, delivery, payee, seller, tax_representative
from app.peppol.readers.source import Source

# When VAT is due (BT-8): UNTDID 2475 in CII, UNTDID 2005 in UBL
_VAT_POINTS = {"5": "3", "29": "35", "72": "432"}


def invoice(source: Source) -> Invoice:
    """Return everything in the document that the model can hold."""
    transaction = source.one("SupplyChainTradeTransaction")
    header = source.one("ExchangedDocument")
    context = source.one("ExchangedDocumentContext")
    agreement = transaction.one("ApplicableHeaderTradeAgreement")
    logistics = transaction.one("ApplicableHeaderTradeDelivery")
    settlement = transaction.one("ApplicableHeaderTradeSettlement")
    currency = settlement.code("InvoiceCurrencyCode") or ""
    if context.peek("TestIndicator/Indicator") == "false":
        context.drop("TestIndicator/Indicator")
    return Invoice(
        number=header.text("ID") or "",
        issue_date=day(header, "IssueDateTime"),
        type_code=header.code("TypeCode") or "",
        currency=currency,
        vat_accounting_currency=_other_currency(settlement, currency=currency),
        vat_point_date=money.vat_point_date(settlement),
        vat_point_date_code=_vat_point(settlement),
        due_date=payment.due_date(settlement),
        buyer_reference=agreement.text("BuyerReference"),
        project_reference=references.project(agreement),
        contract_reference=agreement.text("ContractReferencedDocument/IssuerAssignedID"),
        purchase_order_reference=agreement.text("BuyerOrderReferencedDocument/IssuerAssignedID"),
        sales_order_reference=agreement.text("SellerOrderReferencedDocument/IssuerAssignedID"),
        receiving_advice_reference=logistics.text("ReceivingAdviceReferencedDocument/IssuerAssignedID"),
        despatch_advice_reference=references.despatch(logistics),
        tender_or_lot_reference=references.tender(agreement),
        invoiced_object=references.invoiced_object(agreement),
        buyer_accounting_reference=settlement.text("ReceivableSpecifiedTradeAccountingAccount/ID"),
        payment_terms=payment.terms(settlement),
        note=_note(header),
        business_process=context.text("BusinessProcessSpecifiedDocumentContextParameter/ID") or "",
        specification=context.text("GuidelineSpecifiedDocumentContextParameter/ID") or "",
        preceding_invoices=references.preceding(settlement),
        seller=seller(agreement),
        buyer=buyer(agreement),
        payee=payee(settlement),
        tax_representative=tax_representative(agreement),
        delivery=delivery(logistics),
        period=period(settlement),
        payment_instructions=payment.instructions(settlement),
        allowances=money.adjustments(settlement, charge=False),
        charges=(*money.adjustments(settlement, charge=True), *money.logistics_charges(settlement)),
        totals=money.totals(settlement, currency=currency),
        vat_breakdown=money.breakdown(settlement),
        supporting_documents=references.supporting_documents(agreement),
        lines=lines(transaction),
    )


def _other_currency(settlement: Source, *, currency: str) -> str | None:
    """Return BT-6, which is never the currency of the document (PEPPOL-EN16931-R005)."""
    code = settlement.code("TaxCurrencyCode")
    return None if code == currency else code


def _vat_point(settlement: Source) -> str | None:
    """Return BT-8, which every VAT breakdown of CII repeats."""
    codes = {element.value for element in settlement.all("ApplicableTradeTax/DueDateTypeCode")}
    if len(codes) != 1:
        return None
    settlement.drop("ApplicableTradeTax/DueDateTypeCode")
    code = codes.pop()
    return _VAT_POINTS.get(code, code)


def _note(header: Source) -> str | None:
    """Return BT-22 with its subject code (BT-21) before it; BIS allows one note, so several become its lines."""
    notes = [_with_subject(element) for element in header.all("IncludedNote")]
    return "\n".join(note for note in notes if note) or None


def _with_subject(note: Source) -> str | None:
    content = note.texts("Content")
    if content is None:
        return None
    subject = note.code("SubjectCode")
    return f"#{subject}#{content}" if subject else content
