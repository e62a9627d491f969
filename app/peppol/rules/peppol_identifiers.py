"""Peppol: identifiers must have the form and check digits of their scheme (PEPPOL-COMMON-R040 to R062)."""

from app.peppol.rules.document import Document
from app.peppol.rules.registry import Rules
from app.peppol.rules.tree import Node
from app.peppol.rules.values import quoted, squeeze

RULES = Rules()


@RULES.on("cbc:EndpointID", "cac:PartyIdentification/cbc:ID", "cbc:CompanyID")
def identifier(node: Node, document: Document) -> None:
    """PEPPOL-COMMON-R040 to R059 by scheme."""
    if "cac:PartyTaxScheme/" not in node.place.path:
        _check(node, document, vat_prefix="")


@RULES.on("cac:PartyTaxScheme")
def tax_number(registration: Node, document: Document) -> None:
    """PEPPOL-COMMON-R040 to R059 by scheme, else R056-2, R058 and R062 by the country of a VAT number."""
    vat = any(squeeze(scheme.text) == "VAT" for scheme in registration.all("cac:TaxScheme/cbc:ID"))
    for number in registration.children("cbc:CompanyID"):
        _check(number, document, vat_prefix=squeeze(number.text)[:2] if vat else "")


def _check(node: Node, document: Document, *, vat_prefix: str) -> None:
    is_address = node.place.name == "cbc:EndpointID"
    form = document.profile.identifiers.of(node.get("schemeID"), is_address=is_address, vat_prefix=vat_prefix)
    if form is None:
        return
    text = node.text if form.exact else squeeze(node.text)
    if not form.valid(text):
        message = f"{quoted(text)} is not {form.what}: {form.form}."
        document.report(f"PEPPOL-COMMON-{form.rule}", node, message, severity=form.severity)
