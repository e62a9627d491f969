"""Two valid documents, and changes to them."""

from collections.abc import Iterable
from datetime import date

from lxml import etree

from app.peppol.findings import Finding
from app.peppol.rules import validate
from tests.peppol.xpath import NAMESPACES, elements

IN_FORCE = date(2026, 6, 1)  # 3.0.21
NEXT_YEAR = date(2027, 2, 24)  # 3.0.22
_DECLARATIONS = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())

SELLER = "cac:AccountingSupplierParty/cac:Party"
BUYER = "cac:AccountingCustomerParty/cac:Party"
LINE = "cac:InvoiceLine"
CATEGORY = "cac:Item/cac:ClassifiedTaxCategory"
SUBTOTAL = "cac:TaxTotal/cac:TaxSubtotal"

_HEAD = """
<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
<cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
<cbc:ID>2026-117</cbc:ID>
<cbc:IssueDate>2026-05-04</cbc:IssueDate>
"""

_PARTIES = """
<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
<cbc:BuyerReference>DEPT-12</cbc:BuyerReference>
<cac:InvoicePeriod><cbc:StartDate>2026-04-01</cbc:StartDate><cbc:EndDate>2026-04-30</cbc:EndDate></cac:InvoicePeriod>
<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2026-100</cbc:ID></cac:InvoiceDocumentReference>
</cac:BillingReference>
<cac:AdditionalDocumentReference><cbc:ID>annex</cbc:ID><cac:Attachment>
<cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="a.csv">YTtiCg==</cbc:EmbeddedDocumentBinaryObject>
</cac:Attachment></cac:AdditionalDocumentReference>
<cac:AccountingSupplierParty><cac:Party>
  <cbc:EndpointID schemeID="0208">0404616494</cbc:EndpointID>
  <cac:PartyIdentification><cbc:ID schemeID="0088">5412345000013</cbc:ID></cac:PartyIdentification>
  <cac:PartyName><cbc:Name>Drukkerij Peeters</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:StreetName>Kouter 12</cbc:StreetName><cbc:CityName>Gent</cbc:CityName>
    <cbc:PostalZone>9000</cbc:PostalZone>
    <cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>BE0404616494</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Peeters Drukkerij BV</cbc:RegistrationName>
    <cbc:CompanyID schemeID="0208">0404616494</cbc:CompanyID></cac:PartyLegalEntity>
  <cac:Contact><cbc:Name>An</cbc:Name><cbc:Telephone>091234567</cbc:Telephone>
    <cbc:ElectronicMail>an@peeters.example</cbc:ElectronicMail></cac:Contact>
</cac:Party></cac:AccountingSupplierParty>
<cac:AccountingCustomerParty><cac:Party>
  <cbc:EndpointID schemeID="0208">0403170701</cbc:EndpointID>
  <cac:PostalAddress><cbc:StreetName>Grote Markt 3</cbc:StreetName><cbc:CityName>Leuven</cbc:CityName>
    <cbc:PostalZone>3000</cbc:PostalZone>
    <cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>BE0403170701</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Bakkerij Claes NV</cbc:RegistrationName></cac:PartyLegalEntity>
</cac:Party></cac:AccountingCustomerParty>
<cac:PayeeParty><cac:PartyName><cbc:Name>Factor NV</cbc:Name></cac:PartyName></cac:PayeeParty>
<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Fiduciaire</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>BE0403170701</cbc:CompanyID>
    <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme></cac:TaxRepresentativeParty>
<cac:Delivery><cbc:ActualDeliveryDate>2026-04-20</cbc:ActualDeliveryDate>
  <cac:DeliveryLocation><cac:Address><cbc:CityName>Leuven</cbc:CityName>
    <cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country></cac:Address></cac:DeliveryLocation>
</cac:Delivery>
<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cbc:PaymentID>+++090/9337/55493+++</cbc:PaymentID>
  <cac:PayeeFinancialAccount><cbc:ID>BE68539007547034</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>
<cac:PaymentTerms><cbc:Note>30 days</cbc:Note></cac:PaymentTerms>
"""


def _entry(indicator: str, code: str) -> str:
    return f"""<cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator>
<cbc:AllowanceChargeReasonCode>{code}</cbc:AllowanceChargeReasonCode>
<cbc:MultiplierFactorNumeric>10</cbc:MultiplierFactorNumeric><cbc:Amount currencyID="EUR">10.00</cbc:Amount>
<cbc:BaseAmount currencyID="EUR">100.00</cbc:BaseAmount>"""


