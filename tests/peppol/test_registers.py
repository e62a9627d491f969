"""Numbers of registers: as their register writes them, and only where they can exist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.peppol.invoice import Identifier
from app.peppol.registers import can_exist, is_accepted, of_country, written
from app.peppol.rules.identifier_forms import FORMS


@pytest.mark.parametrize(
    ("scheme", "value", "expected"),
    [
        ("0208", "BE 0404.616.494", "0404616494"),
        ("0208", "KBO 404.616.494", "0404616494"),
        ("0106", "NL-27375186", "27375186"),
        ("0007", "SE 556036-0793", "5560360793"),
        ("0192", "NO 974 760 673 MVA", "974760673"),
        ("0002", "FR 732 829 320", "732829320"),
        ("0009", "732 829 320 00074", "73282932000074"),
        ("0183", "CHE-107.787.577", "CHE107787577"),
        ("0191", "12345678", "12345678"),
        ("0198", "13585628", "DK13585628"),
        ("0212", "2077474-0", "20774740"),
        ("0216", "0037 20774740", "003720774740"),
        ("9944", "004495445B01", "NL004495445B01"),
        ("0060", "12-345 6789", "12-345 6789"),  # no check is known: as it came
    ],
)
def test_a_number_is_written_as_its_register_writes_it(scheme: str, value: str, expected: str) -> None:
    assert written(Identifier(value, scheme), forms=FORMS) == Identifier(expected, scheme)


@pytest.mark.parametrize(
    ("scheme", "value"),
    [
        ("0208", "0404616495"),
        ("0106", "NL004495445B01"),
        ("0106", "123456789"),
        ("0088", "5412345000014"),
        ("0192", "123456789"),
        ("0007", "1234567890"),
        ("0190", "123"),
        ("0198", "123456789"),
        ("9944", "NL12345678"),
    ],
)
def test_a_number_that_peppol_does_not_accept_is_never_cut_or_filled_to_fit(scheme: str, value: str) -> None:
    assert written(Identifier(value, scheme), forms=FORMS) is None


@pytest.mark.parametrize(
    ("scheme", "value"),
    [("0002", "123456789"), ("0009", "73282932000075"), ("0204", "04011000-12345-34"), ("0216", "003720774741")],
)
def test_a_number_that_peppol_accepts_unseen_can_still_be_impossible(scheme: str, value: str) -> None:
    assert is_accepted(Identifier(value, scheme), forms=FORMS)
    assert not can_exist(Identifier(value, scheme), forms=FORMS)


@pytest.mark.parametrize(
    ("country", "value", "scheme"),
    [
        ("NL", "00000001234567890123", "0190"),
        ("NL", "27375186", "0106"),
        ("FR", "732829320", "0002"),
        ("DE", "1", None),
    ],
)
def test_a_number_without_a_scheme_has_that_of_its_country_whose_form_it_has(
    country: str, value: str, scheme: str | None
) -> None:
    found = of_country(value, country=country, forms=FORMS)
    assert found == (Identifier(value, scheme) if scheme else None)


@given(st.text(max_size=40), st.sampled_from(["0002", "0009", "0183", "0191", "0196", "0204", "0208", "0216", "9918"]))
def test_no_text_is_too_odd_to_be_looked_at(value: str, scheme: str) -> None:
    found = written(Identifier(value, scheme), forms=FORMS)
    assert found is None or is_accepted(found, forms=FORMS)
