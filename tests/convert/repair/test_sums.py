"""What a breakdown leaves out because it bears no VAT is added; cents between lines and total are named as rounding."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.repair.outside_scope import outside_scope
from app.convert.repair.sums import sums
from app.peppol.invoice import AllowanceCharge, Invoice, Line, Totals, Vat, VatBreakdown
from tests.peppol.documents import STANDARD, line, plain

EXEMPT, OUTSIDE = Vat("E", Decimal(0)), Vat("O")


def net(amount: str, *, vat: Vat = STANDARD) -> Line:
    return replace(line(), net_amount=Decimal(amount), vat=vat)


def group(taxable: str, *, vat: Vat = STANDARD, **terms: Any) -> VatBreakdown:
    return VatBreakdown(vat=vat, taxable_amount=Decimal(taxable), tax_amount=Decimal(0), **terms)


def stated(*lines: Line, groups: tuple[VatBreakdown, ...], total: str, **terms: Any) -> Invoice:
    totals = Totals(line_net=Decimal(total), without_vat=Decimal(total))
    return replace(plain(*lines), vat_breakdown=groups, totals=totals, **terms)


def repaired(source: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return sums(source, losses), losses


def test_a_group_without_vat_that_the_breakdown_leaves_out_is_added() -> None:
    source = stated(net("100.00"), net("40.00", vat=EXEMPT), groups=(group("100.00"),), total="140.00")
    found, losses = repaired(source)
    assert found.vat_breakdown == (group("100.00"), group("40.00", vat=EXEMPT))
    assert losses == ["The VAT breakdown leaves out 40.00 of category E; it is added."]


@pytest.mark.parametrize(
    ("vat", "total"), [(Vat("S", Decimal(6)), "140.00"), (EXEMPT, "150.00"), (Vat("Z", Decimal(6)), "140.00")]
)
def test_a_group_that_bears_vat_or_does_not_fit_the_total_is_not_invented(vat: Vat, total: str) -> None:
    source = stated(net("100.00"), net("40.00", vat=vat), groups=(group("100.00"),), total=total)
    assert repaired(source) == (source, [])


def test_lines_that_were_rounded_up_one_by_one_get_an_allowance() -> None:
    found, losses = repaired(stated(net("8.35"), net("8.35"), groups=(group("16.69"),), total="16.69"))
    assert found.allowances == (AllowanceCharge(amount=Decimal("0.01"), reason="Rounding", vat=STANDARD),)
    assert (found.totals.line_net, found.totals.without_vat) == (Decimal("16.70"), Decimal("16.69"))
    assert found.totals.allowances == Decimal("0.01")
    assert losses == ["The lines add up to 16.70, which is 0.01 more than the document states; an allowance is added."]


def test_lines_that_were_rounded_down_one_by_one_get_a_charge() -> None:
    found, losses = repaired(stated(net("8.34"), net("8.34"), groups=(group("16.69"),), total="16.69"))
    assert found.charges == (AllowanceCharge(amount=Decimal("0.01"), reason="Rounding", vat=STANDARD),)
    assert losses == ["The lines add up to 16.68, which is 0.01 less than the document states; a charge is added."]


@pytest.mark.parametrize(
    "source",
    [
        stated(net("8.35"), groups=(group("8.34"),), total="8.34"),
        stated(net("8.35"), net("8.35"), groups=(group("16.68"),), total="16.68"),
        stated(net("8.35"), net("8.35"), groups=(group("16.70"),), total="16.70"),
        stated(net("100.00"), net("100.00"), groups=(group("190.00"),), total="190.00"),
    ],
)
def test_more_than_half_a_cent_a_line_is_no_rounding(source: Invoice) -> None:
    assert repaired(source) == (source, [])


def outside(source: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return outside_scope(source, losses), losses


def test_what_is_outside_vat_beside_taxed_lines_is_exempt_for_its_own_reason() -> None:
    own = group("40.00", vat=OUTSIDE, exemption_reason="Court fee", exemption_reason_code="VATEX-EU-O")
    source = stated(net("100.00"), net("40.00", vat=OUTSIDE), groups=(group("100.00"), own), total="140.00")
    found, losses = outside(source)
    assert [each.vat for each in found.lines] == [STANDARD, EXEMPT]
    assert found.vat_breakdown[1] == group("40.00", vat=EXEMPT, exemption_reason="Court fee")
    assert losses[0].startswith("40.00 outside the scope of VAT is written as exempt")


def test_a_document_that_is_outside_vat_as_a_whole_stays() -> None:
    source = stated(net("40.00", vat=OUTSIDE), groups=(group("40.00", vat=OUTSIDE),), total="40.00")
    assert outside(source) == (source, [])


def test_an_allowance_outside_vat_beside_taxed_lines_is_exempt_too() -> None:
    allowance = AllowanceCharge(amount=Decimal(5), reason="Deposit", vat=OUTSIDE)
    source = stated(net("100.00"), groups=(group("100.00"), group("-5.00", vat=OUTSIDE)), total="95.00")
    found, losses = outside(replace(source, allowances=(allowance,)))
    assert found.allowances == (replace(allowance, vat=EXEMPT),)
    assert losses[0].startswith("-5 outside")
