"""The model as UN/CEFACT CII (D16B), for tests that ask what comes back of it."""

from collections.abc import Iterable
from datetime import date

from lxml import etree

from app.peppol.invoice import (
    Address,
    AllowanceCharge,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    Item,
    Line,
    Party,
    Payee,
    PaymentCard,
    PaymentInstructions,
    Period,
    SupportingDocument,
    TaxRepresentative,
    Vat,
    VatBreakdown,
)
from tests.peppol.cii_xml import Node, amount, day, el, number, of, scheme, texts

_CHARGE, _ALLOWANCE = "true", "false"


def write(invoice: Invoice) -> bytes:
    """Return the invoice as CII, with every term that it has."""
    root = el(
        "rsm:CrossIndustryInvoice",
        el(
            "rsm:ExchangedDocumentContext",
            el("GuidelineSpecifiedDocumentContextParameter", of("ID", invoice.specification)),
        ),
        el(
            "rsm:ExchangedDocument",
            of("ID", invoice.number),
            of("TypeCode", invoice.type_code),
            day("IssueDateTime", invoice.issue_date),
            el("IncludedNote", of("Content", invoice.note)),
        ),
        el(
            "rsm:SupplyChainTradeTransaction",
            *(_line(line) for line in invoice.lines),
            _agreement(invoice),
            _delivery(invoice),
            _settlement(invoice),
        ),
    )
    assert root is not None
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _agreement(invoice: Invoice) -> Node:
    return el(
        "ApplicableHeaderTradeAgreement",
        of("BuyerReference", invoice.buyer_reference),
        _party("SellerTradeParty", invoice.seller),
        _party("BuyerTradeParty", invoice.buyer),
        _representative(invoice.tax_representative),
        _reference("SellerOrderReferencedDocument", invoice.sales_order_reference),
        _reference("BuyerOrderReferencedDocument", invoice.purchase_order_reference),
        _reference("ContractReferencedDocument", invoice.contract_reference),
        *(_supporting(document) for document in invoice.supporting_documents),
        _typed_reference("50", invoice.tender_or_lot_reference),
        _object(invoice.invoiced_object),
        el("SpecifiedProcuringProject", of("ID", invoice.project_reference), of("Name", invoice.project_reference)),
    )


def _delivery(invoice: Invoice) -> Node:
    place = invoice.delivery or Delivery()
    ship_to = el("ShipToTradeParty", _identifier(place.location), of("Name", place.party_name), _address(place.address))
    return el(
        "ApplicableHeaderTradeDelivery",
        ship_to,
        el("ActualDeliverySupplyChainEvent", day("OccurrenceDateTime", place.actual_date)),
        _reference("DespatchAdviceReferencedDocument", invoice.despatch_advice_reference),
        _reference("ReceivingAdviceReferencedDocument", invoice.receiving_advice_reference),
        keep=True,
    )


def _settlement(invoice: Invoice) -> Node:
    means = invoice.payment_instructions
    debit = next((one.direct_debit for one in means if one.direct_debit), None)
    return el(
        "ApplicableHeaderTradeSettlement",
        of("CreditorReferenceID", debit.creditor if debit else None),
        of("PaymentReference", next((one.remittance_information for one in means if one.remittance_information), None)),
        of("TaxCurrencyCode", invoice.vat_accounting_currency),
        of("InvoiceCurrencyCode", invoice.currency),
        _payee(invoice.payee),
        *(_means(one) for one in means),
        *(_group(group, point=invoice.vat_point_date) for group in invoice.vat_breakdown),
        _period(invoice.period),
        *_adjustments(invoice.allowances, indicator=_ALLOWANCE),
        *_adjustments(invoice.charges, indicator=_CHARGE),
        el(
            "SpecifiedTradePaymentTerms",
            of("Description", invoice.payment_terms),
            day("DueDateDateTime", invoice.due_date),
            of("DirectDebitMandateID", debit.mandate if debit else None),
        ),
        _totals(invoice),
        *(
            el(
                "InvoiceReferencedDocument",
                of("IssuerAssignedID", one.number),
                day("FormattedIssueDateTime", one.issue_date, prefix="qdt"),
            )
            for one in invoice.preceding_invoices
        ),
        el("ReceivableSpecifiedTradeAccountingAccount", of("ID", invoice.buyer_accounting_reference)),
    )


