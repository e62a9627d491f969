"""The data type of each basic UBL element: its texts and attributes."""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from app.peppol.rules.values import SPACES, day, number

# The data type of each basic element
_TABLE = """
Amount: AllowanceTotalAmount Amount BaseAmount ChargeTotalAmount CorporateStockAmount DeclaredCustomsValueAmount
    DeclaredForCarriageValueAmount DeclaredStatisticsValueAmount FreeOnBoardValueAmount InsurancePremiumAmount
    InsuranceValueAmount LineExtensionAmount MaximumPaidAmount PaidAmount PayableAlternativeAmount PayableAmount
    PayableRoundingAmount PenaltyAmount PerUnitAmount PrepaidAmount PriceAmount RoundingAmount
    SettlementDiscountAmount TaxAmount TaxExclusiveAmount TaxInclusiveAmount TaxableAmount TotalInvoiceAmount
    TransactionCurrencyTaxAmount ValueAmount
BinaryObject: EmbeddedDocumentBinaryObject
Code: AccountFormatCode AccountTypeCode AccountingCostCode ActionCode AddressFormatCode AddressTypeCode
    AllowanceChargeReasonCode CalculationMethodCode CardChipCode CardTypeCode CargoTypeCode CertificateTypeCode
    ChannelCode CharacterSetCode CommodityCode CompanyLegalFormCode CompanyLiquidationStatusCode ConditionCode
    ContractTypeCode CoordinateSystemCode CorporateRegistrationTypeCode CountrySubentityCode CreditNoteTypeCode
    CurrencyCode CustomsStatusCode DescriptionCode DirectionCode DispositionCode DocumentCurrencyCode
    DocumentStatusCode DocumentTypeCode EmergencyProceduresCode EncodingCode EnvironmentalEmissionTypeCode
    ExemptionReasonCode FinancingInstrumentCode FormatCode FreightRateClassCode FullnessIndicationCode GenderCode
    HandlingCode HazardousCategoryCode HazardousRegulationCode IdentificationCode ImportanceCode
    IndustryClassificationCode InhalationToxicityZoneCode InvoiceTypeCode ItemClassificationCode
    LatitudeDirectionCode LineStatusCode LocaleCode LocationTypeCode LongitudeDirectionCode
    LossRiskResponsibilityCode MandateTypeCode MathematicOperatorCode MedicalFirstAidGuideCode MimeCode NameCode
    NatureCode OrderTypeCode OwnerTypeCode PackageLevelCode PackagingTypeCode PackingCriteriaCode
    PaymentAlternativeCurrencyCode PaymentChannelCode PaymentCurrencyCode PaymentMeansCode PaymentPurposeCode
    PositionCode PreferenceCriterionCode PriceTypeCode PricingCurrencyCode ProviderTypeCode QuantityDiscrepancyCode
    ReferenceEventCode RejectActionCode RejectReasonCode ResponseCode SealIssuerTypeCode SealStatusCode
    ServiceTypeCode ShippingPriorityLevelCode ShortageActionCode SizeTypeCode SourceCurrencyCode StatusCode
    StatusReasonCode TargetCurrencyCode TariffClassCode TariffCode TaxCurrencyCode TaxExemptionReasonCode
    TaxLevelCode TaxTypeCode TimingComplaintCode TrackingDeviceCode TradeServiceCode TransitDirectionCode
    TransportAuthorizationCode TransportEmergencyCardCode TransportEquipmentTypeCode TransportEventTypeCode
    TransportHandlingUnitTypeCode TransportMeansTypeCode TransportModeCode TransportServiceCode UNDGCode
    ValidationResultCode WeekDayCode WorkPhaseCode
Date: ActualDeliveryDate ActualDespatchDate ActualPickupDate BestBeforeDate BirthDate Date DueDate
    EarliestPickupDate EffectiveDate EndDate EstimatedDeliveryDate EstimatedDespatchDate ExpiryDate
    GuaranteedDespatchDate InstallmentDueDate IssueDate LatestDeliveryDate LatestPickupDate ManufactureDate
    NominationDate OccurrenceDate PaidDate PaymentDueDate ReceivedDate ReferenceDate RegistrationDate
    RegistrationExpirationDate RequestedDespatchDate RequiredDeliveryDate StartDate TaxPointDate ValidationDate
    ValidityStartDate
Identifier: AccountID AdditionalAccountID AircraftID AttributeID BarcodeSymbologyID BrokerAssignedID CV2ID
    CarrierAssignedID ChipApplicationID CompanyID ConsigneeAssignedID ConsignorAssignedID
    ContractedCarrierAssignedID CustomerAssignedAccountID CustomizationID EndpointID ExchangeMarketID ExtendedID
    FreightForwarderAssignedID HazardClassID ID IdentificationID InformationURI InstructionID IssueNumberID IssuerID
    JourneyID LanguageID LicensePlateID LineID LoadingSequenceID LocationID LogoReferenceID LotNumberID
    LowerOrangeHazardPlacardID MarkingID NationalityID NetworkID PaymentID PaymentMeansID PaymentTermsDetailsURI
    PerformingCarrierAssignedID PrepaidPaymentReferenceID PrimaryAccountNumberID ProductTraceID ProfileExecutionID
    ProfileID RadioCallSignID RailCarID ReferenceID ReferencedConsignmentID RegistrationID RegistrationNationalityID
    ReleaseID RequiredCustomsID SalesOrderID SalesOrderLineID SequenceID SequenceNumberID SerialID SignatureID
    SuccessiveSequenceID SupplierAssignedAccountID TraceID TrackingID TrainID TransportationServiceDetailsURI
    UBLVersionID URI UUID UpperOrangeHazardPlacardID ValidatorID VersionID VesselID WebsiteURI
Indicator: AnimalFoodApprovedIndicator AnimalFoodIndicator BulkCargoIndicator CatalogueIndicator ChargeIndicator
    CompletionIndicator ConsolidatableIndicator ContainerizedIndicator CopyIndicator
    CustomsImportClassifiedIndicator DangerousGoodsApprovedIndicator FreeOfChargeIndicator FullyPaidSharesIndicator
    GeneralCargoIndicator HazardousRiskIndicator HumanFoodApprovedIndicator HumanFoodIndicator IndicationIndicator
    LegalStatusIndicator LivestockIndicator MarkAttentionIndicator MarkCareIndicator OnCarriageIndicator
    PowerIndicator PreCarriageIndicator PrepaidIndicator RefrigeratedIndicator RefrigerationOnIndicator
    ReturnabilityIndicator ReturnableMaterialIndicator SoleProprietorshipIndicator SpecialSecurityIndicator
    SplitConsignmentIndicator TaxEvidenceIndicator TaxIncludedIndicator ThirdPartyPayerIndicator
Measure: AltitudeMeasure BaseUnitMeasure ChargeableWeightMeasure DurationMeasure GrossTonnageMeasure
    GrossVolumeMeasure GrossWeightMeasure LatitudeDegreesMeasure LatitudeMinutesMeasure LeadTimeMeasure
    LoadingLengthMeasure LongitudeDegreesMeasure LongitudeMinutesMeasure MaximumMeasure Measure MinimumMeasure
    NetNetWeightMeasure NetTonnageMeasure NetVolumeMeasure NetWeightMeasure TareWeightMeasure ValueMeasure
Name: AdditionalStreetName AliasName BlockName BrandName BuildingName CategoryName CityName CitySubdivisionName
    FamilyName FileName FirstName HolderName MiddleName ModelName Name OtherName RegistrationName StreetName
    TechnicalName VesselName
Numeric: CalculationSequenceNumeric LineCountNumeric MaximumPaymentInstructionsNumeric MultiplierFactorNumeric
    PackSizeNumeric SequenceNumeric
Percent: AirFlowPercent HumidityPercent PartecipationPercent PaymentPercent PenaltySurchargePercent Percent
    ProgressPercent ReliabilityPercent SettlementDiscountPercent TierRatePercent
Quantity: BackorderQuantity BaseQuantity BatchQuantity ChargeableQuantity ChildConsignmentQuantity
    ConsignmentQuantity ConsumerUnitQuantity CreditedQuantity CrewQuantity CustomsTariffQuantity DeliveredQuantity
    InvoicedQuantity MaximumQuantity MinimumQuantity OutstandingQuantity OversupplyQuantity PackQuantity
    PassengerQuantity Quantity ReceivedQuantity RejectedQuantity ReturnableQuantity ShortQuantity
    TotalGoodsItemQuantity TotalPackageQuantity TotalPackagesQuantity TotalTransportHandlingUnitQuantity
    ValueQuantity
Rate: CalculationRate OrderableUnitFactorRate SourceCurrencyBaseRate TargetCurrencyBaseRate
Text: AccountingCost AdditionalInformation AllowanceChargeReason BackorderReason BirthplaceName BuildingNumber
    BuyerReference CanonicalizationMethod CarrierServiceInstructions CertificateType Channel Characteristics
    CompanyLegalForm Condition Conditions Content ContractType CountrySubentity CustomerReference
    CustomsClearanceServiceInstructions DamageRemarks DataSendingCapability DeliveryInstructions
    DemurrageInstructions Department Description District DocumentDescription DocumentHash DocumentType
    ElectronicMail ExemptionReason Extension Floor ForwarderServiceInstructions HandlingInstructions
    HashAlgorithmMethod HaulageInstructions Information InhouseMail InstructionNote Instructions
    InvoicingPartyReference JobTitle Keyword Line ListValue Location LossRisk MarkAttention MarkCare MaximumValue
    MinimumValue NameSuffix Note OrganizationDepartment OutstandingReason PackingMaterial PaymentNote
    PlacardEndorsement PlacardNotation PlotIdentification PostalZone Postbox PriceChangeReason PriceType Priority
    Reference Region RegistrationNationality RejectReason Remarks Room SealingPartyType ServiceType ShippingMarks
    ShipsRequirements SignatureMethod SpecialInstructions SpecialServiceInstructions SpecialTerms
    SpecialTransportRequirements StatusReason SummaryDescription TariffDescription TaxExemptionReason Telefax
    Telephone TestMethod Text TierRange TimezoneOffset TimingComplaint Title TradingRestrictions
    TransportationServiceDescription ValidateProcess ValidateTool ValidateToolVersion Value ValueQualifier WorkPhase
    XPath
Time: ActualDeliveryTime ActualDespatchTime ActualPickupTime EarliestPickupTime EffectiveTime EndTime
    EstimatedDeliveryTime EstimatedDespatchTime ExpiryTime GuaranteedDespatchTime IssueTime LatestDeliveryTime
    LatestPickupTime ManufactureTime NominationTime OccurrenceTime PaidTime ReferenceTime RequestedDespatchTime
    RequiredDeliveryTime StartTime ValidationTime
"""


