"""VAT numbers by the rules of their country."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.peppol.vat_numbers import Check, check, read


@pytest.mark.parametrize(
    "number",
    [
        *("ATU13585627", "BE0404616494", "BE1000000021", "BG175074752", "CHE107787577MWST", "CHE107787577"),
        *("CY10259033P", "CZ25123891", "DE129274202", "DK13585628", "EE100931558", "EL094259216", "ESB58378431"),
        *("FI20774740", "FR40303265045", "GB980780684", "HR33392005961", "HU12892312", "IE6433435F", "IT00743110157"),
        *("LT119511515", "LU10000356", "LV40003009497", "MC53000004605", "MT11679112", "NL004495445B01"),
        *("NO974760673MVA", "PL8567346215", "PT501964843", "RO18547290", "RS100000024", "SE556036079301"),
        *("SI50223054", "SK2022749619", "SM24165", "TR4540536920", "XI980780684"),
    ],
)
def test_a_number_with_the_form_and_check_digits_of_its_country_is_right(number: str) -> None:
    assert check(number) is Check.RIGHT
    assert read(number, country="") == number


@pytest.mark.parametrize("number", ["DE123456789", "BE0404616495", "NL001234567B88", "GB123456789", "SE123456789001"])
def test_a_number_with_wrong_check_digits_has_at_least_the_form(number: str) -> None:
    assert check(number) is Check.WRONG_DIGITS


@pytest.mark.parametrize("number", ["DE2281508154", "DEU123456789", "NL27375186", "SE5560360793", "22/815/08154", ""])
def test_a_number_of_another_form_is_none(number: str) -> None:
    assert check(number) is Check.NOT_ONE


def test_of_a_country_without_known_rules_nothing_is_said() -> None:
    assert check("US123456789") is Check.UNKNOWN


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("BE 0404.616.494", "BE", "BE0404616494"),
        ("BE404616494", "", "BE0404616494"),
        ("0404616494", "BE", "BE0404616494"),
        ("404616494", "BE", "BE0404616494"),
        ("nl004495445b01", "", "NL004495445B01"),
        ("004495445B01", "NL", "NL004495445B01"),
        ("DE 129 274 202", "DE", "DE129274202"),
        ("129274202", "DE", "DE129274202"),
        ("094259216", "GR", "EL094259216"),
        ("U13585627", "AT", "ATU13585627"),
        ("B58378431", "ES", "ESB58378431"),
        ("40303265045", "FR", "FR40303265045"),
        ("974760673", "NO", "NO974760673MVA"),
        ("NO 974 760 673", "NO", "NO974760673MVA"),
        ("CHE-107.787.577 MWST", "CH", "CHE107787577MWST"),
        ("US 12-3456789", "US", "US123456789"),
    ],
)
def test_a_number_is_written_with_its_country_and_without_separators(text: str, country: str, number: str) -> None:
    assert read(text, country=country) == number


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("22/815/08154", "DE"),  # a German tax number
        ("DE 22/815/08154", "DE"),
        ("ST-NR 22/815/08154", "DE"),
        ("123456789", "DE"),  # nine digits that are no VAT number
        ("0404616495", "BE"),
        ("27375186", "NL"),  # a KVK number
        ("129274202", ""),
        ("129274202", "US"),
        ("", "DE"),
    ],
)
def test_another_number_never_becomes_a_vat_number(text: str, country: str) -> None:
    assert read(text, country=country) is None


@given(st.text(max_size=30), st.sampled_from(["BE", "DE", "GR", "NO", "ES", "CH", "US", ""]))
def test_no_text_is_too_odd_to_be_read(text: str, country: str) -> None:
    number = read(text, country=country)
    assert number is None or check(number) is not Check.NOT_ONE


def test_a_long_text_is_none_and_not_remembered() -> None:
    assert check("DE" + "1" * 100_000) is Check.NOT_ONE
