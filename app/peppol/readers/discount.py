"""A discount for early payment in the words of the payment terms (BT-20); EN 16931 has no term of its own for it."""

import re
from collections.abc import Iterable
from decimal import Decimal

_PERCENT = re.compile(r"(?a)(\d{1,2}(?:[.,]\d{1,4})?)\s*%")


def percentages(terms: str | None) -> list[Decimal]:
    """Return the percentages that payment terms name."""
    return [Decimal(text.replace(",", ".")) for text in _PERCENT.findall(terms or "")]


def in_words(terms: str | None, *, offered: Iterable[Decimal | None], days: int | None = None) -> str | None:
    """Return the payment terms with the discounts that are offered, unless they name their percentage."""
    named = frozenset(percentages(terms))
    within = f" within {days} days" if days else ""
    lines = [f"Cash discount: {one.normalize():f} %{within}" for one in offered if one and one not in named]
    return "\n".join([*([terms] if terms else []), *lines]) or None