@dataclass(frozen=True, slots=True)
class Datatype:
    """The content of an element of this type: `read` returns None for invalid text, `expected` describes valid text."""

    expected: str
    read: Callable[[str], object] | None = None
    required: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()


_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?|24:00:00(\.0+)?")


def _time(text: str) -> object:
    return _TIME.fullmatch(text.strip(SPACES))


def _boolean(text: str) -> object:
    return text if text.strip(SPACES) in {"true", "false", "1", "0"} else None


# Number of = signs → allowed last character before them (xs:base64Binary)
_LAST = {1: "AEIMQUYcgkosw048", 2: "AQgw"}


def _base64(text: str) -> object:
    """Return the bytes, else None; the schema allows no leftover bits."""
    packed = "".join(text.split())
    try:
        content = binascii.a2b_base64(packed, strict_mode=True)
    except ValueError:
        return None
    padding = packed[-2:].count("=")
    return content if not padding or packed[-1 - padding] in _LAST[padding] else None


_TEXT = frozenset({"languageID", "languageLocaleID"})
_FORMAT = frozenset({"format"})
_UNIT = frozenset({"unitCode", "unitCodeListID", "unitCodeListAgencyID", "unitCodeListAgencyName"})
_NUMBER = Datatype("a decimal number such as 12.50", number, attributes=_FORMAT)

