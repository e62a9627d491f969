"""Compare two descriptions of a party: by their numbers, else by name, else by place."""

import re
import unicodedata
from collections.abc import Iterator

from app.peppol import vat_numbers
from app.peppol.invoice import Address, Party

# Legal forms, often left out of a name
_LEGAL_FORMS = frozenset(
    {
        *("ab", "aps", "as", "asbl", "bv", "bvba", "cv", "cvba", "eurl", "gmbh", "kg", "llc", "ltd", "nv", "oy", "oyj"),
        *("plc", "sa", "sarl", "sas", "sasu", "sca", "scrl", "se", "snc", "spa", "sprl", "srl", "ug", "vof", "vzw"),
    }
)
_WORD = re.compile(r"\w+")
_NOT_DIGITS = re.compile(r"\D")
_ALIKE = 0.5  # of the words of both names


def is_same_party(one: Party, other: Party) -> bool:
    """Return whether both describe the same party; a description without name and number fits any party."""
    numbers, others = set(_numbers(one)), set(_numbers(other))
    if numbers & others:
        return True
    if {kind for kind, _ in numbers} & {kind for kind, _ in others}:
        return False
    names, known = list(_names(one)), list(_names(other))
    if not names or not known:
        return True
    return any(_are_alike(name, another) for name in names for another in known) or _is_same_place(
        one.address, other.address
    )


def _numbers(party: Party) -> Iterator[tuple[str, str]]:
    """Yield each number with its kind, since only numbers of the same kind can contradict each other."""
    if party.vat_identifier:
        number = vat_numbers.compact(party.vat_identifier)
        yield ("enterprise", number[2:]) if number.startswith("BE") else ("vat", number)
    registration = party.legal_registration
    if registration and registration.value:
        digits = _NOT_DIGITS.sub("", registration.value)
        yield ("enterprise", digits.zfill(10)) if registration.scheme == "0208" else (registration.scheme or "", digits)
    yield from ((each.scheme, each.value) for each in party.identifiers if each.scheme)


def _names(party: Party) -> Iterator[frozenset[str]]:
    for name in (party.name, party.trading_name):
        words = frozenset(_WORD.findall(_plain(name or "").replace(".", ""))) - _LEGAL_FORMS
        if words:
            yield words


def _plain(text: str) -> str:
    """Return the text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether one name contains the other, or most words are in both."""
    common = one & other
    return common in (one, other) or len(common) > _ALIKE * len(one | other)


def _is_same_place(one: Address | None, other: Address | None) -> bool:
    if one is None or other is None or not one.line_1 or not other.line_1 or not one.post_code:
        return False
    return one.post_code == other.post_code and _words(one.line_1) == _words(other.line_1)


def _words(text: str) -> list[str]:
    return _WORD.findall(_plain(text))
