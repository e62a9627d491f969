"""Infer a party's electronic address (BT-34, BT-49) from its numbers.

Source: the Electronic Address Scheme list (EAS) that Peppol BIS Billing 3.0 accepts since 3.0.21, and for 0184, 0208,
0216 and 0225 the formats of their issuers. Schemes that Peppol no longer accepts (0213, 0217, 9906 …) are absent. A
number that fails the check of its scheme leads to no address.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.peppol import codes, vat_numbers
from app.peppol.invoice import Identifier, Party
from app.peppol.registers import can_exist
from app.peppol.rules.identifier_forms import FORMS, IdentifierForms
from app.peppol.vat_numbers import Check

# A legal registration (BT-30, BT-47) in one of these schemes is also an electronic address
_LEGAL = frozenset({"0007", "0088", "0106", "0184", "0190", "0191", "0192", "0196", "0200", "0208", "0216", "0218"})

# VAT number prefix → scheme of that country's VAT numbers
VAT_SCHEMES = {
    "AD": "9922",
    "AL": "9923",
    "AT": "9914",
    "BA": "9924",
    "BG": "9926",
    "CH": "9927",
    "CY": "9928",
    "CZ": "9929",
    "DE": "9930",
    "EE": "9931",
    "EL": "9933",
    "ES": "9920",
    "FR": "9957",
    "GB": "9932",
    "HR": "9934",
    "HU": "9910",
    "IE": "9935",
    "IT": "0211",
    "LI": "9936",
    "LT": "9937",
    "LU": "9938",
    "LV": "9939",
    "MC": "9940",
    "ME": "9941",
    "MK": "9942",
    "MT": "9943",
    "NL": "9944",
    "PL": "9945",
    "PT": "9946",
    "RO": "9947",
    "RS": "9948",
    "SI": "9949",
    "SK": "9950",
    "SM": "9951",
    "TR": "9952",
    "VA": "9953",
}
_SIREN_SCHEMES = frozenset({"0002", "0009"})  # SIREN, or SIRET, which starts with the SIREN
_FRENCH = "0225"


class Inferred(NamedTuple):
    """An address, and the number that it is inferred from."""

    address: Identifier
    source: str


@dataclass(frozen=True, slots=True)
class _Inside:
    """An enterprise number within a VAT number: its characters, and the prefix that the scheme adds."""

    scheme: str
    start: int
    end: int
    prefix: str = ""


# Countries whose VAT number contains the enterprise number that Peppol addresses
_INSIDE_VAT = {
    "BE": _Inside("0208", 2, 12),
    "DK": _Inside("0184", 2, 10, prefix="DK"),
    "FI": _Inside("0216", 2, 10, prefix="0037"),
    "FR": _Inside(_FRENCH, 4, 13),  # SIREN after the two key digits
    "NO": _Inside("0192", 2, 11),
    "SE": _Inside("0007", 2, 12),
}


def inferred(party: Party, *, forms: IdentifierForms = FORMS) -> Inferred | None:
    """Return the address inferred from the party's numbers, None if there is none."""
    for found, source in _candidates(party):
        if found is not None and can_exist(found, forms=forms):
            return Inferred(found, source)
    return None


def _candidates(party: Party) -> Iterator[tuple[Identifier | None, str]]:
    yield _from_registration(party.legal_registration), "its enterprise number"
    number = vat_numbers.compact(party.vat_identifier or "")
    yield _inside_vat(number), "its VAT number"
    for each in party.identifiers:
        if each.scheme in codes.ADDRESS_SCHEMES:
            yield each, "its identifier"
    yield _vat_number(number), "its VAT number"


def _from_registration(registration: Identifier | None) -> Identifier | None:
    if registration is None or not registration.value:
        return None
    if registration.scheme in _LEGAL:
        return registration
    return Identifier(registration.value[:9], _FRENCH) if registration.scheme in _SIREN_SCHEMES else None


def _inside_vat(number: str) -> Identifier | None:
    inside = _INSIDE_VAT.get(number[:2])
    if inside is None:
        return None
    digits = number[inside.start : inside.end]
    is_whole = len(digits) == inside.end - inside.start and digits.isdecimal()
    return Identifier(inside.prefix + digits, inside.scheme) if is_whole else None


def _vat_number(number: str) -> Identifier | None:
    scheme = VAT_SCHEMES.get(number[:2])
    has_form = vat_numbers.check(number) in (Check.RIGHT, Check.WRONG_DIGITS)
    return Identifier(number, scheme) if scheme and has_form else None
