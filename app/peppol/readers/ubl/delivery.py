"""Delivery (BG-13), and the Belgian legal mentions that UBL.BE puts there."""

from app.peppol.invoice import Delivery
from app.peppol.readers.source import Source
from app.peppol.readers.ubl.parties import address

_LEGAL_MENTION = "BELM-"  # the list BELM of UBL.BE: each code has its sentence beside it


def delivery(source: Source) -> Delivery | None:
    """Return BG-13; UBL 2.0 allows the address without a location."""
    element = source.one("Delivery")
    found = Delivery(
        party_name=element.text("DeliveryParty/PartyName/Name"),
        location=element.identifier("DeliveryLocation/ID"),
        actual_date=element.day("ActualDeliveryDate"),
        address=address(element.one("DeliveryLocation/Address")) or address(element.one("DeliveryAddress")),
    )
    return None if found == Delivery() else found


def legal_mentions(source: Source) -> str | None:
    """Return the sentences of the delivery terms; the Belgian code before each only repeats it."""
    groups = source.all("Delivery/DeliveryTerms") + source.all("DeliveryTerms")
    sentences = [sentence for group in groups if (sentence := group.texts("SpecialTerms"))]
    for group in groups:
        if group.peek("SpecialTerms") and (group.peek("ID") or "").startswith(_LEGAL_MENTION):
            group.drop("ID")
    return "\n".join(sentences) or None
