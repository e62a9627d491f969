"""How VAT categories, rates and exemptions become those of Peppol."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Vat, VatBreakdown
from tests.convert.conforming import GERMAN, conformed, the_line
from tests.peppol.documents import STANDARD, line, plain


def exempt(*groups: tuple[str | None, str | None], category: str = "E") -> tuple[tuple[VatBreakdown, ...], list[str]]:
    breakdown = tuple(
        VatBreakdown(
            vat=Vat(category, Decimal(0)),
            taxable_amount=Decimal(10),
            tax_amount=Decimal(0),
            exemption_reason_code=code,
            exemption_reason=reason,
        )
        for code, reason in groups
    )
    found, losses = conformed(plain(vat_breakdown=breakdown))
    return found.vat_breakdown, losses


@pytest.mark.parametrize(
    ("category", "code", "reason", "expected"),
    [
        ("E", "BETE-EX", "Exempt", (None, "Exempt (BETE-EX)")),
        ("E", "BETE-SC", None, (None, "Small company (BETE-SC)")),
        ("AE", "BETE-45", None, ("VATEX-EU-AE", "Reverse charge - Contractor (BETE-45)")),
        ("K", "BETE-46/GO", "Goods", ("VATEX-EU-IC", "Goods (BETE-46/GO)")),
        ("E", "vatex-eu-132", None, ("VATEX-EU-132", None)),
        ("E", "ART-44", None, (None, "ART-44")),
        ("E", "VATEX-EU-O", "Deposit", (None, "Deposit (VATEX-EU-O)")),
        ("AE", "VATEX-EU-D", None, ("VATEX-EU-AE", "VATEX-EU-D")),
    ],
)
def test_an_exemption_code_is_of_vatex_or_is_said_in_words(
    category: str, code: str, reason: str | None, expected: tuple[str | None, str | None]
) -> None:
    (group,), losses = exempt((code, reason), category=category)
    assert (group.exemption_reason_code, group.exemption_reason) == expected
    assert losses == []


def test_breakdowns_of_one_category_and_rate_become_one_with_all_their_reasons() -> None:
    (group,), _ = exempt(("BETE-EX", "Exempt"), ("BETE-FD", "Financial discount"))
    assert group.taxable_amount == Decimal(20)
    assert group.exemption_reason == "Exempt (BETE-EX); Financial discount (BETE-FD)"


def test_a_category_with_vat_has_no_reason_for_an_exemption() -> None:
    (group,), losses = exempt((None, "None"), category="Z")
    assert group.exemption_reason is None
    assert "None" in losses[0]


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (Vat("AA", Decimal(9)), Vat("S", Decimal(9))),
        (Vat("", Decimal(21)), Vat("S", Decimal(21))),
        (Vat("e"), Vat("E", Decimal(0))),
        (Vat("O", Decimal(0)), Vat("O")),
    ],
)
def test_a_vat_category_is_of_the_list_with_the_rate_that_it_stands_for(source: Vat, written: Vat) -> None:
    assert the_line(vat=source)[0].vat == written


def test_what_names_no_vat_category_has_the_only_one_of_the_document() -> None:
    allowance = AllowanceCharge(amount=Decimal(1), reason="Loyalty")
    breakdown = (VatBreakdown(vat=STANDARD, taxable_amount=Decimal(99), tax_amount=Decimal("20.79")),)
    found, _ = conformed(plain(replace(line(), vat=None), allowances=(allowance,), vat_breakdown=breakdown))
    assert (found.lines[0].vat, found.allowances[0].vat) == (STANDARD, STANDARD)


def test_a_german_breakdown_has_a_rate_even_outside_the_scope_of_vat() -> None:
    outside = (VatBreakdown(vat=Vat("O"), taxable_amount=Decimal(1), tax_amount=Decimal(0)),)
    source = plain(replace(line(), vat=Vat("O")), vat_breakdown=outside)
    assert conformed(replace(source, seller=GERMAN))[0].vat_breakdown[0].vat.rate == 0
    assert conformed(source)[0].vat_breakdown[0].vat.rate is None
