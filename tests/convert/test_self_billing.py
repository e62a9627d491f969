"""A document that the buyer issued is Peppol BIS Self-billing 3.0, whatever its source says it in."""

from datetime import date
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace

from app.convert import Grade, convert
from app.peppol.profiles import BILLING, SELF_BILLING
from app.peppol.writer import write
from tests.convert.conforming import conformed
from tests.convert.documents import document, parsed
from tests.convert.golden import FROM_2027, IN_FORCE, xml_file
from tests.peppol.documents import full, plain
from tests.peppol.official import broken_rules, schema_errors
from tests.peppol.xpath import texts

BOTH = pytest.mark.parametrize("on", [IN_FORCE, FROM_2027], ids=["3.0.21", "3.0.22"])


def stated(ubl: bytes) -> tuple[str, str, str]:
    """BT-24, BT-23 and BT-3."""
    root = etree.fromstring(ubl)
    codes = texts(root, "cbc:InvoiceTypeCode") + texts(root, "cbc:CreditNoteTypeCode")
    return texts(root, "cbc:CustomizationID")[0], texts(root, "cbc:ProfileID")[0], codes[0]


@BOTH
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"selfBilled": True}, "389"),
        ({"selfBilled": True, "category": "CREDIT_NOTE"}, "261"),
        ({"selfBilled": True, "typeCode": "380"}, "389"),
        ({"selfBilled": True, "typeCode": "527"}, "527"),
        ({"typeCode": "389"}, "389"),
        ({"typeCode": "261", "category": "CREDIT_NOTE"}, "261"),
    ],
)
def test_banqups_data_become_self_billing(change: dict[str, Any], code: str, on: date) -> None:
    category = change.get("category", "INVOICE")
    fields = {name: value for name, value in change.items() if name != "category"}
    found = convert(parsed({**document(**fields), "category": category}), [], on=on)

    assert stated(found.ubl) == (SELF_BILLING.specification, SELF_BILLING.business_process, code)
    assert (found.grade, found.origin, found.findings) == (Grade.PEPPOL, "banqup", ())
    assert found.summary.is_credit_note == (code == "261")
    assert schema_errors(found.ubl) == []
    assert broken_rules(found.ubl) == []


@BOTH
@pytest.mark.parametrize("code", ["389", "527", "261"])
def test_valid_self_billing_goes_out_untouched(code: str, on: date) -> None:
    ids = {"specification": SELF_BILLING.specification, "business_process": SELF_BILLING.business_process}
    ubl = write(plain(type_code=code, **ids))
    found = convert(parsed(document()), [xml_file(ubl)], on=on)

    assert (found.origin, found.ubl, found.grade) == ("untouched", ubl, Grade.PEPPOL)


@BOTH
@pytest.mark.parametrize("code", ["389", "527", "261"])
@pytest.mark.parametrize("specification", [BILLING.specification, "urn:cen.eu:en16931:2017", ""])
def test_a_file_with_a_type_code_of_self_billing_becomes_self_billing(code: str, specification: str, on: date) -> None:
    source = write(plain(type_code=code, specification=specification))
    found = convert(parsed({**document(), "lines": []}), [xml_file(source)], on=on)

    assert stated(found.ubl) == (SELF_BILLING.specification, SELF_BILLING.business_process, code)
    assert (found.grade, found.origin) == (Grade.PEPPOL, "ubl")


@pytest.mark.parametrize(("code", "written"), [("380", "389"), ("383", "389"), ("381", "261"), ("396", "261")])
@pytest.mark.parametrize(
    "ids",
    [
        {"specification": SELF_BILLING.specification, "business_process": SELF_BILLING.business_process},
        {
            "specification": SELF_BILLING.specification,
            "business_process": "urn:fdc:peppol.eu:poacc:bis:selfbilling:3.0",
        },
        {"specification": "urn:cen.eu:en16931:2017", "business_process": SELF_BILLING.business_process},
    ],
)
def test_a_profile_of_self_billing_with_a_type_code_of_billing_is_self_billed(
    ids: dict[str, str], code: str, written: str
) -> None:
    found, losses = conformed(plain(type_code=code, **ids))

    assert (found.specification, found.business_process, found.type_code) == (*SELF_BILLING[:2], written)
    assert f"its type {code} is written as {written}" in losses[0]


@pytest.mark.parametrize(
    ("process", "written"),
    [
        ("urn:peppol:bis:billing_with_response", "urn:peppol:bis:billing_with_response"),
        ("urn:peppol:france:billing:regulated", "urn:peppol:france:billing:regulated"),
        (BILLING.business_process, SELF_BILLING.business_process),
        ("urn:fdc:peppol.eu:2017:poacc:selfbilling:02:1.0", SELF_BILLING.business_process),
        ("", SELF_BILLING.business_process),
    ],
)
def test_a_business_process_that_self_billing_allows_is_kept(process: str, written: str) -> None:
    found, losses = conformed(plain(type_code="389", business_process=process))

    assert (found.business_process, losses) == (written, [])


def test_every_term_of_a_self_billed_document_is_kept() -> None:
    invoice = replace(
        full(),
        type_code="389",
        specification=SELF_BILLING.specification,
        business_process=SELF_BILLING.business_process,
        totals=replace(full().totals, rounding=None),
    )

    assert conformed(invoice) == (invoice, [])
