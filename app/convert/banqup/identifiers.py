"""Read Banqup's `globalIdentifiers` (`<country>:<kind>`) as registrations, VAT numbers and addresses."""

from collections.abc import Iterator

from app.banqup.schemas import Party
from app.peppol import vat_numbers
from app.peppol.identifiers import is_luxembourg_matricule
from app.peppol.invoice import Identifier

# ISO 6523 scheme of the enterprise number (`<country>:en`) by country
ENTERPRISE_SCHEMES = {
    "be": "0208",
    "dk": "0184",
    "ee": "0191",
    "fi": "0212",
    "fr": "0002",
    "is": "0196",
    "it": "0210",
    "lt": "0200",
    "lu": "0240",
    "lv": "0218",
    "nl": "0106",
    "no": "0192",
    "se": "0007",
    "ch": "0183",
}

# ISO 6523 scheme of a kind of number that names its register itself
KIND_SCHEMES = {
    "kvk": "0106",
    "oin": "0190",
    "siren": "0002",
    "siret": "0009",
    "cvr": "0184",
    "orgnr": "0192",
    "gln": "0088",
    "duns": "0060",
    "lei": "0199",
}
_REGISTERS = frozenset({"en", "kvk", "oin", "siren", "siret", "cvr", "orgnr"})  # a legal registration
_ONCE = {"vat": "VAT number", "email": "e-mail address", "peppol": "Peppol address"}  # EN 16931 has one of each


class Identifiers:
    """A party's identifiers by their terms in EN 16931; `unused` holds those without a place, in words."""

    def __init__(self, party: Party) -> None:
        self.registration: Identifier | None = None  # BT-30, BT-47
        self.vat_number: str | None = None  # BT-31, BT-48
        self.tax_number: str | None = None  # BT-32
        self.email: str | None = None  # BT-43, BT-58
        self.electronic_address: Identifier | None = None  # BT-34, BT-49
        self.further: list[Identifier] = []  # BT-29, BT-46
        self.country: str | None = None  # of the VAT or enterprise number
        self.unused: list[str] = []
        for country, kind, value in _entries(party):
            self._take(value, kind=kind, country=country)

    @property
    def is_registered_for_vat(self) -> bool:
        """Return whether the VAT number holds the registration, as a Belgian one does."""
        own = vat_numbers.compact(self.registration.value) if self.registration else ""
        return bool(own) and own in (self.vat_number or "")

    def _take(self, value: str, *, kind: str, country: str) -> None:
        """Keep the value under its term, a second one as a further identifier or unused."""
        if kind in ("vat", "en") and len(country) == 2:
            self.country = self.country or country.upper()
        if kind in _REGISTERS and self.registration is None:
            self.registration = _registration(value, kind=kind, country=country)
        elif kind == "vat" and self.vat_number is None:
            self.vat_number = vat_numbers.read(value, country=country.upper()) or value
        elif kind == "tax" and self.tax_number is None:
            self.tax_number = value
        elif kind == "email" and self.email is None:
            self.email = value
        elif kind == "peppol" and self.electronic_address is None and ":" in value:
            scheme, _, number = value.partition(":")
            self.electronic_address = Identifier(number, scheme)
        elif kind in _ONCE:
            self.unused.append(f"{_ONCE[kind]} {value}")
        else:
            self.further.append(_further(value, kind=kind, country=country))


def _entries(party: Party) -> Iterator[tuple[str, str, str]]:
    """Yield (country, kind, value) of each identifier that has a value."""
    for key, values in party.global_identifiers.items():
        country, _, kind = key.lower().rpartition(":")
        yield from [(country, kind, value) for value in values if value]


def _registration(value: str, *, kind: str, country: str) -> Identifier:
    """Return the enterprise number in the scheme of its register or country.

    Luxembourg has two numbers; only the matricule has a scheme.
    """
    if kind == "en" and country == "lu" and not is_luxembourg_matricule(value):
        return Identifier(value)
    return Identifier(value, KIND_SCHEMES.get(kind) or ENTERPRISE_SCHEMES.get(country))


def _further(value: str, *, kind: str, country: str) -> Identifier:
    return (
        _registration(value, kind=kind, country=country)
        if kind in _REGISTERS
        else Identifier(value, KIND_SCHEMES.get(kind))
    )
