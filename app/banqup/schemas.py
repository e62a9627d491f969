"""Banqup's documents and messages as documented; `app.banqup.assumptions` has the undocumented fields.

Unknown keys are ignored and unknown enum values kept; properties translate them into our own values.
"""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field

from app.banqup import assumptions
from app.banqup.assumptions import Adjustment, File
from app.banqup.fields import Amount, Day, Moment, Root, Schema, Text
from app.vocabulary import DocumentKind, Folder

__all__ = ["Adjustment", "Document", "File", "Line", "Message", "Metadata", "Party", "VatDetails"]


class Address(assumptions.AssumedAddress):
    """A party's address."""

    street_name: Text = None
    building_number: Text = None
    post_code: Text = None
    town_name: Text = None
    country: Text = None


def _as_lists(value: Any) -> Any:
    """Return each identifier as a tuple: Banqup writes single ones as strings and e-mail addresses as a list."""
    if not isinstance(value, dict):
        return {}
    many = {key: item if isinstance(item, list | tuple) else (item,) for key, item in value.items()}
    return {key: tuple(str(entry).strip() for entry in items if entry) for key, items in many.items() if any(items)}


class Party(assumptions.AssumedParty):
    """Supplier, customer, payee or tax representative; `global_identifiers` by `<country>:<kind>`."""

    legal_name: Text = None
    trade_name: Text = None
    address: Address | None = None
    global_identifiers: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_as_lists)] = Field(default_factory=dict)


class VatDetails(assumptions.VatKey):
    """A VAT total in the header."""

    net_amount: Amount = None
    vat_amount: Amount = None


class DocumentTotals(assumptions.AssumedTotals):
    """The amounts of the whole document."""

    lines_net_amount: Amount = None
    net_amount: Amount = None
    vat_amount: Amount = None
    gross_amount: Amount = None
    payable_amount: Amount = None


class DeliveryDetails(Schema):
    """Where and when goods or services were delivered (assumed)."""

    delivery_date: Day = None
    party_name: Text = None
    location_gln: Text = None
    address: Address | None = None


class Metadata(assumptions.AssumedMetadata):
    """The header of a document."""

    document_number: Text = None
    issue_date: Day = None
    due_date: Day = None
    supplier: Party = Party()
    customer: Party = Party()
    document_totals: DocumentTotals = DocumentTotals()
    vat_details: tuple[VatDetails, ...] = ()
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: DeliveryDetails | None = None


class Pricing(assumptions.AssumedPricing):
    """The price of an item, and the quantity it applies to."""

    item_net_price: Amount = None
    item_price_quantity: Amount = None


class ProductIdentifiers(assumptions.AssumedProduct):
    """The item's identifiers."""

    item_id: Text = None
    item_description: Text = None


class LineMetadata(assumptions.AssumedLineMetadata):
    """Allowances of a line."""

    allowances: tuple[Adjustment, ...] = ()


class Line(Schema):
    """A line of a document."""

    quantity: Amount = None
    unit: Text = None
    net_amount: Amount = None
    currency: Text = None
    vat_details: assumptions.VatKey | None = None
    pricing: Pricing = Pricing()
    product_identifiers: ProductIdentifiers = ProductIdentifiers()
    metadata: LineMetadata = LineMetadata()


class Status(Schema):
    """The document's status, in Banqup's own values."""

    document: Text = None
    pay: Text = None
    delivery: Text = None


class Connection(Schema):
    """A related document or party."""

    display_name: Text = None
    relation_type: Text = None
    id: Text = None


class Timestamps(Schema):
    """When the document arrived in the space and when it last changed."""

    created_at: Moment | None = None
    updated_at: Moment | None = None


_FOLDERS = {"PURCHASES": Folder.PURCHASES, "SALES": Folder.SALES}
# Statuses of a document that is not approved or sent yet, or no longer.
_OPEN_STATUSES = frozenset({"DRAFT", "AWAITING_VALIDATION", "REFUSED", "REJECTED", "DISPUTED"})
# INVOICE is documented, the others are inferred. Any other category, such as PROFORMA_INVOICE, is not an invoice.
_KINDS: dict[str, DocumentKind] = {
    "INVOICE": "invoice",
    "PURCHASE_INVOICE": "invoice",
    "SALES_INVOICE": "invoice",
    "CREDIT_NOTE": "credit_note",
    "CREDITNOTE": "credit_note",
    "PURCHASE_CREDIT_NOTE": "credit_note",
    "SALES_CREDIT_NOTE": "credit_note",
}


class Document(assumptions.AssumedDocument):
    """A purchase or sales document of a Business Space."""

    id: UUID
    space_id: UUID
    source: Text = None
    folder: Text = None  # SALES, PURCHASES
    category: Text = None  # INVOICE, CREDIT_NOTE
    status: Status = Status()
    connections: tuple[Connection, ...] = ()
    metadata: Metadata = Metadata()
    lines: tuple[Line, ...] = ()
    timestamps: Timestamps = Timestamps()

    @property
    def side(self) -> Folder | None:
        """Return the folder, None if it is not one that we export."""
        return _FOLDERS.get(self.folder or "")

    @property
    def is_final(self) -> bool:
        """Return whether the status is that of an approved or sent document."""
        return (self.status.document or "").upper() not in _OPEN_STATUSES

    @property
    def kind(self) -> DocumentKind | None:
        """Return the kind of document; None for categories we do not export. Without a category it is an invoice."""
        category = "_".join((self.category or "INVOICE").upper().replace("-", " ").replace("_", " ").split())
        return _KINDS.get(category)

    @property
    def has_amounts(self) -> bool:
        """Return whether Banqup has any amount of the document, in its lines or its header."""
        totals = self.metadata.document_totals
        return bool(self.lines or self.metadata.vat_details or totals != DocumentTotals())


def _text_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


Tolerant = Annotated[str | None, BeforeValidator(_text_or_none)]


class Message(Root):
    """A message from Banqup: only the ID is required; everything else may be absent, new or of another type."""

    id: Annotated[str, Field(min_length=1, max_length=200, strict=True)]
    category: Tolerant = None
    type: Tolerant = None
    resource_id: Tolerant = None
    channel: Tolerant = None
    data: Any = None

    @property
    def space_id(self) -> UUID | None:
        """Return `data.spaceId`, else the first part of the channel, else the resource."""
        return _uuid(self._datum("spaceId")) or self._channel(0) or _uuid(self.resource_id)

    @property
    def document_id(self) -> UUID | None:
        """Return `data.documentId`, else the second part of the channel."""
        return _uuid(self._datum("documentId")) or self._channel(1)

    def _datum(self, key: str) -> Any:
        return self.data.get(key) if isinstance(self.data, dict) else None

    def _channel(self, place: int) -> UUID | None:
        parts = (self.channel or "").split("/")
        return _uuid(parts[place]) if len(parts) == 2 else None


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
