"""Banqup's `globalIdentifiers` (`<country>:<kind>`) as registrations, VAT numbers and addresses."""

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
_REGISTERS = ("kvk", "oin", "siren", "siret", "cvr", "orgnr")  # a legal registration; the others identify only
_ELSEWHERE = ("en", "vat", "tax", "email", "peppol")  # each has a term of its own


class Identifiers:
    """A party's identifiers by what they are in EN 16931."""

    def __init__(self, party: Party) -> None:
        self._entries = list(_entries(party))

    @property
    def registration(self) -> Identifier | None:
        """Return BT-30 or BT-47: the enterprise number, in the scheme of its country."""
        for country, kind, value in self._entries:
            if kind == "en" or kind in _REGISTERS:
                return Identifier(value, KIND_SCHEMES.get(kind) or _enterprise_scheme(value, country=country))
        return None

    @property
    def vat_number(self) -> str | None:
        """Return BT-31 or BT-48 with the prefix of its country (BR-CO-09); a number that is none as it came."""
        for country, kind, value in self._entries:
            if kind == "vat":
                return vat_numbers.read(value, country=country.upper()) or value
        return None

    @property
    def tax_number(self) -> str | None:
        """BT-32: a local tax number that is not for VAT."""
        return self._first("tax")

    @property
    def email(self) -> str | None:
        """The first e-mail address."""
        return self._first("email")

    @property
    def electronic_address(self) -> Identifier | None:
        """BT-34 or BT-49, when the party names its Peppol address as `scheme:value`."""
        for _, kind, value in self._entries:
            scheme, colon, number = value.partition(":")
            if kind == "peppol" and colon:
                return Identifier(number, scheme)
        return None

    @property
    def further(self) -> tuple[Identifier, ...]:
        """BT-29 or BT-46: what else identifies the party, such as a GLN."""
        others = [entry for entry in self._entries if entry[1] not in _ELSEWHERE and entry[1] not in _REGISTERS]
        return tuple([Identifier(value, KIND_SCHEMES.get(kind)) for _, kind, value in others])

    @property
    def country(self) -> str | None:
        """The country that the VAT or enterprise number is of."""
        countries = [country.upper() for country, kind, _ in self._entries if kind in ("vat", "en")]
        return next((code for code in countries if len(code) == 2), None)

    def _first(self, wanted: str) -> str | None:
        return next((value for _, kind, value in self._entries if kind == wanted), None)


def _entries(party: Party) -> Iterator[tuple[str, str, str]]:
    """(country, kind, value) of each identifier that has a value."""
    for key, values in party.global_identifiers.items():
        country, _, kind = key.lower().rpartition(":")
        yield from [(country, kind, value) for value in values if value]


def _enterprise_scheme(number: str, *, country: str) -> str | None:
    """Return the scheme of a country's enterprise numbers; of the two in Luxembourg, only the matricule has one."""
    if country == "lu" and not is_luxembourg_matricule(number):
        return None
    return ENTERPRISE_SCHEMES.get(country)
