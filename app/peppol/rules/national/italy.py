"""Italy (IT-R-001 to IT-R-004): sellers whose VAT number or address is Italian."""

import re

from app.peppol.rules.document import SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import quoted, squeeze

RULES = Rules(when=lambda document: document.seller_country == "IT")

_TAX_NUMBER = re.compile(r"[A-Z0-9]{11,16}")
_ADDRESS = (
    ("IT-R-002", "cbc:StreetName", "street (BT-35)"),
    ("IT-R-003", "cbc:CityName", "city (BT-37)"),
    ("IT-R-004", "cbc:PostalZone", "post code (BT-38)"),
)


@RULES.on(SELLER)
def seller(party: Node, document: Document) -> None:
    """IT-R-001 to IT-R-004."""
    for registration in party.children("cac:PartyTaxScheme"):
        number = squeeze(registration.value("cbc:CompanyID"))
        if squeeze(registration.value("cac:TaxScheme/cbc:ID")) != "VAT" and not _TAX_NUMBER.fullmatch(number):
            message = (
                f"The Italian seller's tax registration (BT-32) is {quoted(number)}; it must have 11 to 16 characters."
            )
            document.report("IT-R-001", registration, message, child="cbc:CompanyID")
    for rule, name, what in _ADDRESS:
        if party.first(f"cac:PostalAddress/{name}") is None:
            message = f"The Italian seller's address has no {what}."
            document.report(rule, party, message, child=f"cac:PostalAddress/{name}")
