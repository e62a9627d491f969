"""Electronic addresses from enterprise and VAT numbers, in schemes of Peppol."""

import pytest

from app.peppol import addresses, codes
from app.peppol.invoice import Identifier, Party


@pytest.mark.parametrize(
    ("vat_number", "scheme", "value"),
    [
        ("BE0404616494", "0208", "0404616494"),
        ("be 0404.616.494", "0208", "0404616494"),
        ("NL001234567B01", "9944", "NL001234567B01"),
        ("DE123456789", "9930", "DE123456789"),
        ("FR44732829320", "0225", "732829320"),
        ("FRX7732829320", "0225", "732829320"),
        ("LU12345613", "9938", "LU12345613"),
        ("ATU12345678", "9914", "ATU12345678"),
        ("SE556036079301", "0007", "5560360793"),
        ("DK12345678", "0184", "DK12345678"),
        ("FI12345678", "0216", "003712345678"),
        ("NO923609016MVA", "0192", "923609016"),
        ("EL123456783", "9933", "EL123456783"),
    ],
)
def test_a_vat_number_yields_an_address_in_its_country(vat_number: str, scheme: str, value: str) -> None:
    assert addresses.of(Party(vat_identifier=vat_number)) == Identifier(value, scheme)


@pytest.mark.parametrize(
    ("registration", "address"),
    [
        (Identifier("0404616494", "0208"), Identifier("0404616494", "0208")),
        (Identifier("12345678", "0106"), Identifier("12345678", "0106")),
        (Identifier("00000001234567890123", "0190"), Identifier("00000001234567890123", "0190")),
        (Identifier("732829320", "0002"), Identifier("732829320", "0225")),
        (Identifier("73282932000074", "0009"), Identifier("732829320", "0225")),
    ],
)
def test_an_enterprise_number_takes_precedence_over_a_vat_number(registration: Identifier, address: Identifier) -> None:
    assert addresses.of(Party(legal_registration=registration, vat_identifier="DE123456789")) == address


def test_the_partys_own_address_is_kept() -> None:
    named = Identifier("5412345000013", "0088")
    assert addresses.of(Party(electronic_address=named, vat_identifier="BE0404616494")) == named


@pytest.mark.parametrize("vat_number", [None, "", "US123", "BE12"])
def test_no_address_is_invented(vat_number: str | None) -> None:
    assert addresses.of(Party(vat_identifier=vat_number)) is None


def test_every_scheme_of_the_tables_is_allowed_in_peppol() -> None:
    inside = {rule.scheme for rule in addresses._INSIDE_VAT.values()}
    assert set(addresses._VAT.values()) | inside | addresses._LEGAL <= codes.ADDRESS_SCHEMES
