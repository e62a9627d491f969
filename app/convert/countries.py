"""The countries of an invoice's parties, and the one whose national rules bind it."""

from app.peppol.invoice import Invoice, Party
from app.peppol.profiles import SELF_BILLED_TYPES


def country_of(party: Party) -> str:
    """Return the country of the party's address, an empty text when it names none."""
    return party.address.country if party.address else ""


def ruling(invoice: Invoice) -> str:
    """Return the seller's country, whose national rules apply; self-billing has none of them."""
    return "" if invoice.type_code in SELF_BILLED_TYPES else country_of(invoice.seller)


def domestic(invoice: Invoice) -> str:
    """Return the ruling country where both parties are of it, else an empty text."""
    country = ruling(invoice)
    return country if country == country_of(invoice.buyer) else ""
