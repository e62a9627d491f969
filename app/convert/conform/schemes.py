"""Identifier schemes: the names of the time before ISO 6523 as the codes of today, and numbers in their one form.

Sources: the Peppol policy for use of identifiers (the names that it withdrew), UBL.BE and e-FFF for the Belgian ones.
"""

import re
from collections.abc import Callable

from msgspec.structs import replace

from app.peppol import codes, identifiers
from app.peppol.invoice import Identifier

BELGIAN = "0208"
_UNKNOWN = "has a scheme not of ISO 6523"
_DIGITS_ONLY = frozenset({BELGIAN, "0088", "0106"})

# Withdrawn scheme → ISO 6523 code
_CODES = {
    "GLN": "0088",
    "EAN": "0088",
    "GTIN": "0160",
    "DUNS": "0060",
    "LEI": "0199",
    "BE:CBE": BELGIAN,
    "BE:EN": BELGIAN,
    "BE:KBO": BELGIAN,
    "BE:VAT": BELGIAN,
    "9956": BELGIAN,
    "CBE": BELGIAN,
    "KBO": BELGIAN,
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
# Numbers whose form and check digits Peppol looks at (PEPPOL-COMMON-R040 … R050, the fatal ones)
_CHECKS: dict[str, Callable[[str], bool]] = {
    "0007": identifiers.is_swedish_organisation_number,
    "0088": identifiers.is_gs1_number,
    "0151": identifiers.is_australian_business_number,
    "0184": identifiers.is_danish_cvr_number,
    "0192": identifiers.is_norwegian_organisation_number,
    BELGIAN: identifiers.is_belgian_enterprise_number,
}
_REGISTERS = {
    "BE": (r"[01]\d{9}", BELGIAN),
    "DK": (r"\d{8}", "0184"),
    "NL": (r"\d{8}", "0106"),
    "NO": (r"\d{9}", "0192"),
    "SE": (r"\d{10}", "0007"),
}


def _code(scheme: str | None, *, taken: frozenset[str]) -> str | None:
    """The scheme if it is one of those that are taken, else what its old name stands for."""
    name = (scheme or "").strip().upper()
    if name in taken:
        return name
    country, _, kind = name.partition(":")
    if kind == "VAT" and country in _VAT:
        return _VAT[country]
    return _CODES.get(name, name or None)


def _number(value: str, *, scheme: str | None) -> str:
    """Numbers of registers without the points and country letters that people write in them."""
    digits = re.sub(r"\D", "", value)
    if scheme == BELGIAN:
        return digits.zfill(10) if digits else value
    return digits if scheme in _DIGITS_ONLY and digits else value


def _can_exist(number: str, *, scheme: str | None) -> bool:
    return scheme not in _CHECKS or _CHECKS[scheme](number)


def address(own: Identifier | None) -> Identifier | None:
    """BT-34 or BT-49 in a scheme that Peppol takes, or None (PEPPOL-EN16931-CL008)."""
    if own is None:
        return None
    scheme = _code(own.scheme, taken=codes.ADDRESS_SCHEMES)
    if scheme not in codes.ADDRESS_SCHEMES:
        return None
    number = _number(own.value, scheme=scheme)
    return Identifier(number, scheme) if _can_exist(number, scheme=scheme) else None


def identifier(own: Identifier, *, of: str, losses: list[str]) -> Identifier:
    """An identifier in a scheme of ISO 6523, else without one (BR-CL-10, BR-CL-11)."""
    scheme = _code(own.scheme, taken=codes.IDENTIFIER_SCHEMES)
    number = _number(own.value, scheme=scheme)
    if scheme is None or (scheme in codes.IDENTIFIER_SCHEMES and _can_exist(number, scheme=scheme)):
        return Identifier(number, scheme)
    why = "is not a number of that scheme" if scheme in codes.IDENTIFIER_SCHEMES else _UNKNOWN
    losses.append(f"The {of}'s identifier {own.value} ({own.scheme}) {why}; it is written without a scheme.")
    return replace(own, scheme=None)


def location(own: Identifier | None, *, losses: list[str]) -> Identifier | None:
    """BT-71 in a scheme of ISO 6523, else without one (BR-CL-26); nobody looks at its check digit."""
    scheme = _code(own.scheme, taken=codes.IDENTIFIER_SCHEMES) if own else None
    if own is None or scheme is None or scheme in codes.IDENTIFIER_SCHEMES:
        return own and replace(own, scheme=scheme)
    losses.append(f"The place of delivery {own.value} ({own.scheme}) {_UNKNOWN}; it is written without a scheme.")
    return replace(own, scheme=None)


def registration(own: Identifier | None, *, country: str, of: str, losses: list[str]) -> Identifier | None:
    """BT-30, BT-47 or BT-61; a number without a scheme gets that of its country where its form says which."""
    if own is None:
        return None
    if own.scheme is None and country in _REGISTERS:
        form, scheme = _REGISTERS[country]
        compact = re.sub(r"[\s./-]", "", own.value.upper()).removeprefix(country)
        is_one = re.fullmatch(form, compact) and _can_exist(compact, scheme=scheme)
        return Identifier(compact, scheme) if is_one else own
    return identifier(own, of=of, losses=losses)
