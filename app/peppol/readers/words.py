"""Paths in a source document, in words."""

import re

_LENGTH = 80


def short(value: str) -> str:
    """Return the value on one line, cut at a readable length."""
    line = " ".join(value.split())
    return line if len(line) <= _LENGTH else f"{line[: _LENGTH - 1]}…"


# Elements whose own name says too little
_WORDS = {
    "ID": "identifier",
    "AccountingSupplierParty": "seller",
    "AccountingCustomerParty": "buyer",
    "SellerTradeParty": "seller",
    "BuyerTradeParty": "buyer",
    "InvoiceLine": "line",
    "CreditNoteLine": "line",
    "IncludedSupplyChainTradeLineItem": "line",
    "SupplyChainTradeTransaction": "",
    "ApplicableHeaderTradeAgreement": "",
    "ApplicableHeaderTradeDelivery": "delivery",
    "ApplicableHeaderTradeSettlement": "",
    "SpecifiedLineTradeAgreement": "",
    "SpecifiedLineTradeDelivery": "delivery",
    "SpecifiedLineTradeSettlement": "",
    "TaxTotal": "",
    "TaxAmount": "VAT amount",
    "LineExtensionAmount": "net amount",
    "UBLExtensions": "extensions of the file format",
}


def plain(path: str) -> str:
    """Return a path in words: `Delivery/DeliveryTerms/SpecialTerms` is “delivery, delivery terms, special terms”."""
    words = [_WORDS.get(step, _spell(step)) for step in path.split("/")]
    text = ", ".join(word for word in words if word)
    return text[:1].upper() + text[1:]


def _spell(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.lstrip("@"))
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in spaced.split())