def _totals(invoice: Invoice) -> Node:
    totals = invoice.totals
    return el(
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        amount("LineTotalAmount", totals.line_net),
        amount("ChargeTotalAmount", totals.charges),
        amount("AllowanceTotalAmount", totals.allowances),
        amount("TaxBasisTotalAmount", totals.without_vat),
        amount("TaxTotalAmount", totals.vat, currencyID=invoice.currency),
        amount("TaxTotalAmount", totals.vat_in_accounting_currency, currencyID=invoice.vat_accounting_currency or ""),
        amount("RoundingAmount", totals.rounding),
        amount("GrandTotalAmount", totals.with_vat),
        amount("TotalPrepaidAmount", totals.paid),
        amount("DuePayableAmount", totals.payable),
    )


def _line(line: Line) -> Node:
    price = line.price
    discount = el(
        "AppliedTradeAllowanceCharge",
        el("ChargeIndicator", of("udt:Indicator", _ALLOWANCE)) if price.discount is not None else None,
        amount("ActualAmount", price.discount),
    )
    base = number("BasisQuantity", price.base_quantity, unitCode=price.base_quantity_unit or "")
    return el(
        "IncludedSupplyChainTradeLineItem",
        el(
            "AssociatedDocumentLineDocument",
            of("LineID", line.identifier),
            el("IncludedNote", of("Content", line.note)),
        ),
        _item(line.item),
        el(
            "SpecifiedLineTradeAgreement",
            el("BuyerOrderReferencedDocument", of("LineID", line.order_line_reference)),
            el("GrossPriceProductTradePrice", amount("ChargeAmount", price.gross), discount),
            el("NetPriceProductTradePrice", amount("ChargeAmount", price.net), base),
        ),
        el("SpecifiedLineTradeDelivery", number("BilledQuantity", line.quantity, unitCode=line.unit)),
        el(
            "SpecifiedLineTradeSettlement",
            _tax("ApplicableTradeTax", line.vat),
            _period(line.period),
            *_adjustments(line.allowances, indicator=_ALLOWANCE),
            *_adjustments(line.charges, indicator=_CHARGE),
            el("SpecifiedTradeSettlementLineMonetarySummation", amount("LineTotalAmount", line.net_amount)),
            _object(line.object_identifier),
            el("ReceivableSpecifiedTradeAccountingAccount", of("ID", line.buyer_accounting_reference)),
        ),
    )


def _item(item: Item) -> Node:
    return el(
        "SpecifiedTradeProduct",
        _identifier(item.standard_identifier),
        of("SellerAssignedID", item.sellers_identifier),
        of("BuyerAssignedID", item.buyers_identifier),
        of("Name", item.name),
        of("Description", item.description),
        *(
            el("ApplicableProductCharacteristic", of("Description", one.name), of("Value", one.value))
            for one in item.attributes
        ),
        *(
            el(
                "DesignatedProductClassification",
                of("ClassCode", one.code, listID=one.scheme or "", listVersionID=one.scheme_version or ""),
            )
            for one in item.classifications
        ),
        el("OriginTradeCountry", of("ID", item.country_of_origin)),
    )


def _party(name: str, party: Party) -> Node:
    legal = party.legal_registration
    return el(
        name,
        *(_identifier(one) for one in party.identifiers),
        of("Name", party.name),
        of("Description", party.legal_form),
        el(
            "SpecifiedLegalOrganization",
            of("ID", legal.value, **scheme(legal)) if legal else None,
            of("TradingBusinessName", party.trading_name),
        ),
        _contact(party.contact),
        _address(party.address),
        el("URIUniversalCommunication", _plain_identifier("URIID", party.electronic_address)),
        el("SpecifiedTaxRegistration", of("ID", party.vat_identifier, schemeID="VA")),
        el("SpecifiedTaxRegistration", of("ID", party.tax_registration, schemeID="FC")),
    )


def _contact(contact: Contact | None) -> Node:
    if contact is None:
        return None
    return el(
        "DefinedTradeContact",
        of("PersonName", contact.name),
        el("TelephoneUniversalCommunication", of("CompleteNumber", contact.telephone)),
        el("EmailURIUniversalCommunication", of("URIID", contact.email)),
    )


def _address(place: Address | None) -> Node:
    if place is None:
        return None
    return el(
        "PostalTradeAddress",
        of("PostcodeCode", place.post_code),
        *texts({"LineOne": place.line_1, "LineTwo": place.line_2, "LineThree": place.line_3, "CityName": place.city}),
        of("CountryID", place.country),
        of("CountrySubDivisionName", place.subdivision),
    )


