"""Find the countries of the parties, and the country whose national rules apply."""

from app.peppol.invoice import Invoice, Party
from app.peppol.profiles import SELF_BILLED_TYPES


def country_of(party: Party) -> str:
    """Return the country of the party's address, empty if it has none."""
    return party.address.country if party.address else ""


def ruling(invoice: Invoice) -> str:
    """Return the seller's country, whose national rules apply; empty for self-billing, which has none."""
    return "" if invoice.type_code in SELF_BILLED_TYPES else country_of(invoice.seller)


def domestic(invoice: Invoice) -> str:
    """Return the ruling country if both parties are in it, else an empty text."""
    country = ruling(invoice)
    return country if country == country_of(invoice.buyer) else ""
