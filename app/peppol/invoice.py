"""The EN 16931 semantic model: an invoice or a credit note, its business terms (BT) and groups (BG).

The names are the standard's, each with its number. A required term may still be absent (an empty string or None): the
writer writes the document with its gaps, and the validator reports each gap. `app.peppol.totals` computes the amounts
that are None. Codes stay as the source wrote them, known or not.

The classes are msgspec structs: creating one is several times faster than a frozen dataclass. Use
`msgspec.structs.replace` to change one. They cannot form cycles, so the garbage collector skips them (`gc=False`).
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from app.peppol.profiles import BILLING

# UNTDID 1001 codes that make a UBL CreditNote; every other code makes an Invoice (BR-CL-01)
CREDIT_NOTE_TYPES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"})


class Identifier(Struct, frozen=True, gc=False):
    """An identifier and its scheme, if any (EAS or ICD code)."""

    value: str
    scheme: str | None = None


class Vat(Struct, frozen=True, gc=False):
    """VAT category and rate of a line (BG-30), an allowance, a charge or a breakdown (BG-23)."""

    category: str  # BT-95, BT-102, BT-118, BT-151 (UNCL 5305: S Z E AE K G O L M B)
    rate: Decimal | None = None  # BT-96, BT-103, BT-119, BT-152 in percent; None for category O


class Period(Struct, frozen=True, gc=False):
    """Invoicing period (BG-14) or invoice line period (BG-26)."""

    start: date | None = None  # BT-73, BT-134
    end: date | None = None  # BT-74, BT-135


class Address(Struct, frozen=True, gc=False, kw_only=True):
    """Postal address: seller (BG-5), buyer (BG-8), tax representative (BG-12), deliver to (BG-15)."""

    line_1: str | None = None  # BT-35, BT-50, BT-64, BT-75
    line_2: str | None = None  # BT-36, BT-51, BT-65, BT-76
    line_3: str | None = None  # BT-162, BT-163, BT-164, BT-165
    city: str | None = None  # BT-37, BT-52, BT-66, BT-77
    post_code: str | None = None  # BT-38, BT-53, BT-67, BT-78
    subdivision: str | None = None  # BT-39, BT-54, BT-68, BT-79
    country: str = ""  # BT-40, BT-55, BT-69, BT-80 (ISO 3166-1 alpha-2)


class Contact(Struct, frozen=True, gc=False, kw_only=True):
    """Seller contact (BG-6) or buyer contact (BG-9)."""

    name: str | None = None  # BT-41, BT-56
    telephone: str | None = None  # BT-42, BT-57
    email: str | None = None  # BT-43, BT-58


class Party(Struct, frozen=True, gc=False, kw_only=True):
    """Seller (BG-4) or buyer (BG-7)."""

    name: str = ""  # BT-27, BT-44
    trading_name: str | None = None  # BT-28, BT-45
    identifiers: tuple[Identifier, ...] = ()  # BT-29 (many), BT-46 (one); BT-90 lives in DirectDebit
    legal_registration: Identifier | None = None  # BT-30, BT-47
    vat_identifier: str | None = None  # BT-31, BT-48
    tax_registration: str | None = None  # BT-32, seller only
    legal_form: str | None = None  # BT-33, seller only
    electronic_address: Identifier | None = None  # BT-34, BT-49
    address: Address | None = None  # BG-5, BG-8
    contact: Contact | None = None  # BG-6, BG-9


class Payee(Struct, frozen=True, gc=False, kw_only=True):
    """Payee (BG-10), if not the seller."""

    name: str = ""  # BT-59
    identifier: Identifier | None = None  # BT-60
    legal_registration: Identifier | None = None  # BT-61


class TaxRepresentative(Struct, frozen=True, gc=False, kw_only=True):
    """Seller tax representative party (BG-11)."""

    name: str = ""  # BT-62
    vat_identifier: str | None = None  # BT-63
    address: Address | None = None  # BG-12


class Delivery(Struct, frozen=True, gc=False, kw_only=True):
    """Delivery information (BG-13)."""

    party_name: str | None = None  # BT-70
    location: Identifier | None = None  # BT-71
    actual_date: date | None = None  # BT-72
    address: Address | None = None  # BG-15


class CreditTransfer(Struct, frozen=True, gc=False, kw_only=True):
    """One account to pay to (BG-17)."""

    account: str = ""  # BT-84, an IBAN or a national account number
    account_name: str | None = None  # BT-85
    provider: str | None = None  # BT-86, a BIC


class PaymentCard(Struct, frozen=True, gc=False, kw_only=True):
    """Payment card information (BG-18)."""

    number: str = ""  # BT-87, the last digits only
    holder: str | None = None  # BT-88


class DirectDebit(Struct, frozen=True, gc=False, kw_only=True):
    """Direct debit (BG-19)."""

    mandate: str | None = None  # BT-89
    creditor: str | None = None  # BT-90, the SEPA creditor identifier; UBL shows it at the payee or the seller
    debited_account: str | None = None  # BT-91


class PaymentInstructions(Struct, frozen=True, gc=False, kw_only=True):
    """Payment instructions (BG-16); as in UBL, one per account to pay to."""

    means_code: str  # BT-81 (UNCL 4461)
    means_text: str | None = None  # BT-82
    remittance_information: str | None = None  # BT-83
    credit_transfer: CreditTransfer | None = None  # BG-17
    card: PaymentCard | None = None  # BG-18
    direct_debit: DirectDebit | None = None  # BG-19


class PrecedingInvoice(Struct, frozen=True, gc=False, kw_only=True):
    """Preceding invoice reference (BG-3)."""

    number: str  # BT-25
    issue_date: date | None = None  # BT-26


class SupportingDocument(Struct, frozen=True, gc=False, kw_only=True):
    """Additional supporting document (BG-24), by address or embedded."""

    reference: str  # BT-122
    description: str | None = None  # BT-123
    location: str | None = None  # BT-124, a URL
    content: bytes | None = None  # BT-125
    mime_code: str | None = None  # BT-125-1
    filename: str | None = None  # BT-125-2


class AllowanceCharge(Struct, frozen=True, gc=False, kw_only=True):
    """Allowance or charge of the document (BG-20, BG-21; with VAT) or of a line (BG-27, BG-28; without)."""

    amount: Decimal  # BT-92, BT-99, BT-136, BT-141
    base_amount: Decimal | None = None  # BT-93, BT-100, BT-137, BT-142
    percentage: Decimal | None = None  # BT-94, BT-101, BT-138, BT-143
    reason: str | None = None  # BT-97, BT-104, BT-139, BT-144
    reason_code: str | None = None  # BT-98, BT-140 (UNCL 5189); BT-105, BT-145 (UNCL 7161)
    vat: Vat | None = None  # BT-95, BT-96, BT-102, BT-103


class VatBreakdown(Struct, frozen=True, gc=False, kw_only=True):
    """VAT breakdown (BG-23), one per category and rate."""

    vat: Vat  # BT-118, BT-119
    taxable_amount: Decimal | None = None  # BT-116
    tax_amount: Decimal | None = None  # BT-117
    exemption_reason: str | None = None  # BT-120
    exemption_reason_code: str | None = None  # BT-121 (VATEX)


class Totals(Struct, frozen=True, gc=False, kw_only=True):
    """Document totals (BG-22) and VAT totals, in the invoice currency except for BT-111."""

    line_net: Decimal | None = None  # BT-106, sum of invoice line net amounts
    allowances: Decimal | None = None  # BT-107
    charges: Decimal | None = None  # BT-108
    without_vat: Decimal | None = None  # BT-109
    vat: Decimal | None = None  # BT-110
    vat_in_accounting_currency: Decimal | None = None  # BT-111, in the currency BT-6
    with_vat: Decimal | None = None  # BT-112
    paid: Decimal | None = None  # BT-113
    rounding: Decimal | None = None  # BT-114
    payable: Decimal | None = None  # BT-115


class Price(Struct, frozen=True, gc=False, kw_only=True):
    """Price details (BG-29)."""

    net: Decimal | None = None  # BT-146
    discount: Decimal | None = None  # BT-147
    gross: Decimal | None = None  # BT-148
    base_quantity: Decimal | None = None  # BT-149
    base_quantity_unit: str | None = None  # BT-150 (UN/ECE Rec 20 and 21)


class Classification(Struct, frozen=True, gc=False, kw_only=True):
    """Item classification identifier."""

    code: str  # BT-158
    scheme: str | None = None  # BT-158-1 (UNTDID 7143)
    scheme_version: str | None = None  # BT-158-2


class Attribute(Struct, frozen=True, gc=False):
    """Item attribute (BG-32)."""

    name: str  # BT-160
    value: str  # BT-161


class Item(Struct, frozen=True, gc=False, kw_only=True):
    """Item information (BG-31)."""

    name: str = ""  # BT-153
    description: str | None = None  # BT-154
    sellers_identifier: str | None = None  # BT-155
    buyers_identifier: str | None = None  # BT-156
    standard_identifier: Identifier | None = None  # BT-157
    classifications: tuple[Classification, ...] = ()  # BT-158
    country_of_origin: str | None = None  # BT-159
    attributes: tuple[Attribute, ...] = ()  # BG-32


class Line(Struct, frozen=True, gc=False, kw_only=True):
    """Invoice line (BG-25)."""

    identifier: str  # BT-126
    note: str | None = None  # BT-127
    object_identifier: Identifier | None = None  # BT-128
    quantity: Decimal | None = None  # BT-129
    unit: str = ""  # BT-130 (UN/ECE Rec 20 and 21)
    net_amount: Decimal | None = None  # BT-131
    order_line_reference: str | None = None  # BT-132
    buyer_accounting_reference: str | None = None  # BT-133
    period: Period | None = None  # BG-26
    allowances: tuple[AllowanceCharge, ...] = ()  # BG-27
    charges: tuple[AllowanceCharge, ...] = ()  # BG-28
    price: Price = Price()  # BG-29
    vat: Vat | None = None  # BG-30
    item: Item = Item()  # BG-31


class Invoice(Struct, frozen=True, gc=False, kw_only=True):
    """An invoice or a credit note; the type code (BT-3) decides between the two UBL documents."""

    number: str = ""  # BT-1
    issue_date: date | None = None  # BT-2
    type_code: str = "380"  # BT-3 (UNTDID 1001)
    currency: str = ""  # BT-5 (ISO 4217)
    vat_accounting_currency: str | None = None  # BT-6
    vat_point_date: date | None = None  # BT-7
    vat_point_date_code: str | None = None  # BT-8 (UNCL 2005: 3, 35, 432)
    due_date: date | None = None  # BT-9
    buyer_reference: str | None = None  # BT-10
    project_reference: str | None = None  # BT-11
    contract_reference: str | None = None  # BT-12
    purchase_order_reference: str | None = None  # BT-13
    sales_order_reference: str | None = None  # BT-14
    receiving_advice_reference: str | None = None  # BT-15
    despatch_advice_reference: str | None = None  # BT-16
    tender_or_lot_reference: str | None = None  # BT-17
    invoiced_object: Identifier | None = None  # BT-18 (scheme: UNTDID 1153)
    buyer_accounting_reference: str | None = None  # BT-19
    payment_terms: str | None = None  # BT-20
    note: str | None = None  # BG-1: BT-22; a subject code (BT-21) leads it as #AAI#
    business_process: str = BILLING.business_process  # BG-2: BT-23
    specification: str = BILLING.specification  # BG-2: BT-24
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()  # BG-3
    seller: Party = Party()  # BG-4
    buyer: Party = Party()  # BG-7
    payee: Payee | None = None  # BG-10
    tax_representative: TaxRepresentative | None = None  # BG-11
    delivery: Delivery | None = None  # BG-13
    period: Period | None = None  # BG-14
    payment_instructions: tuple[PaymentInstructions, ...] = ()  # BG-16
    allowances: tuple[AllowanceCharge, ...] = ()  # BG-20
    charges: tuple[AllowanceCharge, ...] = ()  # BG-21
    totals: Totals = Totals()  # BG-22
    vat_breakdown: tuple[VatBreakdown, ...] = ()  # BG-23; empty: computed
    supporting_documents: tuple[SupportingDocument, ...] = ()  # BG-24
    lines: tuple[Line, ...] = ()  # BG-25

    @property
    def is_credit_note(self) -> bool:
        """Return whether the type code (BT-3) is one of a credit note."""
        return self.type_code in CREDIT_NOTE_TYPES
