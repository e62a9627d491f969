"""A document of totals only has one line for each VAT rate, if its totals tell the rates."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.repair.lines_from_totals import lines_from_totals
from app.convert.repair.rate_from_totals import rate_from_totals
from app.peppol.invoice import Address, AllowanceCharge, Invoice, Totals, Vat, VatBreakdown
from app.peppol.totals import complete
from tests.peppol.documents import STANDARD, line, plain

REDUCED = Vat("S", Decimal(6))


def group(taxable: str | None, tax: str | None, *, vat: Vat = STANDARD, reason: str | None = None) -> VatBreakdown:
    return VatBreakdown(
        vat=vat,
        taxable_amount=Decimal(taxable) if taxable else None,
        tax_amount=Decimal(tax) if tax else None,
        exemption_reason=reason,
    )


def stated(*groups: VatBreakdown, without_vat: str = "100.00", vat: str | None = None, **terms: Any) -> Invoice:
    totals = Totals(without_vat=Decimal(without_vat), vat=Decimal(vat) if vat else None)
    return replace(plain(), lines=(), vat_breakdown=groups, totals=totals, **terms)


def repaired(source: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return lines_from_totals(rate_from_totals(source, losses), losses), losses


def test_each_rate_and_exemption_has_a_line_of_its_taxable_amount() -> None:
    exempt = Vat("E", Decimal(0))
    source = stated(
        group("543.00", "114.03"),
        group("81.90", "4.91", vat=REDUCED),
        group("10.00", "0.00", vat=exempt, reason="Article 44"),
        without_vat="634.90",
    )
    found, losses = repaired(source)
    assert [(each.item.name, each.net_amount, each.vat) for each in found.lines] == [
        ("Total at 21 % VAT", Decimal("543.00"), STANDARD),
        ("Total at 6 % VAT", Decimal("81.90"), REDUCED),
        ("Article 44", Decimal("10.00"), exempt),
    ]
    assert complete(found).totals.line_net == Decimal("634.90")
    assert len(losses) == 1


def test_allowances_and_charges_of_the_document_are_beside_the_line() -> None:
    allowance = AllowanceCharge(amount=Decimal(10), reason="Discount", vat=STANDARD)
    charge = AllowanceCharge(amount=Decimal(5), reason="Freight", vat=STANDARD)
    source = stated(group("95.00", "19.95"), without_vat="95.00", allowances=(allowance,), charges=(charge,))
    assert [each.net_amount for each in repaired(source)[0].lines] == [Decimal("100.00")]


def test_a_negative_total_is_a_negative_quantity_at_a_price_above_zero() -> None:
    (found,) = repaired(stated(group("-100.00", "-21.00"), without_vat="-100.00"))[0].lines
    assert (found.quantity, found.price.net, found.net_amount) == (Decimal(-1), Decimal("100.00"), Decimal("-100.00"))


def test_the_only_group_without_an_amount_has_the_whole_total() -> None:
    found, _ = repaired(stated(group(None, None)))
    assert found.vat_breakdown[0].taxable_amount == Decimal("100.00")
    assert found.lines[0].net_amount == Decimal("100.00")


@pytest.mark.parametrize(("vat", "rate"), [("21.00", "21"), ("12.00", "12"), ("6.00", "6")])
def test_totals_at_a_rate_of_the_sellers_country_tell_the_rate(vat: str, rate: str) -> None:
    found, losses = repaired(stated(vat=vat))
    assert found.lines[0].vat == Vat("S", Decimal(rate))
    assert losses[0] == f"The document states no VAT rate; {rate} % is written, which gives its VAT of {vat}."


@pytest.mark.parametrize("source", [stated(vat="13.50"), stated(vat="0.00"), stated(), stated(vat="19.00")])
def test_totals_of_several_rates_or_without_vat_tell_none(source: Invoice) -> None:
    assert repaired(source) == (source, [])


def test_a_rate_of_another_country_tells_nothing_about_this_seller() -> None:
    german = replace(plain().seller, address=Address(country="de"))
    assert repaired(stated(vat="21.00", seller=german))[1] == []
    assert repaired(stated(vat="19.00", seller=german))[0].lines[0].vat == Vat("S", Decimal(19))


def test_a_document_with_lines_keeps_them() -> None:
    assert repaired(plain()) == (plain(), [])


def test_lines_that_state_no_vat_have_the_rate_of_the_totals() -> None:
    source = replace(stated(vat="12.00"), lines=(replace(line(), vat=None),))
    found, losses = repaired(source)
    assert [each.vat for each in found.lines] == [Vat("S", Decimal(12))]
    assert len(losses) == 1


def test_lines_that_state_vat_keep_it() -> None:
    source = replace(stated(vat="12.00"), lines=(line(),))
    assert repaired(source) == (source, [])
