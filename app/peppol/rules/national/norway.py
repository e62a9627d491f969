"""Norway (NO-R-001, NO-R-002): sellers whose VAT number or address is Norwegian."""

from app.peppol.findings import brief
from app.peppol.identifiers import is_norwegian_organisation_number
from app.peppol.rules.document import SELLER, Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import squeeze

RULES = Rules(when=lambda document: document.seller_country == "NO")


@RULES.on(SELLER)
def seller(party: Node, document: Document) -> None:
    """NO-R-001 (the VAT number), NO-R-002 (the register of business enterprises)."""
    vat = next(iter(_numbers(party, "VAT")), "")
    number, suffix = vat[2:11], vat[11:]
    if vat[:2] == "NO" and not (suffix == "MVA" and is_norwegian_organisation_number(number)):
        message = f"The VAT number {brief(vat)} must be NO, nine digits with a correct check digit, and MVA."
        document.report("NO-R-001", party, message, child="cac:PartyTaxScheme/cbc:CompanyID")
    if [squeeze(text) for text in _numbers(party, "TAX")][:1] != ["Foretaksregisteret"]:
        message = "Most Norwegian sellers must state “Foretaksregisteret” as their tax registration (BT-32)."
        document.warn("NO-R-002", party, message, child="cac:PartyTaxScheme/cbc:CompanyID")


def _numbers(party: Node, scheme: str) -> list[str]:
    return [
        registration.value("cbc:CompanyID")
        for registration in party.children("cac:PartyTaxScheme")
        if squeeze(registration.value("cac:TaxScheme/cbc:ID")) == scheme
    ]
