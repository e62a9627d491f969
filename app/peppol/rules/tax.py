"""Facts about taxes, allowances and charges that several rules share."""

from app.peppol.rules.tree import Node
from app.peppol.rules.values import squeeze


def is_vat(node: Node) -> bool:
    """Return whether a tax category or a party's tax scheme is VAT, ignoring case."""
    scheme = node.kids.get("cac:TaxScheme")
    name = scheme.kids.get("cbc:ID") if scheme is not None else None
    return name is not None and (name.text == "VAT" or squeeze(name.text).upper() == "VAT")


def category_of(node: Node) -> str:
    """Return the VAT category code of a tax category, without spaces around it."""
    code = node.kids.get("cbc:ID")
    return squeeze(code.text) if code is not None else ""


def is_charge(node: Node) -> bool:
    """Return whether the indicator of an allowance or charge is a boolean true."""
    return squeeze(node.value("cbc:ChargeIndicator")) in {"true", "1"}


def is_allowance(node: Node) -> bool:
    """Return whether the indicator of an allowance or charge is a boolean false."""
    return squeeze(node.value("cbc:ChargeIndicator")) in {"false", "0"}
