"""Check and normalise the numbers of public registers, by their identifier scheme."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from stdnum.ch import uid
from stdnum.ee import registrikood
from stdnum.fi import ytunnus
from stdnum.fr import siret
from stdnum.is_ import kennitala

from app.peppol.identifiers import is_french_siren, is_german_routing_id, is_iban
from app.peppol.invoice import Identifier
from app.peppol.rules.identifier_forms import IdentifierForms

_LONGEST = 40  # no register has longer numbers; longer texts are not cached
_SEPARATORS = re.compile(r"[\s./_-]")
# What people add before or after a number
_AROUND = {
    "0002": re.compile(r"^FR"),
    "0007": re.compile(r"^SE"),
    "0009": re.compile(r"^FR"),
    "0106": re.compile(r"^(NL)?(KVK)?"),
    "0192": re.compile(r"^NO|MVA$"),
    "0208": re.compile(r"^(BE)?(KBO|BCE)?"),
}
_BEFORE = {"0198": "DK", "9944": "NL"}  # prefixes that people leave out
# Checks that Peppol does not make; python-stdnum ignores separators, a normalised number has none
_CHECKS: dict[str, Callable[[str], bool]] = {
    "0002": is_french_siren,
    "0009": lambda text: text.isdecimal() and siret.is_valid(text),
    "0183": lambda text: text.isalnum() and uid.is_valid(text),
    "0191": lambda text: text.isdecimal() and registrikood.is_valid(text),
    "0196": lambda text: text.isdecimal() and kennitala.is_valid(text),
    "0204": is_german_routing_id,
    "0212": lambda text: text.isdecimal() and ytunnus.is_valid(text),
    "0216": lambda text: text.isdecimal() and text[:4] == "0037" and ytunnus.is_valid(text[4:]),
    "0225": is_french_siren,
    "9918": is_iban,
}
# Country → schemes of its enterprise numbers, which differ in form
_OF_COUNTRY = {
    "BE": ("0208",),
    "DK": ("0184",),
    "FR": ("0002", "0009"),
    "NL": ("0106", "0190"),
    "NO": ("0192",),
    "SE": ("0007",),
}


def is_accepted(identifier: Identifier, *, forms: IdentifierForms) -> bool:
    """Return whether Peppol accepts the value in its scheme."""
    form = forms.of(identifier.scheme or "", is_address=True, vat_prefix="")
    return form is None or form.valid(identifier.value)


def can_exist(identifier: Identifier, *, forms: IdentifierForms) -> bool:
    """Return whether the value passes every known check of its scheme, including those that Peppol does not make."""
    judge = _remembered if len(identifier.value) <= _LONGEST else _can_exist
    return judge(identifier, forms)


def _can_exist(identifier: Identifier, forms: IdentifierForms) -> bool:
    check = _CHECKS.get(identifier.scheme or "")
    return is_accepted(identifier, forms=forms) and (check is None or check(identifier.value))


_remembered = lru_cache(maxsize=1024)(_can_exist)  # the parties of a client recur from document to document


def written(identifier: Identifier, *, forms: IdentifierForms) -> Identifier | None:
    """Return the identifier in the notation of its register, None if Peppol accepts it in no notation."""
    if can_exist(identifier, forms=forms):
        return identifier
    for check in (can_exist, is_accepted):
        for one in _ways_of_writing(identifier):
            if check(one, forms=forms):
                return one
    return None


def of_country(value: str, *, country: str, forms: IdentifierForms) -> Identifier | None:
    """Return a number without a scheme as an enterprise number of the country, None if it is not one."""
    schemes = _OF_COUNTRY.get(country, ())
    ways = (one for scheme in schemes for one in _ways_of_writing(Identifier(value, scheme)))
    return next((one for one in ways if can_exist(one, forms=forms)), None)


def _ways_of_writing(identifier: Identifier) -> Iterator[Identifier]:
    """Yield the value unchanged, without separators, without common additions, and with omitted prefixes."""
    scheme = identifier.scheme or ""
    yield identifier
    compact = _SEPARATORS.sub("", identifier.value.upper())
    yield Identifier(compact, scheme)
    bare = _AROUND[scheme].sub("", compact) if scheme in _AROUND else compact
    yield Identifier(bare, scheme)
    if scheme == "0208":
        yield Identifier(bare.zfill(10), scheme)
    if scheme in _BEFORE:
        yield Identifier(_BEFORE[scheme] + compact, scheme)
