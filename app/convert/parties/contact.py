"""The seller's contact (BG-6), which Peppol demands between German parties (DE-R-002 to DE-R-007)."""

from msgspec.structs import replace

from app.convert.parties.vat import country_of
from app.peppol.invoice import Contact, Party


def needs_contact(seller: Party, *, buyer: Party) -> bool:
    """Return whether both parties are German."""
    return country_of(seller) == country_of(buyer) == "DE"


def reachable(seller: Party, *, buyer: Party, losses: list[str]) -> Party:
    """Return the seller with its name as the contact person, where only that is missing."""
    contact = seller.contact or Contact()
    if contact.name or not (contact.telephone and contact.email and seller.name):
        return seller
    if not needs_contact(seller, buyer=buyer):
        return seller
    losses.append("The seller names no contact person; its own name is written there (BT-41).")
    return replace(seller, contact=replace(contact, name=seller.name))
