"""Peppol BIS Self-billing 3.0: the buyer issues the document, under rules of its own."""

from datetime import date

import pytest

from app.peppol.rules import validate
from app.peppol.rules.releases.v3_0_22 import V3_0_22
from tests.peppol.rules import test_national as national
from tests.peppol.rules.samples import (
    BUYER,
    CREDIT_NOTE,
    IN_FORCE,
    INVOICE,
    LINE,
    NEXT_YEAR,
    SUBTOTAL,
    Change,
    changed,
    only,
    rules,
)

SPECIFICATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"
WITH_RESPONSE = "urn:peppol:bis:billing_with_response"
IDS: list[Change] = [("cbc:CustomizationID", SPECIFICATION), ("cbc:ProfileID", PROCESS)]
SELF_BILLED = changed(INVOICE, *IDS, ("cbc:InvoiceTypeCode", "389"))
SELF_CREDITED = changed(CREDIT_NOTE, *IDS, ("cbc:CreditNoteTypeCode", "261"))

P0100, P0101, R051 = (f"PEPPOL-EN16931-{rule}" for rule in ("P0100", "P0101", "R051"))
R004, R007 = "PEPPOL-EN16931-R004", "PEPPOL-EN16931-R007"


@pytest.mark.parametrize("on", [IN_FORCE, NEXT_YEAR], ids=["3.0.21", "3.0.22"])
@pytest.mark.parametrize(
    "xml",
    [SELF_BILLED, SELF_CREDITED, changed(SELF_BILLED, ("cbc:InvoiceTypeCode", "527"))],
    ids=["invoice", "credit note", "debit note"],
)
def test_a_self_billed_document_is_valid(xml: bytes, on: date) -> None:
    assert validate(xml, on=on) == []


@pytest.mark.parametrize("on", [IN_FORCE, NEXT_YEAR], ids=["3.0.21", "3.0.22"])
@pytest.mark.parametrize("code", ["380", "383", "384", "326"])
def test_a_self_billed_invoice_has_no_type_code_of_billing(code: str, on: date) -> None:
    finding = only(validate(changed(SELF_BILLED, ("cbc:InvoiceTypeCode", code)), on=on), P0100)

    assert finding.message == (
        f"Type code “{code}” is not allowed for an invoice in this profile; the usual one is 389."
    )


def test_a_self_billed_credit_note_has_no_type_code_of_billing() -> None:
    finding = only(validate(changed(SELF_CREDITED, ("cbc:CreditNoteTypeCode", "381")), on=IN_FORCE), P0101)

    assert finding.message == "Type code “381” is not allowed for a credit note in this profile; the usual one is 261."


def test_a_billing_document_has_no_type_code_of_self_billing() -> None:
    assert P0100 in rules(changed(INVOICE, ("cbc:InvoiceTypeCode", "389")))
    assert P0101 in rules(changed(CREDIT_NOTE, ("cbc:CreditNoteTypeCode", "261")))


def test_self_billing_with_response_allows_any_type_code_and_billing_with_response_does_not() -> None:
    self_billed = changed(SELF_BILLED, ("cbc:ProfileID", WITH_RESPONSE), ("cbc:InvoiceTypeCode", "380"))
    billed = changed(INVOICE, ("cbc:ProfileID", WITH_RESPONSE), ("cbc:InvoiceTypeCode", "389"))

    assert validate(self_billed, on=IN_FORCE) == []
    assert P0100 in rules(billed)


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ([("cbc:CustomizationID", "urn:cen.eu:en16931:2017")], {R004}),
        ([("cbc:CustomizationID", f"{SPECIFICATION}::2.1")], {R004}),
        ([("cbc:ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")], {R007}),
        ([("cbc:ProfileID", None)], {"PEPPOL-EN16931-R001", R007}),
        ([("cbc:CustomizationID", f" {SPECIFICATION}#conformant#urn:example ")], set()),
        ([("cbc:ProfileID", "urn:peppol:france:billing:regulated")], set()),
    ],
)
def test_one_id_is_enough_to_choose_the_rules_of_self_billing(changes: list[Change], broken: set[str]) -> None:
    assert rules(changed(SELF_BILLED, *changes)) == broken


@pytest.mark.parametrize("on", [IN_FORCE, NEXT_YEAR], ids=["3.0.21", "3.0.22"])
@pytest.mark.parametrize(
    ("rule", "place", "changes"),
    [*national.FATAL, *national.WARNINGS],
    ids=[row[0] for row in [*national.FATAL, *national.WARNINGS]],
)
def test_national_rules_do_not_apply(rule: str, place: list[Change], changes: list[Change], on: date) -> None:
    found = validate(changed(SELF_BILLED, *place, *changes), on=on)

    assert rule not in {finding.rule for finding in found}


def test_the_currency_of_a_vat_breakdown_is_checked_from_3_0_22_on() -> None:
    dollars = changed(SELF_BILLED, (f"{SUBTOTAL}/cbc:TaxAmount/@currencyID", "USD"))

    assert R051 not in rules(dollars)
    assert R051 in rules(dollars, on=NEXT_YEAR)
    assert R051 in rules(changed(INVOICE, (f"{SUBTOTAL}/cbc:TaxAmount/@currencyID", "USD")))
    assert R051 in rules(changed(SELF_BILLED, (f"{SUBTOTAL}/cbc:TaxableAmount/@currencyID", "USD")))
    assert R051 in rules(changed(SELF_BILLED, ("cac:TaxTotal/cbc:TaxAmount/@currencyID", "USD")))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ([(f"{LINE}/cac:Price", None)], "PEPPOL-EN16931-R249"),
        ([(f"{BUYER}/cbc:EndpointID/@schemeID", "0106"), (f"{BUYER}/cbc:EndpointID", "1")], "PEPPOL-COMMON-R054"),
        ([(f"{BUYER}/cbc:EndpointID", "2403170743")], "PEPPOL-COMMON-R043"),
    ],
)
def test_release_3_0_22_is_stricter_with_self_billing_too(changes: list[Change], rule: str) -> None:
    xml = changed(SELF_BILLED, *changes)

    assert rule not in rules(xml)
    assert rule in rules(xml, on=NEXT_YEAR)


@pytest.mark.parametrize("xml", [INVOICE, SELF_BILLED], ids=["billing", "self-billing"])
def test_slovak_registration_numbers_are_electronic_addresses_from_3_0_22_on(xml: bytes) -> None:
    slovak = changed(xml, (f"{BUYER}/cbc:EndpointID/@schemeID", "0158"))

    assert "PEPPOL-EN16931-CL008" in rules(slovak)
    assert "PEPPOL-EN16931-CL008" not in rules(slovak, on=NEXT_YEAR)


def test_of_two_forms_the_first_in_the_official_order_is_checked() -> None:
    """R062 (a Belgian VAT number) precedes R045 (scheme 0210) and follows R043 (scheme 0208)."""
    forms = V3_0_22.self_billing.profile.identifiers
    by_scheme = {scheme: forms.of(scheme, is_address=False, vat_prefix="BE") for scheme in ("0208", "0210", "")}

    assert {scheme: form and form.rule for scheme, form in by_scheme.items()} == {
        "0208": "R043",
        "0210": "R062",
        "": "R062",
    }
