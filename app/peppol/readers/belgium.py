"""Belgian VAT codes of UBL.BE 1.31 and e-FFF, and their meaning in EN 16931.

A code is the name of a VAT category (list BTCC) and, with `BETE-` before it, the code of an exemption (list BVERC).
"""

from decimal import Decimal

_PREFIX = "BETE-"
_EXEMPT = "NA"
_RATES = {"00": Decimal(0), "01": Decimal(6), "02": Decimal(12), "03": Decimal(21)}
# The sentences of the list BVERC
REASONS = {
    "45": "Reverse charge - Contractor",
    "EX": "Exempt",
    "NA": "Exempt",
    "FD": "Financial discount",
    "SC": "Small company",
    "00/44": "0% Clause 44",
    "03/SE": "Standard exchange",
    "MA": "Margin",
    "46/GO": "Intra-community supply - Goods",
    "47/TO": "Intra-community supply - Manufacturing cost",
    "47/AS": "Intra-community supply - Assembly",
    "47/DI": "Intra-community supply - Distance",
    "47/SE": "Intra-community supply - Services",
    "44": "Intra-community supply - Services B2B",
    "46/TR": "Intra-community supply - Triangle a-B-c",
    "47/EX": "Export non E.U.",
    "47/EI": "Indirect export",
    "47/EE": "Export via E.U.",
    "NS": "Not subject to VAT",
}
_CATEGORIES = {
    "00": "Z",
    "01": "S",
    "02": "S",
    "03": "S",
    "45": "AE",
    "NA": "E",
    "FD": "E",
    "SC": "E",
    "00/44": "E",
    "MA": "E",
    "46/GO": "K",
    "46/TR": "K",
    "47/EX": "G",
    "47/EI": "G",
    "47/EE": "G",
    "NS": "O",
}


def category(name: str | None) -> str | None:
    """Return the UNCL 5305 category of a Belgian code, if it has exactly one."""
    return _CATEGORIES.get(name or "")


def rate(name: str | None) -> Decimal | None:
    """Return the percentage of a Belgian code, if it has one."""
    return _RATES.get(name or "")


def reason(code: str | None) -> str | None:
    """Return the sentence for a Belgian tax code or exemption code."""
    return REASONS.get((code or "").removeprefix(_PREFIX))


def is_standard_exchange(name: str | None) -> bool:
    """Return whether the Belgian code marks a rate whose base a part taken back in exchange raises."""
    return name == "03/SE"


def says_nothing_new(name: str | None, *, category: str, rate: Decimal | None) -> bool:
    """Return whether the Belgian code only repeats the category and the rate beside it."""
    if name == _EXEMPT:
        return category == _CATEGORIES[name]
    return name in _RATES and _CATEGORIES[name] == category and _RATES[name] == rate
