"""The business term or group of EN 16931 at each path of a UBL invoice."""

from functools import lru_cache

# A path, then element=term. Two terms if the content decides between them.
_TABLE = """
. > cbc:CustomizationID=BT-24 cbc:ProfileID=BT-23 cbc:ID=BT-1 cbc:IssueDate=BT-2 cbc:DueDate=BT-9
    cbc:InvoiceTypeCode=BT-3 cbc:Note=BT-22 cbc:TaxPointDate=BT-7 cbc:DocumentCurrencyCode=BT-5
    cbc:TaxCurrencyCode=BT-6 cbc:AccountingCost=BT-19 cbc:BuyerReference=BT-10 cac:InvoicePeriod=BG-14
    cac:BillingReference=BG-3 cac:AdditionalDocumentReference=BG-24 cac:AccountingSupplierParty=BG-4
    cac:AccountingCustomerParty=BG-7 cac:PayeeParty=BG-10 cac:TaxRepresentativeParty=BG-11 cac:Delivery=BG-13
    cac:PaymentMeans=BG-16 cac:AllowanceCharge=BG-20+BG-21 cac:LegalMonetaryTotal=BG-22 cac:InvoiceLine=BG-25
    cac:TaxTotal=BG-22 cac:OrderReference=BT-13
cac:InvoicePeriod > cbc:StartDate=BT-73 cbc:EndDate=BT-74 cbc:DescriptionCode=BT-8
cac:OrderReference > cbc:ID=BT-13 cbc:SalesOrderID=BT-14
cac:BillingReference/cac:InvoiceDocumentReference > cbc:ID=BT-25 cbc:IssueDate=BT-26
cac:DespatchDocumentReference > cbc:ID=BT-16
cac:ReceiptDocumentReference > cbc:ID=BT-15
cac:OriginatorDocumentReference > cbc:ID=BT-17
cac:ContractDocumentReference > cbc:ID=BT-12
cac:AdditionalDocumentReference > cbc:ID=BT-18+BT-122 cbc:DocumentTypeCode=BT-18 cbc:DocumentDescription=BT-123
cac:AdditionalDocumentReference/cac:Attachment > cbc:EmbeddedDocumentBinaryObject=BT-125
cac:AdditionalDocumentReference/cac:Attachment/cac:ExternalReference > cbc:URI=BT-124
cac:ProjectReference > cbc:ID=BT-11
cac:AccountingSupplierParty/cac:Party > cbc:EndpointID=BT-34 cac:PostalAddress=BG-5 cac:Contact=BG-6
cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification > cbc:ID=BT-29+BT-90
cac:AccountingSupplierParty/cac:Party/cac:PartyName > cbc:Name=BT-28
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress > cbc:StreetName=BT-35 cbc:AdditionalStreetName=BT-36
    cbc:CityName=BT-37 cbc:PostalZone=BT-38 cbc:CountrySubentity=BT-39
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:AddressLine > cbc:Line=BT-162
cac:AccountingSupplierParty/cac:Party/cac:PostalAddress/cac:Country > cbc:IdentificationCode=BT-40
cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme > cbc:CompanyID=BT-31+BT-32
cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity > cbc:RegistrationName=BT-27 cbc:CompanyID=BT-30
    cbc:CompanyLegalForm=BT-33
cac:AccountingSupplierParty/cac:Party/cac:Contact > cbc:Name=BT-41 cbc:Telephone=BT-42 cbc:ElectronicMail=BT-43
cac:AccountingCustomerParty/cac:Party > cbc:EndpointID=BT-49 cac:PostalAddress=BG-8 cac:Contact=BG-9
cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification > cbc:ID=BT-46
cac:AccountingCustomerParty/cac:Party/cac:PartyName > cbc:Name=BT-45
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress > cbc:StreetName=BT-50 cbc:AdditionalStreetName=BT-51
    cbc:CityName=BT-52 cbc:PostalZone=BT-53 cbc:CountrySubentity=BT-54
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:AddressLine > cbc:Line=BT-163
cac:AccountingCustomerParty/cac:Party/cac:PostalAddress/cac:Country > cbc:IdentificationCode=BT-55
cac:AccountingCustomerParty/cac:Party/cac:PartyTaxScheme > cbc:CompanyID=BT-48
cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity > cbc:RegistrationName=BT-44 cbc:CompanyID=BT-47
cac:AccountingCustomerParty/cac:Party/cac:Contact > cbc:Name=BT-56 cbc:Telephone=BT-57 cbc:ElectronicMail=BT-58
cac:PayeeParty/cac:PartyIdentification > cbc:ID=BT-60+BT-90
cac:PayeeParty/cac:PartyName > cbc:Name=BT-59
cac:PayeeParty/cac:PartyLegalEntity > cbc:CompanyID=BT-61
cac:TaxRepresentativeParty/cac:PartyName > cbc:Name=BT-62
cac:TaxRepresentativeParty > cac:PostalAddress=BG-12
cac:TaxRepresentativeParty/cac:PostalAddress > cbc:StreetName=BT-64 cbc:AdditionalStreetName=BT-65
    cbc:CityName=BT-66 cbc:PostalZone=BT-67 cbc:CountrySubentity=BT-68
cac:TaxRepresentativeParty/cac:PostalAddress/cac:AddressLine > cbc:Line=BT-164
cac:TaxRepresentativeParty/cac:PostalAddress/cac:Country > cbc:IdentificationCode=BT-69
cac:TaxRepresentativeParty/cac:PartyTaxScheme > cbc:CompanyID=BT-63
cac:Delivery > cbc:ActualDeliveryDate=BT-72
cac:Delivery/cac:DeliveryLocation > cbc:ID=BT-71 cac:Address=BG-15
cac:Delivery/cac:DeliveryLocation/cac:Address > cbc:StreetName=BT-75 cbc:AdditionalStreetName=BT-76
    cbc:CityName=BT-77 cbc:PostalZone=BT-78 cbc:CountrySubentity=BT-79
cac:Delivery/cac:DeliveryLocation/cac:Address/cac:AddressLine > cbc:Line=BT-165
cac:Delivery/cac:DeliveryLocation/cac:Address/cac:Country > cbc:IdentificationCode=BT-80
cac:Delivery/cac:DeliveryParty/cac:PartyName > cbc:Name=BT-70
cac:PaymentMeans > cbc:PaymentMeansCode=BT-81 cbc:PaymentID=BT-83 cac:CardAccount=BG-18
    cac:PayeeFinancialAccount=BG-17 cac:PaymentMandate=BG-19 cbc:PaymentDueDate=BT-9
cac:PaymentMeans/cbc:PaymentMeansCode > @name=BT-82
cac:PaymentMeans/cac:CardAccount > cbc:PrimaryAccountNumberID=BT-87 cbc:HolderName=BT-88 cbc:NetworkID=BG-18
cac:PaymentMeans/cac:PayeeFinancialAccount > cbc:ID=BT-84 cbc:Name=BT-85
cac:PaymentMeans/cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch > cbc:ID=BT-86
cac:PaymentMeans/cac:PaymentMandate > cbc:ID=BT-89
cac:PaymentMeans/cac:PaymentMandate/cac:PayerFinancialAccount > cbc:ID=BT-91
cac:PaymentTerms > cbc:Note=BT-20
cac:AllowanceCharge > cbc:AllowanceChargeReasonCode=BT-98+BT-105 cbc:AllowanceChargeReason=BT-97+BT-104
    cbc:MultiplierFactorNumeric=BT-94+BT-101 cbc:Amount=BT-92+BT-99 cbc:BaseAmount=BT-93+BT-100
    cac:TaxCategory=BG-20+BG-21
cac:AllowanceCharge/cac:TaxCategory > cbc:ID=BT-95+BT-102 cbc:Percent=BT-96+BT-103
cac:TaxTotal > cbc:TaxAmount=BT-110+BT-111 cac:TaxSubtotal=BG-23
cac:TaxTotal/cac:TaxSubtotal > cbc:TaxableAmount=BT-116 cbc:TaxAmount=BT-117 cac:TaxCategory=BG-23
cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory > cbc:ID=BT-118 cbc:Percent=BT-119 cbc:TaxExemptionReasonCode=BT-121
    cbc:TaxExemptionReason=BT-120
cac:LegalMonetaryTotal > cbc:LineExtensionAmount=BT-106 cbc:TaxExclusiveAmount=BT-109 cbc:TaxInclusiveAmount=BT-112
    cbc:AllowanceTotalAmount=BT-107 cbc:ChargeTotalAmount=BT-108 cbc:PrepaidAmount=BT-113
    cbc:PayableRoundingAmount=BT-114 cbc:PayableAmount=BT-115
cac:InvoiceLine > cbc:ID=BT-126 cbc:Note=BT-127 cbc:InvoicedQuantity=BT-129 cbc:LineExtensionAmount=BT-131
    cbc:AccountingCost=BT-133 cac:InvoicePeriod=BG-26 cac:AllowanceCharge=BG-27+BG-28 cac:Item=BG-31 cac:Price=BG-29
cac:InvoiceLine/cbc:InvoicedQuantity > @unitCode=BT-130
cac:InvoiceLine/cac:InvoicePeriod > cbc:StartDate=BT-134 cbc:EndDate=BT-135
cac:InvoiceLine/cac:OrderLineReference > cbc:LineID=BT-132
cac:InvoiceLine/cac:DocumentReference > cbc:ID=BT-128 cbc:DocumentTypeCode=BT-128
cac:InvoiceLine/cac:AllowanceCharge > cbc:AllowanceChargeReasonCode=BT-140+BT-145
    cbc:AllowanceChargeReason=BT-139+BT-144 cbc:MultiplierFactorNumeric=BT-138+BT-143 cbc:Amount=BT-136+BT-141
    cbc:BaseAmount=BT-137+BT-142
cac:InvoiceLine/cac:Item > cbc:Description=BT-154 cbc:Name=BT-153 cac:ClassifiedTaxCategory=BG-30
    cac:AdditionalItemProperty=BG-32
cac:InvoiceLine/cac:Item/cac:BuyersItemIdentification > cbc:ID=BT-156
cac:InvoiceLine/cac:Item/cac:SellersItemIdentification > cbc:ID=BT-155
cac:InvoiceLine/cac:Item/cac:StandardItemIdentification > cbc:ID=BT-157
cac:InvoiceLine/cac:Item/cac:OriginCountry > cbc:IdentificationCode=BT-159
cac:InvoiceLine/cac:Item/cac:CommodityClassification > cbc:ItemClassificationCode=BT-158
cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory > cbc:ID=BT-151 cbc:Percent=BT-152
cac:InvoiceLine/cac:Item/cac:AdditionalItemProperty > cbc:Name=BT-160 cbc:Value=BT-161
cac:InvoiceLine/cac:Price > cbc:PriceAmount=BT-146 cbc:BaseQuantity=BT-149
cac:InvoiceLine/cac:Price/cac:AllowanceCharge > cbc:Amount=BT-147 cbc:BaseAmount=BT-148
cac:InvoiceLine/cac:Price/cbc:BaseQuantity > @unitCode=BT-150
cac:AccountingSupplierParty > cac:Party=BG-4
cac:AccountingCustomerParty > cac:Party=BG-7
cac:InvoiceLine/cac:Item/cac:StandardItemIdentification/cbc:ID > @schemeID=BT-157
"""

_SAME = (
    ("cac:CreditNoteLine", "cac:InvoiceLine"),
    ("cbc:CreditedQuantity", "cbc:InvoicedQuantity"),
    ("cbc:CreditNoteTypeCode", "cbc:InvoiceTypeCode"),
)


def _read(table: str) -> dict[str, str]:
    terms = {}
    for row in table.replace("\n    ", " ").strip().splitlines():
        parent, _, entries = row.partition(" > ")
        for entry in entries.split():
            name, _, term = entry.partition("=")
            terms[name if parent == "." else f"{parent}/{name}"] = term.replace("+", ", ")
    return terms


_TERMS = _read(_TABLE)
_LONGEST = 500  # characters; an invoice's paths have about 100, a hostile document's may have more


def term_at(path: str) -> str:
    """Return the term at a path below the root (`BT-131`), else that of the nearest group above."""
    return _term_at(path[:_LONGEST])


@lru_cache(maxsize=4096)
def _term_at(path: str) -> str:
    for credit_note, invoice in _SAME:
        path = path.replace(credit_note, invoice)
    while path:
        if path in _TERMS:
            return _TERMS[path]
        path = path.rpartition("/")[0]
    return ""
