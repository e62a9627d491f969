"""Banqup's VAT categories and percentages in the terms of EN 16931."""

from decimal import Decimal
from functools import lru_cache

from app.banqup.assumptions import VatKey
from app.peppol.invoice import Vat

# UNCL 5305 by code and by word
CATEGORIES = {
    "S": "S",
    "STANDARD": "S",
    "STANDARD_RATE": "S",
    "STANDARD_RATED": "S",
    "REDUCED": "S",
    "REDUCED_RATE": "S",
    "INTERMEDIATE": "S",
    "SUPER_REDUCED": "S",
    "PARKING": "S",
    "Z": "Z",
    "ZERO": "Z",
    "ZERO_RATE": "Z",
    "ZERO_RATED": "Z",
    "E": "E",
    "EXEMPT": "E",
    "EXEMPTED": "E",
    "VAT_EXEMPT": "E",
    "AE": "AE",
    "REVERSE_CHARGE": "AE",
    "REVERSE_CHARGED": "AE",
    "CO_CONTRACTOR": "AE",
    "K": "K",
    "IC": "K",
    "INTRA_COMMUNITY": "K",
    "INTRA_COMMUNITY_SUPPLY": "K",
    "INTRACOMMUNITY": "K",
    "G": "G",
    "EXPORT": "G",
    "EXPORT_OUTSIDE_EU": "G",
    "O": "O",
    "NOT_SUBJECT": "O",
    "NOT_SUBJECT_TO_VAT": "O",
    "OUT_OF_SCOPE": "O",
    "OUTSIDE_SCOPE": "O",
    "L": "L",
    "IGIC": "L",
    "CANARY_ISLANDS": "L",
    "M": "M",
    "IPSI": "M",
    "CEUTA_AND_MELILLA": "M",
    "B": "B",
    "SPLIT_PAYMENT": "B",
}


def vat(key: VatKey | None) -> Vat | None:
    """Return category and rate, or None without either; an unknown category stays, for the rules to refuse."""
    if key is None or (key.vat_category is None and key.vat_percentage is None):
        return None
    if len(key.vat_category or "") < 128:
        return _remembered(key.vat_category, key.vat_percentage)
    return _vat(key.vat_category, key.vat_percentage)


def _vat(named: str | None, percentage: Decimal | None) -> Vat:
    category = _category(named, percentage=percentage)
    return Vat(category, _rate(category, percentage=percentage))


_remembered = lru_cache(maxsize=256)(_vat)  # a document has many lines but few rates


def _category(named: str | None, *, percentage: Decimal | None) -> str:
    """Return the code; a percentage above zero without one means the standard category."""
    if named:
        word = named.strip().upper().replace("-", "_").replace(" ", "_")
        return CATEGORIES.get(word, named.strip())
    return "S" if percentage else ""


def _rate(category: str, *, percentage: Decimal | None) -> Decimal | None:
    """Return the rate without trailing zeros: none outside the scope of VAT (BR-O-05), 0 in categories without VAT."""
    if category == "O" and not percentage:
        return None
    if percentage is None:
        return Decimal(0) if category in ("Z", "E", "AE", "K", "G") else None
    return _plain(percentage)


def _plain(percentage: Decimal) -> Decimal:
    """Return the rate in one form: 21.00 and 21 make one VAT breakdown."""
    whole = percentage.to_integral_value()
    return whole if whole == percentage else percentage.normalize()
