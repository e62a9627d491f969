"""Infer a party's electronic address (BT-34, BT-49) from its enterprise or VAT number.

Source: the Electronic Address Scheme list (EAS) that Peppol BIS Billing 3.0 accepts since 3.0.21, and for 0184, 0208,
0216 and 0225 the formats of their issuers. Schemes that Peppol no longer accepts (0213, 0217, 9906 …) are absent.
"""

from dataclasses import dataclass

from app.peppol.invoice import Identifier, Party

# A legal registration (BT-30, BT-47) in one of these schemes is also an electronic address
_LEGAL = frozenset({"0007", "0088", "0106", "0184", "0190", "0191", "0192", "0196", "0200", "0208", "0216", "0218"})

# VAT number prefix → scheme of that country's VAT numbers
_VAT = {
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
    "FR": _Inside("0225", 4, 13),  # SIREN after the two key digits
    "NO": _Inside("0192", 0, 9),
    "SE": _Inside("0007", 2, 12),
}


def of(party: Party) -> Identifier | None:
    """Return the party's own electronic address, else one from its enterprise number or VAT number."""
    return party.electronic_address or _from_registration(party.legal_registration) or _from_vat(party.vat_identifier)


def _from_registration(registration: Identifier | None) -> Identifier | None:
    if registration is None or not registration.value:
        return None
    if registration.scheme in _LEGAL:
        return registration
    if registration.scheme in ("0002", "0009"):  # SIREN, or SIRET, which starts with the SIREN
        return Identifier(registration.value[:9], "0225")
    return None


def _from_vat(number: str | None) -> Identifier | None:
    compact = "".join(character for character in (number or "").upper() if character.isalnum())
    country = "NO" if compact.endswith("MVA") else compact[:2]
    if inside := _INSIDE_VAT.get(country):
        digits = compact.removeprefix("NO")[inside.start : inside.end]
        if len(digits) == inside.end - inside.start and digits.isdigit():
            return Identifier(inside.prefix + digits, inside.scheme)
    scheme = _VAT.get(country)
    return Identifier(compact, scheme) if scheme else None
