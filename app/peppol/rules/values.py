"""Read texts and numbers as XPath 2.0 does, the language of the official rules.

An absent or invalid number is None, XPath's empty sequence: arithmetic with it returns None, comparisons are false.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_DOWN, Context, Decimal
from functools import lru_cache
from math import copysign
from typing import TypeVar

from app.peppol.findings import brief

Number = Decimal | None

# Wide enough for every product of two amounts; without traps, so that no number crashes a rule
ARITHMETIC = Context(prec=60, traps=[])
ZERO = Decimal(0)
_HALF = Decimal("0.5")
_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_DIVISION = Decimal("1E-18")  # Saxon divides decimals to 18 places

_DECIMAL = re.compile(r"[ \t\r\n]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))[ \t\r\n]*")
_YEAR = r"-?(?:[1-9][0-9]{4,8}|[0-9]{4})"
_ZONE = r"(?:Z|([+-])(0[0-9]:[0-5][0-9]|1[0-3]:[0-5][0-9]|14:00))?"
_DATE = re.compile(rf"[ \t\r\n]*({_YEAR})-([0-9]{{2}})-([0-9]{{2}}){_ZONE}[ \t\r\n]*")
_CYCLE = 400  # years until the calendar repeats
_DAYS_OF_A_CYCLE = 146_097
_DAY = 24 * 60
SPACES = " \t\r\n"
_SPACES = re.compile(r"[ \t\r\n]+")


_Read = TypeVar("_Read")


def cached_if_short(read: Callable[[str], _Read]) -> Callable[[str], _Read]:
    """Cache a function for short texts only, so that no document can fill the memory."""
    cached = lru_cache(maxsize=8192)(read)

    def look_up(text: str) -> _Read:
        return cached(text) if len(text) < 128 else read(text)

    return look_up


@cached_if_short
def number(text: str) -> Number:
    """Return the value of an xs:decimal, else None."""
    found = _DECIMAL.fullmatch(text)
    return Decimal(found[1]) if found else None


@cached_if_short
def floating(text: str) -> float | None:
    """Return the value as XPath's number() reads it, None for NaN."""
    stripped = text.strip(" \t\r\n")
    if not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF", stripped):
        return None
    return float(stripped)


@cached_if_short
def sign(text: str) -> int | None:
    """Return -1, 0 or 1 as the official rules compare a text with 0; None if it is not a number.

    -0.0 is below zero, -0 is not: so in Saxon, the usual engine for these rules, though not in XPath.
    """
    value = floating(text)
    if value is None:
        return None
    below = value < 0 or (copysign(1, value) < 0 and not text.strip(SPACES)[1:].isdigit())
    return -1 if below else int(value > 0)


def squeeze(text: str) -> str:
    """Return a text without spaces at its ends and with single spaces within: XPath's normalize-space()."""
    if text.isalnum():
        return text
    return " ".join(text.split()) if text.isascii() else _SPACES.sub(" ", text).strip(" ")


def filled(text: str) -> bool:
    """Return whether the text has anything but spaces."""
    return bool(text.strip(SPACES))


def cents(value: Decimal) -> Decimal:
    """Round to two decimals as the rules do: half goes up, also below zero."""
    return ((value * _HUNDRED + _HALF).to_integral_value(ROUND_FLOOR)) * _CENT


def whole(value: Decimal) -> Decimal:
    """Round to a whole number, half up."""
    return (value + _HALF).to_integral_value(ROUND_FLOOR)


def divide(value: Decimal, by: Decimal) -> Decimal:
    """Return a quotient to 18 decimals; `by` is not zero."""
    quotient = value / by
    rounded = quotient.quantize(_DIVISION, rounding=ROUND_HALF_DOWN)
    return quotient if rounded.is_nan() else rounded


def total(values: Iterable[Number]) -> Decimal:
    """Return the sum of the numbers present."""
    return sum([value for value in values if value is not None], ZERO)


def near(value: Decimal, expected: Decimal, slack: Decimal) -> bool:
    """Return whether a value is within a rule's tolerance."""
    return value + slack >= expected and value - slack <= expected


def decimals(text: str) -> int:
    """Return the number of characters after the first full stop."""
    return len(text.partition(".")[2])


def day(text: str) -> int | None:
    """Return the start of an xs:date in minutes, UTC unless it has a zone; None if invalid."""
    found = _DATE.fullmatch(text)
    if not found or not int(found[1]):
        return None
    cycles, year = divmod(int(found[1]), _CYCLE)
    try:
        days = date(year + _CYCLE, int(found[2]), int(found[3])).toordinal() + cycles * _DAYS_OF_A_CYCLE
    except ValueError:
        return None
    hours, _, minutes = (found[5] or "0:0").partition(":")
    ahead = int(hours) * 60 + int(minutes)
    return days * _DAY + (ahead if found[4] == "-" else -ahead)


def plain(value: Decimal) -> str:
    """Return a number without an exponent, truncated if long."""
    return "a very large number" if value.adjusted() > 30 else brief(f"{value:f}")


def shown(value: Number) -> str:
    """Return an amount for people: at least two decimals, no exponent."""
    if value is None:
        return "missing"
    digits = plain(value)
    if not digits[-1].isdigit():  # truncated, or in words
        return digits
    whole_part, _, fraction = digits.partition(".")
    return f"{whole_part}.{fraction.rstrip('0').ljust(2, '0')}"


def computed(value: Number) -> str:
    """Return an expected amount for people, or say that its parts are missing."""
    return "unknown, as a part of it is missing" if value is None else shown(value)


def quoted(text: str) -> str:
    """Return a text in quotation marks, on one line and truncated."""
    return f"“{brief(text)}”"
