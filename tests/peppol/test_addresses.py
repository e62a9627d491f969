"""Electronic addresses from the numbers of a party, in schemes that Peppol accepts."""

import pytest

from app.peppol import addresses, codes
from app.peppol.invoice import Identifier, Party


def address(**terms: object) -> Identifier | None:
    found = addresses.inferred(Party(**terms))  # type: ignore[arg-type]  # terms of a party, as the test names them
    return found.address if found else None


@pytest.mark.parametrize(
    ("vat_number", "scheme", "value"),
    [
        ("BE0404616494", "0208", "0404616494"),
        ("be 0404.616.494", "0208", "0404616494"),
        ("NL004495445B01", "9944", "NL004495445B01"),
        ("DE129274202", "9930", "DE129274202"),
        ("DE123456789", "9930", "DE123456789"),  # the form of one is enough: it is no other number
        ("FR44732829320", "0225", "732829320"),
        ("FRX7732829320", "0225", "732829320"),
        ("FR44732829321", "9957", "FR44732829321"),
        ("LU10000356", "9938", "LU10000356"),
        ("ATU13585627", "9914", "ATU13585627"),
        ("SE556036079301", "0007", "5560360793"),
        ("DK13585628", "0184", "DK13585628"),
        ("FI20774740", "0216", "003720774740"),
        ("NO974760673MVA", "0192", "974760673"),
        ("EL094259216", "9933", "EL094259216"),
        ("IT00743110157", "0211", "IT00743110157"),
    ],
)
def test_a_vat_number_leads_to_the_address_of_its_country(vat_number: str, scheme: str, value: str) -> None:
    assert address(vat_identifier=vat_number) == Identifier(value, scheme)


@pytest.mark.parametrize(
    ("registration", "expected"),
    [
        (Identifier("0404616494", "0208"), Identifier("0404616494", "0208")),
        (Identifier("12345678", "0106"), Identifier("12345678", "0106")),
        (Identifier("00000001234567890123", "0190"), Identifier("00000001234567890123", "0190")),
        (Identifier("732829320", "0002"), Identifier("732829320", "0225")),
        (Identifier("73282932000074", "0009"), Identifier("732829320", "0225")),
    ],
)
def test_an_enterprise_number_goes_before_a_vat_number(registration: Identifier, expected: Identifier) -> None:
    assert address(legal_registration=registration, vat_identifier="DE129274202") == expected


def test_an_identifier_with_a_scheme_goes_before_a_vat_number_that_holds_no_enterprise_number() -> None:
    gln = Identifier("5412345000013", "0088")
    assert address(identifiers=(Identifier("K-1"), gln), vat_identifier="DE129274202") == gln
    assert address(identifiers=(gln,), vat_identifier="BE0404616494") == Identifier("0404616494", "0208")


@pytest.mark.parametrize(
    "vat_number",
    [None, "", "US123", "BE12", "BE0404616495", "DE2281508154", "NL27375186", "FI20774741", "SE556036079401", "NO1MVA"],
)
def test_a_number_that_fails_its_check_leads_to_no_address(vat_number: str | None) -> None:
    assert address(vat_identifier=vat_number) is None


@pytest.mark.parametrize(
    "registration", [Identifier("12345", "0106"), Identifier("123456789", "0002"), Identifier("1")]
)
def test_a_registration_that_fails_its_check_leads_to_no_address(registration: Identifier) -> None:
    assert address(legal_registration=registration) is None


def test_every_scheme_of_the_tables_is_one_that_peppol_accepts() -> None:
    inside = {rule.scheme for rule in addresses._INSIDE_VAT.values()}
    assert set(addresses.VAT_SCHEMES.values()) | inside | addresses._LEGAL <= codes.ADDRESS_SCHEMES
