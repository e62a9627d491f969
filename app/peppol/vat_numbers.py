"""Check VAT numbers by the form and check digits of their country."""

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
_LONGEST = 24  # no country has longer ones; longer texts are not cached
_PREFIXES = {"GR": "EL"}  # VAT prefixes that differ from the ISO code
_COUNTRIES = {"EL": "gr", "XI": "gb"}


class Check(StrEnum):
    """The verdict of a country's own rules on a number."""

    RIGHT = "right"
    WRONG_DIGITS = "wrong digits"  # correct form, wrong check digits
    NOT_ONE = "not one"  # wrong form
    UNKNOWN = "unknown"  # no rules known for the country


def check(number: str) -> Check:
    """Return the verdict of the country that the number begins with."""
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
        verdicts.append(_verdict(uid, number))  # without the suffix MWST, TVA or IVA
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
    """Return the number in capitals, without separators."""
    return _SEPARATORS.sub("", text.upper())


def read(text: str, *, country: str) -> str | None:
    """Return the text as a VAT number with its country prefix, None if it is not a VAT number.

    `country` is the owner's, an ISO code. Without a prefix, the check digits must be correct for that country. With a
    prefix, the form is enough: the issuer's own VAT number stays even if it has a typing error. If no rules are known
    for a prefix, it must be the owner's country: `ST-NR 22/815/08154` is not a number of São Tomé.
    """
    return (_read_again if len(text) <= _LONGEST else _read)(text, country)


def _read(text: str, country: str) -> str | None:
    number = compact(text)
    verdict = check(number)
    if verdict in (Check.RIGHT, Check.WRONG_DIGITS) or (verdict is Check.UNKNOWN and number[:2] == country):
        return f"BE0{number[2:]}" if re.fullmatch(r"BE\d{9}", number) else number
    return _completed(number, prefix=_PREFIXES.get(country, country))


_read_again = lru_cache(maxsize=1024)(_read)  # the parties of a client recur from document to document


def _completed(number: str, *, prefix: str) -> str | None:
    bare = number.removeprefix(prefix)
    if prefix == "NO" and is_norwegian_organisation_number(bare):
        return f"NO{bare}MVA"
    if prefix == "BE" and re.fullmatch(r"\d{9}", bare):
        bare = f"0{bare}"
    candidate = prefix + bare
    return candidate if prefix and check(candidate) is Check.RIGHT else None
