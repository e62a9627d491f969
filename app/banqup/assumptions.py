"""Fields that Banqup's public documentation does not show, named in the same style. All of them are optional.

The documented models in `app.banqup.schemas` build on these. When the real name of a field becomes known, correct it
here and in `app.convert.banqup`, nowhere else. Assumptions that need a documented model are in `app.banqup.schemas`:
the delivery, the payee and the tax representative. Two addresses are assumed too: `client_path` and `partner_path`.
"""

from uuid import UUID

from app.banqup.fields import Amount, Day, Root, Schema, Text, Texts


def client_path(partner_space_id: UUID, business_space_id: UUID) -> str:
    """Return the path that shows a Business Space if it is linked to the Partner Space, else 404 or empty data."""
    return f"/core/space/v1/spaces/{partner_space_id}/clients/{business_space_id}"


def partner_path(partner_space_id: UUID) -> str:
    """Return the path that shows a Partner Space with the `name` of its firm."""
    return f"/core/space/v1/spaces/{partner_space_id}"


class VatKey(Schema):
    """VAT category and percentage (documented), with the reason for an exemption (assumed)."""

    vat_category: Text = None
    vat_percentage: Amount = None
    exemption_reason: Text = None
    exemption_reason_code: Text = None


class Adjustment(Schema):
    """An allowance or a charge; only `netAmount` is documented, for line allowances."""

    net_amount: Amount = None
    base_amount: Amount = None
    percentage: Amount = None
    reason: Text = None
    reason_code: Text = None
    vat_details: VatKey | None = None


class Contact(Schema):
    """A party's contact."""

    name: Text = None
    phone: Text = None
    email: Text = None


class AssumedAddress(Schema):
    """The parts of an address missing from the samples."""

    additional_street_name: Text = None
    address_line: Text = None
    box_number: Text = None
    region: Text = None


class AssumedParty(Schema):
    """A party's contact, legal form and further identification."""

    contact: Contact | None = None
    legal_form: Text = None
    customer_number: Text = None


class Reference(Schema):
    """Another document: `documentNumber` and `issueDate` as in the document's own metadata."""

    document_number: Text = None
    issue_date: Day = None


class ObjectReference(Schema):
    """The invoiced object, such as a meter, with its UNTDID 1153 scheme."""

    id: Text = None
    scheme: Text = None


class Period(Schema):
    """An invoicing period."""

    start_date: Day = None
    end_date: Day = None


class PaymentMeans(Schema):
    """How to pay: a UNCL 4461 code or a word, and its details."""

    code: Text = None
    name: Text = None
    iban: Text = None
    bic: Text = None
    account_name: Text = None
    payment_reference: Text = None  # free, or a structured communication +++ddd/dddd/ddddd+++
    card_number: Text = None
    card_holder: Text = None
    mandate_id: Text = None
    creditor_id: Text = None
    debtor_iban: Text = None


class CashDiscount(Schema):
    """A Belgian cash discount, as a percentage of the net amount."""

    percentage: Amount = None
    days: int | None = None


class Link(Schema):
    """A supporting document, by its address."""

    reference: Text = None
    description: Text = None
    url: Text = None


class Classification(Schema):
    """A commodity classification from a UNTDID 7143 list."""

    code: Text = None
    list_id: Text = None
    list_version: Text = None


class Attribute(Schema):
    """An attribute of an item."""

    name: Text = None
    value: Text = None


class AssumedTotals(Schema):
    """Document totals besides the five documented ones."""

    allowances_amount: Amount = None
    charges_amount: Amount = None
    prepaid_amount: Amount = None
    rounding_amount: Amount = None
    vat_amount_in_vat_currency: Amount = None


class AssumedMetadata(Schema):
    """Header fields besides the documented ones."""

    currency: Text = None
    vat_currency: Text = None
    type_code: Text = None  # UNTDID 1001, if it differs from the category
    self_billed: bool = False
    notes: Texts = ()
    buyer_reference: Text = None
    order_reference: Text = None
    sales_order_reference: Text = None
    contract_reference: Text = None
    project_reference: Text = None
    despatch_reference: Text = None
    receipt_reference: Text = None
    tender_reference: Text = None
    invoiced_object: ObjectReference | None = None
    accounting_reference: Text = None
    preceding_invoices: tuple[Reference, ...] = ()
    tax_point_date: Day = None
    tax_point_code: Text = None
    period: Period | None = None
    payment_terms: Text = None
    payment_means: tuple[PaymentMeans, ...] = ()
    cash_discount: CashDiscount | None = None
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()
    links: tuple[Link, ...] = ()


class AssumedProduct(Schema):
    """Item identifiers besides the documented ID and description."""

    item_name: Text = None
    buyer_item_id: Text = None
    gtin: Text = None
    origin_country: Text = None
    classifications: tuple[Classification, ...] = ()
    attributes: tuple[Attribute, ...] = ()


class AssumedPricing(Schema):
    """A price before discount."""

    item_gross_price: Amount = None
    item_discount: Amount = None


class AssumedLineMetadata(Schema):
    """Line details besides allowances."""

    charges: tuple[Adjustment, ...] = ()
    note: Text = None
    period: Period | None = None
    order_line_reference: Text = None
    accounting_reference: Text = None
    invoiced_object: ObjectReference | None = None


class File(Schema):
    """A file of the document; `role` is UBL, CII, PDF or ATTACHMENT."""

    id: UUID
    role: Text = None
    filename: Text = None
    content_type: Text = None
    file_size: int | None = None


class AssumedDocument(Root):
    """A document's files; their bytes are fetched one by one."""

    files: tuple[File, ...] = ()
