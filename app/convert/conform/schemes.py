"""Identifier schemes: the names from before ISO 6523 as the codes of today.

Sources: the Peppol policy for use of identifiers (the names that it withdrew), UBL.BE and e-FFF for the Belgian ones.
"""

from collections.abc import Set

from app.peppol import codes
from app.peppol.invoice import Identifier

_BELGIAN = "0208"

# Withdrawn scheme → ISO 6523 code
_CODES = {
    "GLN": "0088",
    "EAN": "0088",
    "GTIN": "0160",
    "DUNS": "0060",
    "LEI": "0199",
    "BE:CBE": _BELGIAN,
    "BE:EN": _BELGIAN,
    "BE:KBO": _BELGIAN,
    "BE:VAT": _BELGIAN,
    "9956": _BELGIAN,
    "CBE": _BELGIAN,
    "KBO": _BELGIAN,
    "NL:KVK": "0106",
    "KVK": "0106",
    "NL:OIN": "0190",
    "NL:OINO": "0190",
    "9954": "0190",
    "OIN": "0190",
    "FR:SIRENE": "0002",
    "FR:SIRET": "0009",
    "SE:ORGNR": "0007",
    "DK:CVR": "0184",
    "9902": "0184",
    "NO:ORGNR": "0192",
    "9908": "0192",
    "IT:IVA": "0211",
    "9906": "0211",
    "IT:CF": "0210",
    "9907": "0210",
    "FI:OVT": "0216",
    "0037": "0216",
}
# Country → scheme of its VAT numbers (EAS), for `DE:VAT` and its like
_VAT = {
    "AT": "9914",
    "CH": "9927",
    "CZ": "9929",
    "DE": "9930",
    "EE": "9931",
    "ES": "9920",
    "FR": "9957",
    "GB": "9932",
    "GR": "9933",
    "HU": "9910",
    "IE": "9935",
    "LU": "9938",
    "NL": "9944",
    "PL": "9945",
    "PT": "9946",
    "RO": "9947",
}


def address(own: Identifier | None) -> Identifier | None:
    """Return BT-34 or BT-49 with the code of today for its scheme."""
    return own and _with_code(own, known=codes.ADDRESS_SCHEMES)


def identifier(own: Identifier | None) -> Identifier | None:
    """Return any other identifier with the code of today for its scheme."""
    return own and _with_code(own, known=codes.IDENTIFIER_SCHEMES)


def location(own: Identifier | None, *, losses: list[str]) -> Identifier | None:
    """Return BT-71 in a scheme of ISO 6523, else without one (BR-CL-26); no rule looks at its check digit."""
    found = identifier(own)
    if own is None or found is None or found.scheme is None or found.scheme in codes.IDENTIFIER_SCHEMES:
        return found
    losses.append(f"The scheme {own.scheme} of the place of delivery {own.value} is not of ISO 6523 and is left out.")
    return Identifier(own.value)


def _with_code(own: Identifier, *, known: Set[str]) -> Identifier:
    """Return the identifier as it is where its scheme is known, else with what the old name stands for."""
    name = (own.scheme or "").strip().upper()
    country, _, kind = name.partition(":")
    scheme = name if name in known else _VAT.get(country) if kind == "VAT" and country in _VAT else _CODES.get(name)
    return Identifier(own.value, scheme or own.scheme)
