"""Peppol 3.0.22: elements that must occur exactly once (PEPPOL-EN16931-R140 to R276), as one table."""

from app.peppol.rules.document import Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node

RULES = Rules()

# A root, then paths below it (`.` the root itself), and below each: element=number of the rule
_TABLE = """
CreditNote:
. > cac:AccountingCustomerParty=140 cbc:CreditNoteTypeCode=205 cbc:CustomizationID=206 cbc:DocumentCurrencyCode=207
    cbc:ProfileID=208
cac:AccountingCustomerParty > cac:Party=141
cac:AccountingCustomerParty/cac:Party > cac:PartyLegalEntity=142 cac:PostalAddress=146 cbc:EndpointID=150
cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity > cbc:RegistrationName=143
cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cac:TaxScheme > cbc:ID=144
cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme > cbc:CompanyID=145
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:AddressLine > cbc:Line=147
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress > cac:Country=148
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country > cbc:IdentificationCode=149
cac:AccountingSupplierParty > cac:Party=151
cac:AccountingSupplierParty/cac:Party > cac:PartyLegalEntity=152 cac:PostalAddress=156 cbc:EndpointID=160
cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity > cbc:RegistrationName=153
cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cac:TaxScheme > cbc:ID=154
cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme > cbc:CompanyID=155
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:AddressLine > cbc:Line=157
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress > cac:Country=158
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country > cbc:IdentificationCode=159
cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference > cbc:URI=161
cac:AllowanceCharge > cac:TaxCategory=162
cac:AllowanceCharge/cac:TaxCategory > cac:TaxScheme=163 cbc:ID=165
cac:AllowanceCharge/cac:TaxCategory/cac:TaxScheme > cbc:ID=164
cac:BillingReference > cac:InvoiceDocumentReference=166
cac:CreditNoteLine/cac:DocumentReference > cbc:DocumentTypeCode=167
cac:CreditNoteLine > cac:Item=168 cac:Price=177 cbc:CreditedQuantity=178 cbc:LineExtensionAmount=179
cac:CreditNoteLine/cac:Item/cac:AdditionalItemProperty > cbc:Value=169
cac:CreditNoteLine/cac:Item > cac:ClassifiedTaxCategory=170 cbc:Name=176
cac:CreditNoteLine/cac:Item/cac:ClassifiedTaxCategory > cac:TaxScheme=171 cbc:ID=173
cac:CreditNoteLine/cac:Item/cac:ClassifiedTaxCategory/cac:TaxScheme > cbc:ID=172
cac:CreditNoteLine/cac:Item/cac:CommodityClassification > cbc:ItemClassificationCode=174
cac:CreditNoteLine/cac:Item/cac:OriginCountry > cbc:IdentificationCode=175
cac:Delivery/cac:DeliveryLocation/cac:Address/cac:AddressLine > cbc:Line=180
cac:Delivery/cac:DeliveryLocation/cac:Address > cac:Country=181
cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country > cbc:IdentificationCode=182
cac:Delivery/cac:DeliveryParty > cac:PartyName=183
cac:LegalMonetaryTotal > cbc:LineExtensionAmount=184 cbc:TaxExclusiveAmount=185 cbc:TaxInclusiveAmount=186
cac:PayeeParty/cac:PartyLegalEntity > cbc:CompanyID=187
cac:PayeeParty > cac:PartyName=188
cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch > cbc:ID=189
cac:PaymentMeans/cac:PayeeFinancialAccount > cbc:ID=190
cac:PaymentMeans/cac:PaymentMandate/cac:PayerFinancialAccount > cbc:ID=191
cac:PaymentTerms > cbc:Note=192
cac:TaxRepresentativeParty > cac:PartyName=193 cac:PartyTaxScheme=194 cac:PostalAddress=197
cac:TaxRepresentativeParty/cac:PartyTaxScheme/cac:TaxScheme > cbc:ID=195
cac:TaxRepresentativeParty/cac:PartyTaxScheme > cbc:CompanyID=196
cac:TaxRepresentativeParty/cac:PostalAddress/cac:AddressLine > cbc:Line=198
cac:TaxRepresentativeParty/cac:PostalAddress > cac:Country=199
cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country > cbc:IdentificationCode=200
cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory > cac:TaxScheme=201 cbc:ID=203
cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme > cbc:ID=202
cac:TaxTotal/cac:TaxSubtotal > cbc:TaxableAmount=204
Invoice:
. > cac:AccountingCustomerParty=209 cbc:CustomizationID=273 cbc:DocumentCurrencyCode=274 cbc:InvoiceTypeCode=275
    cbc:ProfileID=276
cac:AccountingCustomerParty > cac:Party=210
cac:AccountingCustomerParty/cac:Party > cac:PartyLegalEntity=211 cac:PostalAddress=215 cbc:EndpointID=219
cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity > cbc:RegistrationName=212
cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme/cac:TaxScheme > cbc:ID=213
cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme > cbc:CompanyID=214
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:AddressLine > cbc:Line=216
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress > cac:Country=217
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country > cbc:IdentificationCode=218
cac:AccountingSupplierParty > cac:Party=220
cac:AccountingSupplierParty/cac:Party > cac:PartyLegalEntity=221 cac:PostalAddress=225 cbc:EndpointID=229
cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity > cbc:RegistrationName=222
cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme/cac:TaxScheme > cbc:ID=223
cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme > cbc:CompanyID=224
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:AddressLine > cbc:Line=226
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress > cac:Country=227
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country > cbc:IdentificationCode=228
cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference > cbc:URI=230
cac:AllowanceCharge > cac:TaxCategory=231
cac:AllowanceCharge/cac:TaxCategory > cac:TaxScheme=232 cbc:ID=234
cac:AllowanceCharge/cac:TaxCategory/cac:TaxScheme > cbc:ID=233
cac:BillingReference > cac:InvoiceDocumentReference=235
cac:Delivery/cac:DeliveryLocation/cac:Address/cac:AddressLine > cbc:Line=236
cac:Delivery/cac:DeliveryLocation/cac:Address > cac:Country=237
cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country > cbc:IdentificationCode=238
cac:Delivery/cac:DeliveryParty > cac:PartyName=239
cac:InvoiceLine/cac:DocumentReference > cbc:DocumentTypeCode=240
cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty > cbc:Value=241
cac:InvoiceLine/cac:Item > cac:ClassifiedTaxCategory=242 cbc:Name=248
cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory > cac:TaxScheme=243 cbc:ID=245
cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cac:TaxScheme > cbc:ID=244
cac:InvoiceLine/cac:Item/cac:CommodityClassification > cbc:ItemClassificationCode=246
cac:InvoiceLine/cac:Item/cac:OriginCountry > cbc:IdentificationCode=247
cac:InvoiceLine > cac:Price=249 cbc:InvoicedQuantity=250 cbc:LineExtensionAmount=251
cac:LegalMonetaryTotal > cbc:LineExtensionAmount=252 cbc:TaxExclusiveAmount=253 cbc:TaxInclusiveAmount=254
cac:PayeeParty/cac:PartyLegalEntity > cbc:CompanyID=255
cac:PayeeParty > cac:PartyName=256
cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch > cbc:ID=257
cac:PaymentMeans/cac:PayeeFinancialAccount > cbc:ID=258
cac:PaymentMeans/cac:PaymentMandate/cac:PayerFinancialAccount > cbc:ID=259
cac:PaymentTerms > cbc:Note=260
cac:TaxRepresentativeParty > cac:PartyName=261 cac:PartyTaxScheme=262 cac:PostalAddress=265
cac:TaxRepresentativeParty/cac:PartyTaxScheme/cac:TaxScheme > cbc:ID=263
cac:TaxRepresentativeParty/cac:PartyTaxScheme > cbc:CompanyID=264
cac:TaxRepresentativeParty/cac:PostalAddress/cac:AddressLine > cbc:Line=266
cac:TaxRepresentativeParty/cac:PostalAddress > cac:Country=267
cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country > cbc:IdentificationCode=268
cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory > cac:TaxScheme=269 cbc:ID=271
cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cac:TaxScheme > cbc:ID=270
cac:TaxTotal/cac:TaxSubtotal > cbc:TaxableAmount=272
"""


def _read(table: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
    demands: dict[tuple[str, str], list[tuple[str, str]]] = {}
    root = ""
    for row in table.replace("\n    ", " ").strip().splitlines():
        if row.endswith(":"):
            root = row.rstrip(":")
            continue
        path, _, entries = row.partition(" > ")
        pairs = (entry.split("=") for entry in entries.split())
        demands[root, "" if path == "." else path] = [(name, f"PEPPOL-EN16931-R{number}") for name, number in pairs]
    return demands


_DEMANDS = _read(_TABLE)


@RULES.on("/")
def exactly_once(root: Node, document: Document) -> None:
    """PEPPOL-EN16931-R140 to R276."""
    for place, nodes in document.places.items():
        for name, rule in _DEMANDS.get((place.root.name, place.path), ()):
            for node in nodes:
                found = len(node.children(name))
                if found != 1:
                    message = f"{place.name} must have exactly one {name}; it has {found}."
                    document.report(rule, node, message, child=name)
