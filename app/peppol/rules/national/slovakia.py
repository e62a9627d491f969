"""Slovakia (SK-R-001 to SK-R-007): warnings if seller and buyer are Slovak."""

from app.peppol.rules.document import BUYER, SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import squeeze

_ADDRESSES = (
    ("SK-R-002", SELLER, "cbc:StreetName", "seller's street (BT-35)"),
    ("SK-R-003", SELLER, "cbc:CityName", "seller's city (BT-37)"),
    ("SK-R-004", SELLER, "cbc:PostalZone", "seller's post code (BT-38)"),
    ("SK-R-005", BUYER, "cbc:StreetName", "buyer's street (BT-50)"),
    ("SK-R-006", BUYER, "cbc:CityName", "buyer's city (BT-52)"),
    ("SK-R-007", BUYER, "cbc:PostalZone", "buyer's post code (BT-53)"),
)


def _between_slovak_parties(document: Document) -> bool:
    return document.seller_country == document.buyer_country == "SK"


def _between_slovak_addresses(document: Document) -> bool:
    return document.country_at(SELLER) == document.country_at(BUYER) == "SK"


RULES = Rules(when=_between_slovak_parties)
ADDRESS_RULES = Rules(when=_between_slovak_addresses)


@RULES.on("/")
def corrected_invoice(root: Node, document: Document) -> None:
    """SK-R-001."""
    if squeeze(root.value("cbc:InvoiceTypeCode")) == "384" and "cac:BillingReference" not in root.kids:
        message = "A corrected invoice (384) between Slovak parties should reference the invoice it corrects (BT-25)."
        document.warn("SK-R-001", root, message, child="cac:BillingReference")


@ADDRESS_RULES.on("/")
def addresses(root: Node, document: Document) -> None:
    """SK-R-002 to SK-R-007."""
    for rule, party, name, what in _ADDRESSES:
        path = f"{party}/cac:PostalAddress/{name}"
        if not document.at(path):
            document.warn(rule, root, f"Between Slovak parties, add the {what}.", child=path)
