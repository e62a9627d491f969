"""VAT numbers by the form and check digits of their country."""

import re
from enum import StrEnum
from functools import lru_cache

import stdnum
from stdnum.ch import uid
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError
from stdnum.util import NumberValidationModule

from app.peppol.identifiers import is_norwegian_organisation_number

_PREFIX = re.compile(r"[A-Z]{2}")
_SEPARATORS = re.compile(r"[\s./:_-]")
_LONGEST = 24  # longer than any country's, and never remembered
_PREFIXES = {"GR": "EL"}  # countries whose VAT numbers begin otherwise than their ISO code
_COUNTRIES = {"EL": "gr", "XI": "gb"}


class Check(StrEnum):
    """What a country's own rules say of a number."""

    RIGHT = "right"
    WRONG_DIGITS = "wrong digits"  # it has the form, but not the check digits
    NOT_ONE = "not one"  # it has not even the form
    UNKNOWN = "unknown"  # no rules are known for its country


def check(number: str) -> Check:
    """Return what the country that the number begins with says of it."""
    return _remembered(number) if len(number) <= _LONGEST else Check.NOT_ONE


@lru_cache(maxsize=1024)
def _remembered(number: str) -> Check:
    country = number[:2]
    if not _PREFIX.fullmatch(country):
        return Check.NOT_ONE
    rules = stdnum.get_cc_module(_COUNTRIES.get(country, country.lower()), "vat")
    if rules is None:
        return Check.UNKNOWN
    verdicts = [_verdict(rules, text) for text in (number, number[2:])]
    if country == "CH":
        verdicts.append(_verdict(uid, number))  # without MWST, TVA or IVA behind it
    return min(verdicts, key=list(Check).index)


def _verdict(rules: NumberValidationModule, text: str) -> Check:
    try:
        rules.validate(text)
    except (InvalidChecksum, InvalidComponent):
        return Check.WRONG_DIGITS
    except ValidationError:
        return Check.NOT_ONE
    return Check.RIGHT


def compact(text: str) -> str:
    """Return the number in capitals, without blanks, points, strokes and hyphens."""
    return _SEPARATORS.sub("", text.upper())


def read(text: str, *, country: str) -> str | None:
    """Return the VAT number that the text is, with the prefix of its country; None when it is none.

    A number without a prefix is one of the country of its owner, an ISO code, when its check digits say so. One that
    names its country is taken when it has the form: what its owner calls a VAT number stays, with a slip in it too.
    Where no rules are known, only the owner's country is a prefix: `ST-NR 22/815/08154` is not of São Tomé.
    """
    number = compact(text)
    verdict = check(number)
    if verdict in (Check.RIGHT, Check.WRONG_DIGITS) or (verdict is Check.UNKNOWN and number[:2] == country):
        return f"BE0{number[2:]}" if re.fullmatch(r"BE\d{9}", number) else number
    return _completed(number, prefix=_PREFIXES.get(country, country))


def _completed(number: str, *, prefix: str) -> str | None:
    bare = number.removeprefix(prefix)
    if prefix == "NO" and is_norwegian_organisation_number(bare):
        return f"NO{bare}MVA"
    if prefix == "BE" and re.fullmatch(r"\d{9}", bare):
        bare = f"0{bare}"
    candidate = prefix + bare
    return candidate if prefix and check(candidate) is Check.RIGHT else None
