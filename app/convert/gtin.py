"""GTIN: the item numbers of GS1, which a check digit tells from other numbers."""

_LENGTHS = frozenset({8, 12, 13, 14})


def is_gtin(value: str) -> bool:
    """Return whether the last digit is the check digit of a GTIN (GS1: weights 3 and 1 from the right)."""
    if len(value) not in _LENGTHS or not (value.isascii() and value.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(value)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
