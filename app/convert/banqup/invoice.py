"""Banqup's document as the EN 16931 model: every term that Banqup has, under the standard's name."""

from app.banqup.schemas import Document, Metadata
from app.convert.banqup import cash_discount, credit, exemptions
from app.convert.banqup.adjustments import allowances, charges
from app.convert.banqup.lines import invoiced_object, line, period
from app.convert.banqup.parties import buyer, delivery, payee, seller, tax_representative
from app.convert.banqup.payment import instructions
from app.convert.banqup.totals import totals, vat_breakdown
from app.convert.profile import profiled
from app.peppol.invoice import Invoice, PrecedingInvoice, SupportingDocument, Vat
from app.peppol.profiles import BILLING, SELF_BILLED_TYPES, SELF_BILLING

# How Banqup may relate a credit note to the invoice that it credits (assumed)
_CREDITS = ("CREDITED_INVOICE", "ORIGINAL_INVOICE", "PRECEDING_INVOICE")


def invoice(document: Document, *, losses: list[str]) -> Invoice:
    """The document's data as an invoice or credit note; what has no place in EN 16931 is added to `losses`."""
    about = document.metadata
    vats = _only_vat(document)
    found = Invoice(
        number=about.document_number or "",
        issue_date=about.issue_date,
        due_date=about.due_date,
        type_code=type_code(document),
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
        payment_terms=about.payment_terms,
        note="\n".join(about.notes) or None,  # R002: at most one note
        preceding_invoices=_preceding(document),
        seller=seller(about.supplier, losses=losses),
        buyer=buyer(about.customer, losses=losses),
        payee=payee(about.payee, losses=losses),
        tax_representative=tax_representative(about.tax_representative, losses=losses),
        delivery=delivery(about.delivery),
        period=period(about.period),
        payment_instructions=tuple(instructions(means, losses=losses) for means in about.payment_means),
        allowances=allowances(about.allowances, vat_of_document=vats),
        charges=charges(about.charges, vat_of_document=vats),
        totals=totals(about.document_totals),
        vat_breakdown=vat_breakdown(about.vat_details),
        supporting_documents=_links(about),
        lines=tuple(
            line(source, identifier=str(place), vat_of_document=vats, losses=losses)
            for place, source in enumerate(document.lines, start=1)
        ),
    )
    found = exemptions.apply(_with_cash_discount(found, about=about), lines=document.lines)
    return credit.in_positive_amounts(profiled(found, losses))


def type_code(document: Document) -> str:
    """BT-3: as given, else by the category and by who issued the document."""
    stated, self_billed = document.metadata.type_code, document.metadata.self_billed
    if stated and (stated in SELF_BILLED_TYPES or not self_billed):
        return stated
    usual = SELF_BILLING if self_billed else BILLING
    return usual.credit_note_type if is_credit_note(document) else usual.invoice_type


def is_credit_note(document: Document) -> bool:
    """Whether Banqup's category says credit note."""
    return document.kind == "credit_note"


def _currency(document: Document) -> str:
    """BT-5: of the header, else the one that the lines have in common."""
    currencies = {line.currency for line in document.lines if line.currency}
    return document.metadata.currency or (currencies.pop() if len(currencies) == 1 else "")


def _only_vat(document: Document) -> Vat | None:
    """The VAT of a line, an allowance or a charge that names none: the document's, when it has a single one."""
    groups = {group.vat for group in vat_breakdown(document.metadata.vat_details)}
    return groups.pop() if len(groups) == 1 else None


def _preceding(document: Document) -> tuple[PrecedingInvoice, ...]:
    """BG-3: the references of the header, else the connections of the document."""
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
    """BG-24 by address."""
    return tuple(
        SupportingDocument(reference=link.reference or link.url, description=link.description, location=link.url)
        for link in about.links
        if link.url
    )


def _with_cash_discount(found: Invoice, *, about: Metadata) -> Invoice:
    discount = about.cash_discount
    return cash_discount.apply(found, percentage=discount.percentage) if discount and discount.percentage else found
