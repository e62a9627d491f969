"""Check digits, and the Belgian structured communication."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.peppol import identifiers

RIGHT = [
    (identifiers.is_belgian_enterprise_number, "0403170701"),
    (identifiers.is_belgian_enterprise_number, "1000000021"),
    (identifiers.is_gs1_number, "5412345000013"),
    (identifiers.is_norwegian_organisation_number, "974760673"),
    (identifiers.is_swedish_organisation_number, "5560123456"),
    (identifiers.is_australian_business_number, "53004085616"),
    (identifiers.is_italian_vat_number, "IT00743110157"),
    (identifiers.is_italian_vat_number, "FR12345678901"),
    (identifiers.is_italian_tax_code, "RSSMRA85T10A562S"),
    (identifiers.is_greek_tax_number, "094259216"),
    (identifiers.is_luxembourg_vat_number, "LU10000356"),
    (identifiers.is_iban, "BE68 5390 0754 7034"),
    (identifiers.is_dutch_vat_number, "NL123456789B01"),
    (identifiers.is_danish_cvr_number, "12345678"),
]
WRONG = [
    (identifiers.is_belgian_enterprise_number, "0403170702"),
    (identifiers.is_belgian_enterprise_number, "BE0403170701"),
    (identifiers.is_gs1_number, "5412345000014"),
    (identifiers.is_gs1_number, ""),
    (identifiers.is_norwegian_organisation_number, "000000000"),
    (identifiers.is_swedish_organisation_number, "556012345"),
    (identifiers.is_australian_business_number, "5300408561"),
    (identifiers.is_italian_vat_number, "IT00743110158"),
    (identifiers.is_italian_tax_code, "RSSMRA85T10A562"),
    (identifiers.is_greek_tax_number, "09425921"),
    (identifiers.is_luxembourg_vat_number, "LU10000357"),
    (identifiers.is_luxembourg_matricule, "19961912345"),
    (identifiers.is_iban, "BE68 5390 0754 7035"),
    (identifiers.is_iban, "BE"),
]


@pytest.mark.parametrize(("check", "number"), RIGHT)
def test_a_number_with_correct_check_digits_is_valid(check: object, number: str) -> None:
    assert callable(check)
    assert check(number)


@pytest.mark.parametrize(("check", "number"), WRONG)
def test_a_number_with_wrong_check_digits_or_form_is_invalid(check: object, number: str) -> None:
    assert callable(check)
    assert not check(number)


@pytest.mark.parametrize(
    "text",
    ["+++090/9337/55493+++", "***090/9337/55493***", " +++ 090 / 9337 / 55493 +++ ", "090/9337/55493", "090933755493"],
)
def test_a_structured_communication_is_recognised_and_written_canonically(text: str) -> None:
    assert identifiers.structured_communication(text) == "+++090/9337/55493+++"


@pytest.mark.parametrize(
    "text", ["", "2026-117", "090933755494", "+++090/9337/5549+++", "+++090/9337/55493***", "RF18539007547034"]
)
def test_other_remittance_information_is_not_a_structured_communication(text: str) -> None:
    assert identifiers.structured_communication(text) is None


def test_wrong_check_digits_are_distinguished_from_free_text() -> None:
    communication = identifiers.structured_communication("+++090/9337/55494+++")

    assert communication is not None
    assert not identifiers.has_right_check_digits(communication)


def test_the_check_digits_of_a_multiple_of_97_are_97() -> None:
    assert identifiers.has_right_check_digits("+++000/0000/09797+++")
    assert not identifiers.has_right_check_digits("+++000/0000/09700+++")


@given(st.integers(0, 9_999_999_999))
def test_ten_digits_and_their_remainder_are_a_structured_communication(number: int) -> None:
    digits = f"{number:010}{number % 97 or 97:02}"
    canonical = f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"

    assert identifiers.has_right_check_digits(canonical)
    assert identifiers.structured_communication(digits) == canonical
