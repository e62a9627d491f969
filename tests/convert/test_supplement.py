"""What a source may leave out and Peppol demands: written where it follows, and named."""

from typing import Any

import pytest
from msgspec.structs import replace

from app.convert.parties import Known
from app.convert.supplement import supplement
from app.peppol.invoice import Address, Identifier, Invoice, Party, Vat, VatBreakdown
from tests.convert.parties.settling import profile
from tests.peppol.documents import line, plain

NOBODY = Known(Party(), Party())
GERMAN = Party(name="Weber GmbH", vat_identifier="DE129274202", address=Address(country="DE"))


def supplemented(invoice: Invoice, *, known: Known | None = NOBODY) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return supplement(invoice, profile=profile(), known=known, losses=losses), losses


@pytest.mark.parametrize(
    ("terms", "written"),
    [
        ({"buyer_reference": None}, "NA"),
        ({"buyer_reference": None, "purchase_order_reference": "PO-1"}, None),
        ({"buyer_reference": None, "purchase_order_reference": "PO-1", "seller": GERMAN, "buyer": GERMAN}, "NA"),
        ({"buyer_reference": "B-7"}, "B-7"),
    ],
)
def test_a_buyer_reference_that_nothing_replaces_is_written_and_named(
    terms: dict[str, Any], written: str | None
) -> None:
    found, losses = supplemented(plain(**terms))
    assert found.buyer_reference == written
    assert ("The buyer reference is missing; “NA” is written." in losses) == (written == "NA")


def test_banqups_own_data_name_no_buyer_reference_as_missing() -> None:
    found, losses = supplemented(plain(buyer_reference=None), known=None)
    assert (found.buyer_reference, losses) == ("NA", [])


@pytest.mark.parametrize(
    ("category", "reason"), [("E", "Exempt from VAT"), ("AE", "Reverse charge"), ("G", "Export outside the EU")]
)
def test_an_exemption_without_a_reason_has_that_of_its_category(category: str, reason: str) -> None:
    found, losses = supplemented(plain(line(vat=Vat(category))))
    assert found.vat_breakdown[0].exemption_reason == reason
    assert losses == [f"The reason for VAT category {category} is missing; “{reason}” is written."]


def test_an_intra_community_supply_has_its_date_and_country_and_both_are_named() -> None:
    group = VatBreakdown(vat=Vat("K"), exemption_reason="Intra-Community supply")
    found, losses = supplemented(plain(line(vat=Vat("K")), vat_breakdown=(group,)))
    assert found.delivery is not None
    assert (found.delivery.actual_date, found.delivery.address) == (found.issue_date, Address(country="BE"))
    assert losses == [
        "The date of supply is missing; the issue date, 2026-05-04, is written.",
        "No place of delivery is named; the buyer's country is written.",
    ]


@pytest.mark.parametrize(
    ("number", "registration"),
    [("BE0404616494", Identifier("0404616494", "0208")), ("BE0404616495", None), ("DE129274202", None)],
)
def test_outside_the_scope_of_vat_only_a_belgian_number_that_passes_its_check_stays_as_the_enterprise_number(
    number: str, registration: Identifier | None
) -> None:
    seller = replace(plain().seller, vat_identifier=number, legal_registration=None)
    group = VatBreakdown(vat=Vat("O"), exemption_reason="Not subject to VAT")
    found, losses = supplemented(plain(line(vat=Vat("O")), vat_breakdown=(group,), seller=seller))
    assert (found.seller.vat_identifier, found.seller.legal_registration) == (None, registration)
    assert f"The VAT number {number} has no place in a document outside the scope of VAT." in losses
