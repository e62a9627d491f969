"""The VAT rates above zero of the countries whose sellers Banqup's clients buy from, the standard rate first.

Source: European Commission, Taxes in Europe Database; for the others their tax authorities. A rate that has ended
stays while invoices at it may still arrive.
"""

from decimal import Decimal


def _rates(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(rate) for rate in text.split())


RATES = {
    "AT": _rates("20 13 10"),
    "BE": _rates("21 12 6"),
    "BG": _rates("20 9"),
    "CH": _rates("8.1 3.8 2.6"),
    "CY": _rates("19 9 5 3"),
    "CZ": _rates("21 12"),
    "DE": _rates("19 7"),
    "DK": _rates("25"),
    "EE": _rates("24 22 13 9"),
    "ES": _rates("21 10 4"),
    "FI": _rates("25.5 14 13.5 10"),
    "FR": _rates("20 10 5.5 2.1"),
    "GB": _rates("20 5"),
    "GR": _rates("24 13 6"),
    "HR": _rates("25 13 5"),
    "HU": _rates("27 18 5"),
    "IE": _rates("23 13.5 9 4.8"),
    "IT": _rates("22 10 5 4"),
    "LT": _rates("21 12 9 5"),
    "LU": _rates("17 14 8 3"),
    "LV": _rates("21 12 5"),
    "MT": _rates("18 12 7 5"),
    "NL": _rates("21 9"),
    "NO": _rates("25 15 12"),
    "PL": _rates("23 8 5"),
    "PT": _rates("23 13 6"),
    "RO": _rates("21 19 11 9 5"),
    "SE": _rates("25 12 6"),
    "SI": _rates("22 9.5 5"),
    "SK": _rates("23 19 5"),
}
