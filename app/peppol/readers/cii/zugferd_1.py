"""ZUGFeRD 1.0 (2014), an earlier CII with other names."""

from app.peppol.readers.source import Source

_NAMES = {
    "SpecifiedExchangedDocumentContext": "ExchangedDocumentContext",
    "HeaderExchangedDocument": "ExchangedDocument",
    "SpecifiedSupplyChainTradeTransaction": "SupplyChainTradeTransaction",
    "ApplicableSupplyChainTradeAgreement": "ApplicableHeaderTradeAgreement",
    "ApplicableSupplyChainTradeDelivery": "ApplicableHeaderTradeDelivery",
    "ApplicableSupplyChainTradeSettlement": "ApplicableHeaderTradeSettlement",
    "SpecifiedSupplyChainTradeAgreement": "SpecifiedLineTradeAgreement",
    "SpecifiedSupplyChainTradeDelivery": "SpecifiedLineTradeDelivery",
    "SpecifiedSupplyChainTradeSettlement": "SpecifiedLineTradeSettlement",
    "ApplicablePercent": "RateApplicablePercent",
}
_SUMMATION = "SpecifiedTradeSettlementMonetarySummation"
_SUMMATIONS = {
    "ApplicableHeaderTradeSettlement": "SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedLineTradeSettlement": "SpecifiedTradeSettlementLineMonetarySummation",
}
_REFERENCES = ("ReferencedDocument",)


def renamed(source: Source) -> Source:
    """Return the document under the names of D16B."""
    source.children = {_name(name, parent=source.name): found for name, found in source.children.items()}
    for name, found in source.children.items():
        for child in found:
            child.name = name
            renamed(child)
    return source


def _name(name: str, *, parent: str) -> str:
    if name == _SUMMATION:
        return _SUMMATIONS.get(parent, name)
    if name == "ID" and parent.endswith(_REFERENCES):
        return "IssuerAssignedID"
    return _NAMES.get(name, name)
