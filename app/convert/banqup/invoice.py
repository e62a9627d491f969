"""Banqup's document as the EN 16931 model, each term under the standard's name."""

from app.banqup.schemas import Document, Metadata
from app.convert.banqup import cash_discount, exemptions
from app.convert.banqup.adjustments import adjustments
from app.convert.banqup.lines import invoiced_object, line, period
from app.convert.banqup.parties import buyer, delivery, payee, seller, tax_representative
from app.convert.banqup.payment import instructions
from app.convert.banqup.totals import totals, vat_breakdown
from app.convert.profile import profiled
from app.convert.repair import breakdown
from app.convert.repair.adjustments import allowances_and_charges
from app.convert.repair.finer_than_cents import in_cents
from app.convert.repair.lines_from_totals import lines_from_totals
from app.convert.repair.only_vat import only_vat
from app.convert.repair.outside_scope import outside_scope
from app.convert.repair.prices import prices
from app.convert.repair.rate_from_totals import rate_from_totals
from app.convert.repair.signs import signs
from app.convert.repair.sums import sums
from app.convert.repair.text_lines import text_lines
from app.peppol import codes
from app.peppol.invoice import CREDIT_NOTE_TYPES, Invoice, PrecedingInvoice, SupportingDocument
from app.peppol.profiles import BILLING, SELF_BILLED_TYPES, SELF_BILLING
from app.peppol.readers.discount import in_words

_INVOICES = codes.CEN_INVOICE_TYPES - CREDIT_NOTE_TYPES
# How Banqup may relate a credit note to the invoice that it credits (assumed)
_CREDITS = ("CREDITED_INVOICE", "ORIGINAL_INVOICE", "PRECEDING_INVOICE")

_LINES = (profiled, signs, text_lines, rate_from_totals, lines_from_totals)
_AMOUNTS = (only_vat, allowances_and_charges, prices, in_cents)
_SUMS = (outside_scope, breakdown.merged, sums, breakdown.reasons)


def invoice(document: Document, *, losses: list[str]) -> Invoice:
    """Return the document as an invoice or credit note; `losses` names what is left out or inferred."""
    about = document.metadata
    found = Invoice(
        number=about.document_number or "",
        issue_date=about.issue_date,
        due_date=about.due_date,
        type_code=_type_code(document, losses=losses),
        currency=_currency(document),
        vat_accounting_currency=about.vat_currency if about.vat_currency != _currency(document) else None,
        vat_point_date=about.tax_point_date,
        vat_point_date_code=about.tax_point_code if about.tax_point_date is None else None,  # BR-CO-03
        buyer_reference=about.buyer_reference,
        project_reference=about.project_reference,
        contract_reference=about.contract_reference,
        purchase_order_reference=about.order_reference,
        sales_order_reference=about.sales_order_reference,
        receiving_advice_reference=about.receipt_reference,
        despatch_advice_reference=about.despatch_reference,
        tender_or_lot_reference=about.tender_reference,
        invoiced_object=invoiced_object(about.invoiced_object),
        buyer_accounting_reference=about.accounting_reference,
        payment_terms=_payment_terms(about),
        note="\n".join(about.notes) or None,  # R002: at most one note
        preceding_invoices=_preceding(document),
        seller=seller(about.supplier, losses=losses),
        buyer=buyer(about.customer, losses=losses),
        payee=payee(about.payee, losses=losses),
        tax_representative=tax_representative(about.tax_representative, losses=losses),
        delivery=delivery(about.delivery),
        period=period(about.period),
        payment_instructions=tuple(instructions(means, losses=losses) for means in about.payment_means),
        allowances=adjustments(about.allowances, losses=losses),
        charges=adjustments(about.charges, losses=losses),
        totals=totals(about.document_totals),
        vat_breakdown=vat_breakdown(about.vat_details),
        supporting_documents=_links(about),
        lines=tuple(
            line(source, identifier=str(place), losses=losses) for place, source in enumerate(document.lines, start=1)
        ),
    )
    for repair in (*_LINES, *_AMOUNTS):
        found = repair(found, losses)
    found = exemptions.apply(
        _with_cash_discount(found, about=about, losses=losses), lines=document.lines, losses=losses
    )
    for repair in _SUMS:
        found = repair(found, losses)
    return found


def _type_code(document: Document, *, losses: list[str]) -> str:
    """Return BT-3 as stated, unless the category or who issued the document says otherwise."""
    stated = document.metadata.type_code
    if stated and _fits(stated, document):
        return stated
    usual = _usual_type(document)
    if stated:
        losses.append(
            f"Banqup states the type {stated}, which its category or self-billing contradicts; {usual} is written."
        )
    return usual


def _fits(type_code: str, document: Document) -> bool:
    """Return whether the type is one of the profile; a credit note that calls itself an invoice stays one."""
    if document.metadata.self_billed and type_code not in SELF_BILLED_TYPES:
        return False
    return document.kind != "credit_note" or type_code not in _INVOICES


def _usual_type(document: Document) -> str:
    ids = SELF_BILLING if is_self_billed(document) else BILLING
    return ids.credit_note_type if document.kind == "credit_note" else ids.invoice_type


def is_self_billed(document: Document) -> bool:
    """Return whether Banqup says that the buyer has issued the document."""
    return document.metadata.self_billed or document.metadata.type_code in SELF_BILLED_TYPES


def _currency(document: Document) -> str:
    """Return BT-5 of the header, else the only one of the lines."""
    currencies = {line.currency for line in document.lines if line.currency}
    return document.metadata.currency or (currencies.pop() if len(currencies) == 1 else "")


def _preceding(document: Document) -> tuple[PrecedingInvoice, ...]:
    """Return BG-3 from the references of the header, else from the connections of the document."""
    named = tuple(
        PrecedingInvoice(number=reference.document_number, issue_date=reference.issue_date)
        for reference in document.metadata.preceding_invoices
        if reference.document_number
    )
    return named or tuple(
        PrecedingInvoice(number=connection.display_name)
        for connection in document.connections
        if connection.display_name and (connection.relation_type or "").upper() in _CREDITS
    )


def _links(about: Metadata) -> tuple[SupportingDocument, ...]:
    """Return BG-24 by address."""
    return tuple(
        SupportingDocument(reference=link.reference or link.url, description=link.description, location=link.url)
        for link in about.links
        if link.url
    )


def _payment_terms(about: Metadata) -> str | None:
    """Return BT-20 with the cash discount in words, unless it names the percentage."""
    discount = about.cash_discount
    if discount is None:
        return about.payment_terms
    return in_words(about.payment_terms, offered=[discount.percentage], days=discount.days)


def _with_cash_discount(found: Invoice, *, about: Metadata, losses: list[str]) -> Invoice:
    discount = about.cash_discount
    if discount is None or not discount.percentage:
        return found
    return cash_discount.apply(found, percentage=discount.percentage, losses=losses)
