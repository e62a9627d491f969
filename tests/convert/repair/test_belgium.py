"""A VAT base that a discount lowers or an exchange raises keeps its total; any other gap stays a contradiction."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.repair.belgium import belgian_base
from app.convert.repair.gaps import EXEMPT
from app.peppol.invoice import AllowanceCharge, Invoice, Totals, Vat, VatBreakdown
from app.peppol.totals import complete
from tests.peppol.documents import STANDARD, plain


def group(taxable: str, *, vat: Vat = STANDARD, tax: str = "0.00", reason: str | None = None) -> VatBreakdown:
    return VatBreakdown(vat=vat, taxable_amount=Decimal(taxable), tax_amount=Decimal(tax), exemption_reason=reason)


def stated(*groups: VatBreakdown, **terms: Any) -> Invoice:
    """An invoice with one line of 100.00 at 21 % and this VAT breakdown."""
    vat = sum((each.tax_amount or Decimal(0) for each in groups), Decimal(0))
    totals = Totals(without_vat=Decimal("100.00"), vat=vat, with_vat=100 + vat)
    return complete(replace(plain(), vat_breakdown=groups, totals=totals, **terms))


def repaired(source: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return belgian_base(source, losses), losses


LOWERED = group("98.00", tax="20.58")
RAISED = group("110.00", tax="23.10")


@pytest.mark.parametrize(
    "reason",
    [
        "Financial discount",
        "Cash discount",
        "Korting voor contante betaling",
        "Financiële korting",
        "Escompte 2 %",
        "Remise pour paiement comptant",
        "2 % Skonto",
    ],
)
def test_a_cash_discount_by_any_name_is_an_allowance_with_vat_and_a_charge_without(reason: str) -> None:
    source = stated(LOWERED, group("2.00", vat=EXEMPT, reason=reason))
    found, losses = repaired(source)
    assert [(item.amount, item.vat) for item in found.allowances] == [(Decimal("2.00"), STANDARD)]
    assert [(item.amount, item.vat) for item in found.charges] == [(Decimal("2.00"), EXEMPT)]
    assert found.vat_breakdown == source.vat_breakdown
    assert (found.totals.without_vat, found.totals.with_vat) == (source.totals.without_vat, source.totals.with_vat)
    assert (found.totals.allowances, found.totals.charges) == (Decimal("2.00"), Decimal("2.00"))
    assert len(losses) == 1


@pytest.mark.parametrize("terms", ["2 % binnen 8 dagen", "2,00% à 8 jours", "30 days\nCash discount: 2 %"])
def test_a_percentage_of_the_payment_terms_says_what_lowers_the_base(terms: str) -> None:
    found, _ = repaired(stated(LOWERED, payment_terms=terms))
    (allowance,) = found.allowances
    assert (allowance.amount, allowance.base_amount, allowance.percentage) == (Decimal(2), Decimal(100), Decimal(2))
    assert found.vat_breakdown[1] == group("2.00", vat=EXEMPT, reason="Cash discount")


def test_a_charge_against_a_stated_discount_is_added() -> None:
    discount = AllowanceCharge(amount=Decimal("2.00"), reason="Cash discount", vat=STANDARD)
    found, _ = repaired(stated(LOWERED, allowances=(discount,)))
    assert found.allowances == (discount,)
    assert [(item.amount, item.vat) for item in found.charges] == [(Decimal("2.00"), EXEMPT)]


@pytest.mark.parametrize("reason", ["Standard exchange", "Standaardruil", "Échange standard", "BETE-03/SE"])
def test_a_standard_exchange_by_any_name_is_a_charge_with_vat_and_an_allowance_without(reason: str) -> None:
    source = stated(RAISED, group("-10.00", vat=EXEMPT, reason=reason))
    found, losses = repaired(source)
    assert [(item.amount, item.vat) for item in found.charges] == [(Decimal("10.00"), STANDARD)]
    assert [(item.amount, item.vat) for item in found.allowances] == [(Decimal("10.00"), EXEMPT)]
    assert found.totals.with_vat == source.totals.with_vat
    assert len(losses) == 1


@pytest.mark.parametrize(
    "source",
    [
        stated(LOWERED),
        stated(LOWERED, payment_terms="3 % within 8 days"),
        stated(LOWERED, group("2.00", vat=EXEMPT, reason="Article 44")),
        stated(LOWERED, group("3.00", vat=EXEMPT, reason="Financial discount")),
        stated(RAISED, group("-10.00", vat=EXEMPT, reason="Financial discount"), payment_terms="10 %"),
        stated(LOWERED, group("2.00", vat=EXEMPT, reason="Standard exchange")),
        stated(group("100.00", tax="21.00"), payment_terms="2 % within 8 days"),
    ],
)
def test_a_base_that_differs_for_no_such_reason_stays(source: Invoice) -> None:
    assert repaired(source) == (source, [])