_VAT = """<cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"""
_MONEY = f"""
{_entry("false", "95")}<cac:TaxCategory>{_VAT}</cac:TaxCategory></cac:AllowanceCharge>
{_entry("true", "FC")}<cac:TaxCategory>{_VAT}</cac:TaxCategory></cac:AllowanceCharge>
<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">42.00</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">200.00</cbc:TaxableAmount>
  <cbc:TaxAmount currencyID="EUR">42.00</cbc:TaxAmount><cac:TaxCategory>{_VAT}</cac:TaxCategory></cac:TaxSubtotal>
</cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">200.00</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="EUR">200.00</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">242.00</cbc:TaxInclusiveAmount>
  <cbc:AllowanceTotalAmount currencyID="EUR">10.00</cbc:AllowanceTotalAmount>
  <cbc:ChargeTotalAmount currencyID="EUR">10.00</cbc:ChargeTotalAmount>
  <cbc:PrepaidAmount currencyID="EUR">42.00</cbc:PrepaidAmount>
  <cbc:PayableRoundingAmount currencyID="EUR">0.00</cbc:PayableRoundingAmount>
  <cbc:PayableAmount currencyID="EUR">200.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
"""
_LINE = f"""
<cbc:ID>1</cbc:ID>
<cbc:InvoicedQuantity unitCode="C62">20</cbc:InvoicedQuantity>
<cbc:LineExtensionAmount currencyID="EUR">200.00</cbc:LineExtensionAmount>
<cac:InvoicePeriod><cbc:StartDate>2026-04-02</cbc:StartDate><cbc:EndDate>2026-04-29</cbc:EndDate></cac:InvoicePeriod>
<cac:DocumentReference><cbc:ID schemeID="ABT">obj</cbc:ID><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode>
</cac:DocumentReference>
{_entry("false", "95")}</cac:AllowanceCharge>
{_entry("true", "FC")}</cac:AllowanceCharge>
<cac:Item><cbc:Description>Flyers in colour</cbc:Description><cbc:Name>Flyers</cbc:Name>
  <cac:StandardItemIdentification><cbc:ID schemeID="0160">5412345000013</cbc:ID></cac:StandardItemIdentification>
  <cac:OriginCountry><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:OriginCountry>
  <cac:CommodityClassification><cbc:ItemClassificationCode listID="STI">1</cbc:ItemClassificationCode>
  </cac:CommodityClassification>
  <cac:ClassifiedTaxCategory>{_VAT}</cac:ClassifiedTaxCategory>
  <cac:AdditionalItemProperty><cbc:Name>Paper</cbc:Name><cbc:Value>90 g</cbc:Value></cac:AdditionalItemProperty>
</cac:Item>
<cac:Price><cbc:PriceAmount currencyID="EUR">100.00</cbc:PriceAmount>
  <cbc:BaseQuantity unitCode="C62">10</cbc:BaseQuantity>
  <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
  <cbc:Amount currencyID="EUR">5.00</cbc:Amount><cbc:BaseAmount currencyID="EUR">105.00</cbc:BaseAmount>
  </cac:AllowanceCharge></cac:Price>
"""

INVOICE = f"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" {_DECLARATIONS}>
{_HEAD}<cbc:DueDate>2026-06-03</cbc:DueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:Note>Thank you</cbc:Note>
{_PARTIES}{_MONEY}<cac:InvoiceLine>{_LINE}</cac:InvoiceLine></Invoice>""".encode()

CREDIT_NOTE = f"""<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2" {_DECLARATIONS}>
{_HEAD}<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>
{_PARTIES}{_MONEY}<cac:CreditNoteLine>{_LINE.replace("InvoicedQuantity", "CreditedQuantity")}</cac:CreditNoteLine>
</CreditNote>""".encode()

Change = tuple[str, str | None]


def changed(xml: bytes, *changes: Change) -> bytes:
    """Return the document with changes, each a path and an action.

    A text replaces the content of `path` or `path/@attribute`; None removes it. A text that starts with `<` is an
    element to append, with `before:` or `after:` an element to insert; `twice` doubles the element.
    """
    root = etree.fromstring(xml)
    for path, what in changes:
        _change(root, path, what)
    return etree.tostring(root)


def _change(root: etree._Element, path: str, what: str | None) -> None:
    place, _, attribute = path.partition("/@")
    found = elements(root, place)
    assert found, path
    for element in found:
        if attribute:
            element.attrib.pop(attribute, "")
            if what is not None:
                element.set(attribute, what)
        elif what is None:
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
        elif what == "twice":
            element.addnext(etree.fromstring(etree.tostring(element)))
        elif what.startswith("before:"):
            element.addprevious(_element(what.removeprefix("before:")))
        elif what.startswith("after:"):
            element.addnext(_element(what.removeprefix("after:")))
        elif what.startswith("<"):
            element.append(_element(what))
        else:
            element.text = what


def _element(text: str) -> etree._Element:
    return etree.fromstring(f"<x {_DECLARATIONS}>{text}</x>")[0]


def rules(xml: bytes, *, on: date = IN_FORCE, severity: str = "fatal") -> set[str]:
    """Return the ids of the rules that a document breaks, of one severity."""
    return {finding.rule for finding in validate(xml, on=on) if finding.severity == severity}


def only(findings: Iterable[Finding], rule: str) -> Finding:
    """Return the one finding of a rule."""
    found = [finding for finding in findings if finding.rule == rule]
    assert len(found) == 1, found
    return found[0]
