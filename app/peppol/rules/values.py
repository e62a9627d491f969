"""Texts and numbers as XPath 2.0 reads them, since the official rules are written in it.

An absent or unreadable number is None, XPath's empty sequence: arithmetic with it gives None, a comparison is false.
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

# Wide enough for every product of two amounts, and without traps: a nonsensical number is never a crash
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
_CYCLE = 400  # years, after which the calendar repeats itself
_DAYS_OF_A_CYCLE = 146_097
_DAY = 24 * 60
SPACES = " \t\r\n"
_SPACES = re.compile(r"[ \t\r\n]+")


_Read = TypeVar("_Read")


def remembering(read: Callable[[str], _Read]) -> Callable[[str], _Read]:
    """Remember short texts only: a document repeats its numbers and names, a hostile one cannot fill the memory."""
    remembered = lru_cache(maxsize=8192)(read)

    def look_up(text: str) -> _Read:
        return remembered(text) if len(text) < 128 else read(text)

    return look_up


@remembering
def number(text: str) -> Number:
    """The value of an xs:decimal, None when the text is not one."""
    found = _DECIMAL.fullmatch(text)
    return Decimal(found[1]) if found else None


@remembering
def floating(text: str) -> float | None:
    """The value as XPath's number() reads it, None for NaN."""
    stripped = text.strip(" \t\r\n")
    if not re.fullmatch(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF", stripped):
        return None
    return float(stripped)


@remembering
def sign(text: str) -> int | None:
    """-1, 0 or 1 as the official rules compare a text with 0, None when it is no number.

    -0.0 is below zero, -0 is not: not so in XPath, but in Saxon, under which everybody runs the rules.
    """
    value = floating(text)
    if value is None:
        return None
    below = value < 0 or (copysign(1, value) < 0 and not text.strip(SPACES)[1:].isdigit())
    return -1 if below else int(value > 0)


def squeeze(text: str) -> str:
    """normalize-space(): no spaces at the ends, single ones within."""
    if text.isalnum():
        return text
    return " ".join(text.split()) if text.isascii() else _SPACES.sub(" ", text).strip(" ")


def filled(text: str) -> bool:
    """Whether there is anything but spaces."""
    return bool(text.strip(SPACES))


def cents(value: Decimal) -> Decimal:
    """Rounded to two decimals as the rules do it: half goes up, also below zero."""
    return ((value * _HUNDRED + _HALF).to_integral_value(ROUND_FLOOR)) * _CENT


def whole(value: Decimal) -> Decimal:
    """Rounded to a whole number, half up."""
    return (value + _HALF).to_integral_value(ROUND_FLOOR)


def divide(value: Decimal, by: Decimal) -> Decimal:
    """A quotient to 18 decimals; `by` is not zero."""
    quotient = value / by
    rounded = quotient.quantize(_DIVISION, rounding=ROUND_HALF_DOWN)
    return quotient if rounded.is_nan() else rounded


def total(values: Iterable[Number]) -> Decimal:
    """The sum of what is there."""
    return sum([value for value in values if value is not None], ZERO)


def near(value: Decimal, expected: Decimal, slack: Decimal) -> bool:
    """Whether a value lies within the slack that a rule allows."""
    return value + slack >= expected and value - slack <= expected


def decimals(text: str) -> int:
    """How many characters follow the first full stop."""
    return len(text.partition(".")[2])


def day(text: str) -> int | None:
    """When an xs:date begins, in minutes, UTC where it names no zone; None when the text is no date."""
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
    """A number without an exponent, cut where it is long."""
    return "an immense number" if value.adjusted() > 30 else brief(f"{value:f}")


def shown(value: Number) -> str:
    """An amount as a person writes it: at least two decimals, no exponent."""
    if value is None:
        return "nothing"
    digits = plain(value)
    if not digits[-1].isdigit():  # cut, or in words
        return digits
    whole_part, _, fraction = digits.partition(".")
    return f"{whole_part}.{fraction.rstrip('0').ljust(2, '0')}"


def given(value: Number) -> str:
    """How an amount was stated: `given as 12.00`, or `missing`."""
    return "missing" if value is None else f"given as {shown(value)}"


def quoted(text: str) -> str:
    """A text in quotation marks, or `nothing`."""
    return f"“{brief(text)}”" if filled(text) else "nothing"