def _payee(payee: Payee | None) -> Node:
    if payee is None:
        return None
    legal = el("SpecifiedLegalOrganization", _plain_identifier("ID", payee.legal_registration))
    return el("PayeeTradeParty", _identifier(payee.identifier), of("Name", payee.name), legal)


def _representative(party: TaxRepresentative | None) -> Node:
    if party is None:
        return None
    number_of = el("SpecifiedTaxRegistration", of("ID", party.vat_identifier, schemeID="VA"))
    return el("SellerTaxRepresentativeTradeParty", of("Name", party.name), _address(party.address), number_of)


def _identifier(identifier: Identifier | None) -> Node:
    return _plain_identifier("GlobalID" if identifier and identifier.scheme else "ID", identifier)


def _plain_identifier(name: str, identifier: Identifier | None) -> Node:
    return of(name, identifier.value, **scheme(identifier)) if identifier else None


def _means(means: PaymentInstructions) -> Node:
    transfer, card = means.credit_transfer or CreditTransfer(), means.card or PaymentCard()
    debit = means.direct_debit or DirectDebit()
    return el(
        "SpecifiedTradeSettlementPaymentMeans",
        of("TypeCode", means.means_code),
        of("Information", means.means_text),
        el("ApplicableTradeSettlementFinancialCard", of("ID", card.number), of("CardholderName", card.holder)),
        el("PayerPartyDebtorFinancialAccount", of("IBANID", debit.debited_account)),
        el(
            "PayeePartyCreditorFinancialAccount",
            of("IBANID", transfer.account),
            of("AccountName", transfer.account_name),
        ),
        el("PayeeSpecifiedCreditorFinancialInstitution", of("BICID", transfer.provider)),
    )


def _group(group: VatBreakdown, *, point: date | None) -> Node:
    return el(
        "ApplicableTradeTax",
        amount("CalculatedAmount", group.tax_amount),
        of("TypeCode", "VAT"),
        of("ExemptionReason", group.exemption_reason),
        amount("BasisAmount", group.taxable_amount),
        of("CategoryCode", group.vat.category),
        of("ExemptionReasonCode", group.exemption_reason_code),
        day("TaxPointDate", point, element="DateString"),
        amount("RateApplicablePercent", group.vat.rate),
    )


def _tax(name: str, vat: Vat | None) -> Node:
    if vat is None:
        return None
    return el(name, of("TypeCode", "VAT"), of("CategoryCode", vat.category), amount("RateApplicablePercent", vat.rate))


def _adjustments(items: Iterable[AllowanceCharge], *, indicator: str) -> list[Node]:
    return [
        el(
            "SpecifiedTradeAllowanceCharge",
            el("ChargeIndicator", of("udt:Indicator", indicator)),
            amount("CalculationPercent", item.percentage),
            amount("BasisAmount", item.base_amount),
            amount("ActualAmount", item.amount),
            of("ReasonCode", item.reason_code),
            of("Reason", item.reason),
            _tax("CategoryTradeTax", item.vat),
        )
        for item in items
    ]


def _period(period: Period | None) -> Node:
    if period is None:
        return None
    return el("BillingSpecifiedPeriod", day("StartDateTime", period.start), day("EndDateTime", period.end))


def _reference(name: str, value: str | None) -> Node:
    return el(name, of("IssuerAssignedID", value))


def _typed_reference(code: str, value: str | None) -> Node:
    if value is None:
        return None
    return el("AdditionalReferencedDocument", of("IssuerAssignedID", value), of("TypeCode", code))


def _object(identifier: Identifier | None) -> Node:
    if identifier is None:
        return None
    return el(
        "AdditionalReferencedDocument",
        of("IssuerAssignedID", identifier.value),
        of("TypeCode", "130"),
        of("ReferenceTypeCode", identifier.scheme),
    )


def _supporting(document: SupportingDocument) -> Node:
    return el(
        "AdditionalReferencedDocument",
        of("IssuerAssignedID", document.reference),
        of("URIID", document.location),
        of("TypeCode", "916"),
        of("Name", document.description),
        of(
            "AttachmentBinaryObject",
            document.content,
            mimeCode=document.mime_code or "",
            filename=document.filename or "",
        ),
    )
