"""Complete the seller's contact (BG-6), which Peppol demands between German parties (DE-R-002 to DE-R-007)."""

from msgspec.structs import replace

from app.convert.countries import domestic
from app.peppol.invoice import Contact, Invoice


def needs_contact(invoice: Invoice) -> bool:
    """Return whether German rules apply between the parties."""
    return domestic(invoice) == "DE"


def reachable(invoice: Invoice, *, losses: list[str]) -> Invoice:
    """Return the invoice with the seller's name as the contact person, if nothing else is missing."""
    seller = invoice.seller
    contact = seller.contact or Contact()
    if contact.name or not (contact.telephone and contact.email and seller.name) or not needs_contact(invoice):
        return invoice
    losses.append("The seller names no contact person (BT-41); its own name is written.")
    return replace(invoice, seller=replace(seller, contact=replace(contact, name=seller.name)))
