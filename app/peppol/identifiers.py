"""Numbers with check digits, and the Belgian structured communication.

Each `is_…` takes a number as the document writes it, without dots or spaces, and returns whether it is well-formed.
"""

import re

_DIGITS = re.compile(r"[0-9]+")
_COMMUNICATION = re.compile(r"(?P<mark>\+\+\+|\*\*\*)\s*([0-9]{3})\s*/\s*([0-9]{4})\s*/\s*([0-9]{5})\s*(?P=mark)")
_BARE_COMMUNICATION = re.compile(r"([0-9]{3})([0-9]{4})([0-9]{5})|([0-9]{3})/([0-9]{4})/([0-9]{5})")


def _digits(text: str, length: int) -> list[int] | None:
    """Return the digits of a number of exactly this length, else None."""
    return list(map(int, text)) if len(text) == length and _DIGITS.fullmatch(text) else None


def _weighted(digits: list[int], *weights: int) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(text: str) -> bool:
    """Return whether the last digit makes the Luhn sum a multiple of ten."""
    if not _DIGITS.fullmatch(text):
        return False
    doubled = [digit * 2 if position % 2 else digit for position, digit in enumerate(map(int, reversed(text)))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def is_belgian_enterprise_number(text: str) -> bool:
    """Check for ten digits (0208), the last two being 97 minus the first eight modulo 97."""
    return len(text) == 10 and _DIGITS.fullmatch(text) is not None and int(text[8:]) == 97 - int(text[:8]) % 97


def structured_communication(text: str) -> str | None:
    """Return a structured communication in its canonical form `+++ddd/dddd/ddddd+++`, else None.

    We recognise it between +++ or ***, as ddd/dddd/ddddd, or as twelve digits with correct check digits. The check
    digits of the other forms are left to `has_right_check_digits`.
    """
    stripped = text.strip()
    marked = _COMMUNICATION.fullmatch(stripped)
    if marked:
        return f"+++{marked[2]}/{marked[3]}/{marked[4]}+++"
    bare = _BARE_COMMUNICATION.fullmatch(stripped)
    if not bare:
        return None
    parts = [part for part in bare.groups() if part]
    canonical = f"+++{'/'.join(parts)}+++"
    return canonical if "/" in stripped or has_right_check_digits(canonical) else None


def has_right_check_digits(communication: str) -> bool:
    """Return whether the last two digits of a structured communication are the first ten modulo 97, with 97 for 0."""
    digits = re.sub(r"[^0-9]", "", communication)
    return len(digits) == 12 and int(digits[10:]) == (int(digits[:10]) % 97 or 97)


def is_gs1_number(text: str) -> bool:
    """Check for digits with a GS1 check digit, of any length: GLN (0088), GTIN (0160)."""
    if not _DIGITS.fullmatch(text):
        return False
    reversed_digits = [int(digit) for digit in reversed(text[:-1])]
    weighted = sum(digit * (1 if position % 2 else 3) for position, digit in enumerate(reversed_digits))
    return (10 - weighted % 10) % 10 == int(text[-1])


def is_norwegian_organisation_number(text: str) -> bool:
    """Check for nine digits (0192), modulo 11."""
    digits = _digits(text, 9)
    if digits is None or not any(digits):
        return False
    return (11 - _weighted(digits, 3, 2, 7, 6, 5, 4, 3, 2) % 11) % 11 == digits[8]


def is_danish_cvr_number(text: str) -> bool:
    """Check for eight digits (0184), optionally after DK; the official rule ignores the check digit."""
    return bool(re.fullmatch(r"(DK)?[0-9]{8}", text))


def is_danish_p_number(text: str) -> bool:
    """Check for ten digits (0096)."""
    return _digits(text, 10) is not None


def is_danish_se_number(text: str) -> bool:
    """Check for DK and eight digits (0198)."""
    return bool(re.fullmatch(r"DK[0-9]{8}", text))


def is_swedish_organisation_number(text: str) -> bool:
    """Check for ten digits (0007), Luhn."""
    return _digits(text, 10) is not None and luhn(text)


def is_australian_business_number(text: str) -> bool:
    """Check for eleven digits (0151), modulo 89."""
    digits = _digits(text, 11)
    if digits is None:
        return False
    return (_weighted(digits, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19) - 10) % 89 == 0


def is_italian_ipa_code(text: str) -> bool:
    """Check for six letters or digits (0201)."""
    return bool(re.fullmatch(r"[A-Za-z0-9]{6}", text))


def is_italian_tax_code(text: str) -> bool:
    """Check for a codice fiscale (0210): eleven digits, or sixteen characters in the official pattern."""
    return bool(
        (re.fullmatch(r"[+-]?[0-9]{10,11}", text) and len(text) == 11)
        or re.fullmatch(r"[A-Za-z]{6}[0-9]{2}[A-Za-z][0-9]{2}.{3}[0-9][A-Za-z]", text)
    )


def is_italian_vat_number(text: str) -> bool:
    """Check for a partita IVA (0211): IT and eleven digits, Luhn; like the official rule, pass other countries."""
    if text[:2] not in {"IT", "it"}:
        return True
    return _digits(text[2:], 11) is not None and luhn(text[2:])


def is_dutch_kvk_number(text: str) -> bool:
    """Check for eight digits of the chamber of commerce (0106)."""
    return _digits(text, 8) is not None


def is_dutch_oin(text: str) -> bool:
    """Check for twenty digits of a government organisation (0190)."""
    return _digits(text, 20) is not None


def is_dutch_vat_number(text: str) -> bool:
    """Check for the form NL123456789B12 (9944)."""
    return bool(re.fullmatch(r"NL[0-9]{9}B[0-9]{2}", text))


def is_dutch_establishment_number(text: str) -> bool:
    """Check for twelve digits of the chamber of commerce (0217)."""
    return _digits(text, 12) is not None


def is_greek_tax_number(text: str) -> bool:
    """Check the first nine digits (9933), powers of two modulo 11; the official rule ignores the rest."""
    digits = _digits(text[:9], 9)
    return digits is not None and _weighted(digits, 256, 128, 64, 32, 16, 8, 4, 2) % 11 % 10 == digits[8]


def is_luxembourg_vat_number(text: str) -> bool:
    """Check for LU and eight digits, the last two being the first six modulo 89."""
    found = re.fullmatch(r"LU([0-9]{6})([0-9]{2})", text)
    return bool(found) and found is not None and int(found[1]) % 89 == int(found[2])


def is_luxembourg_matricule(text: str) -> bool:
    """Check for eleven digits (0240): legal form 20 or above, modulo 11; form 24 also has a second series."""
    digits = _digits(text, 11)
    if digits is None or int(text[4:6]) < 20:
        return False
    remainder = _weighted(digits, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11
    allowed = {0 if remainder == 0 else 11 - remainder}
    if text[4:6] == "24":
        allowed.add({0: 1, 1: 0}.get(remainder, 12 - remainder))
    return digits[10] in allowed


def is_french_siren(text: str) -> bool:
    """Check for nine digits (0002) with a Luhn check digit."""
    return _digits(text, 9) is not None and luhn(text)


def is_german_routing_id(text: str) -> bool:
    """Check for a Leitweg-ID (0204), whose last two digits make it 1 modulo 97 (ISO 7064)."""
    if not re.fullmatch(r"[0-9]{2,12}(-[0-9A-Z]{1,30})?-[0-9]{2}", text):
        return False
    return _modulo_97(text.replace("-", "")) == 1


def _modulo_97(text: str) -> int:
    codes = (ord(character) for character in text)
    return int("".join(str(code - 55 if code > 64 else code - 48) for code in codes)) % 97


def is_iban(text: str) -> bool:
    """Check for two letters, two digits and up to thirty more, modulo 97, ignoring spaces."""
    packed = re.sub(r"\s", "", text)
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Za-z0-9]{0,30}", packed):
        return False
    return _modulo_97(packed[4:] + packed[:4]) == 1