_KINDS = {
    "Amount": Datatype(
        "an amount such as 12.50", number, ("currencyID",), frozenset({"currencyID", "currencyCodeListVersionID"})
    ),
    "BinaryObject": Datatype(
        "a file in base64",
        _base64,
        ("mimeCode",),
        frozenset({"format", "mimeCode", "encodingCode", "characterSetCode", "uri", "filename"}),
    ),
    "Code": Datatype(
        "a code",
        attributes=frozenset(
            {
                "listID",
                "listAgencyID",
                "listAgencyName",
                "listName",
                "listVersionID",
                "name",
                "languageID",
                "listURI",
                "listSchemeURI",
            }
        ),
    ),
    "Date": Datatype("a date such as 2026-05-31", day),
    "Identifier": Datatype(
        "an identifier",
        attributes=frozenset(
            {
                "schemeID",
                "schemeName",
                "schemeAgencyID",
                "schemeAgencyName",
                "schemeVersionID",
                "schemeDataURI",
                "schemeURI",
            }
        ),
    ),
    "Indicator": Datatype("true or false", _boolean),
    "Measure": Datatype(
        "a measure such as 12.5", number, ("unitCode",), frozenset({"unitCode", "unitCodeListVersionID"})
    ),
    "Name": Datatype("a name", attributes=_TEXT),
    "Numeric": _NUMBER,
    "Percent": _NUMBER,
    "Quantity": Datatype("a quantity such as 12.5", number, attributes=_UNIT),
    "Rate": _NUMBER,
    "Text": Datatype("a text", attributes=_TEXT),
    "Time": Datatype("a time such as 12:00:00", _time),
}


def _read(table: str) -> dict[str, Datatype]:
    datatypes = {}
    for row in table.replace("\n    ", " ").strip().splitlines():
        kind, _, names = row.partition(": ")
        datatypes.update(dict.fromkeys((f"cbc:{name}" for name in names.split()), _KINDS[kind]))
    return datatypes


DATATYPES = _read(_TABLE)
