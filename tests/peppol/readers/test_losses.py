"""Nothing of a source disappears: what the model has no place for is named."""

from copy import deepcopy
from pathlib import Path

import pytest
from lxml import etree

from app.peppol.readers import read
from app.peppol.writer import write
from tests.peppol.documents import full, plain

FOREIGN = Path(__file__).parents[2] / "golden" / "foreign"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"


def groups(root: etree._Element) -> list[etree._Element]:
    return [element for element in root.iter() if len(element)]


@pytest.mark.parametrize(
    ("xml", "namespace"), [(write(full()), CBC), ((FOREIGN / "xrechnung-cii.xml").read_bytes(), RAM)]
)
def test_an_element_that_nobody_knows_is_named_wherever_it_stands(xml: bytes, namespace: str) -> None:
    before = len(read(xml).losses)
    places = len(groups(etree.fromstring(xml)))
    for place in range(places):
        root = etree.fromstring(xml)
        etree.SubElement(groups(root)[place], f"{{{namespace}}}UnheardOf").text = "forty-two"
        losses = read(etree.tostring(root)).losses
        assert [loss for loss in losses if "forty-two" in loss]
        assert len(losses) in (before, before + 1)  # beside another loss it makes one group of both


def test_an_attribute_that_nobody_knows_is_named_wherever_it_stands() -> None:
    root = etree.fromstring(write(full()))
    leaves = [element for element in root.iter() if element.text]
    for leaf in leaves:
        leaf.set("schemeOfOld", "7")
        losses = read(etree.tostring(root)).losses
        assert [loss for loss in losses if "/@schemeOfOld)" in loss]
        del leaf.attrib["schemeOfOld"]


def test_what_stands_twice_where_one_has_room_is_named() -> None:
    root = etree.fromstring(write(full()))
    for repeated in ("BuyerReference", "DocumentCurrencyCode", "ID", "DueDate"):
        copy = etree.fromstring(write(full()))
        element = copy.find(f"{{{CBC}}}{repeated}")
        assert element is not None
        twin = deepcopy(element)
        twin.text = "2026-12-24" if repeated == "DueDate" else "other"
        element.addnext(twin)
        losses = read(etree.tostring(copy)).losses
        assert len(losses) == 1
        assert twin.text in losses[0]
    assert read(etree.tostring(root)).losses == ()


def test_a_group_of_which_nothing_is_read_is_one_loss() -> None:
    xml = write(plain()).replace(
        b"<cac:Price>",
        b"<cac:Delivery><cac:DeliveryTerms><cbc:ID>EXW</cbc:ID><cbc:SpecialTerms>Gent</cbc:SpecialTerms>"
        b"</cac:DeliveryTerms></cac:Delivery><cac:Price>",
    )
    assert read(xml).losses == ("Line, delivery has no place in Peppol: line 1: EXW, Gent (InvoiceLine/Delivery).",)


def test_the_same_loss_on_many_lines_is_told_once_with_its_first_values() -> None:
    lines = tuple(plain().lines) * 8
    xml = write(plain(*lines)).replace(
        b"<cac:Item>", b"<cac:TaxTotal><cbc:TaxAmount>21</cbc:TaxAmount></cac:TaxTotal><cac:Item>"
    )
    (loss,) = read(xml).losses
    assert loss.startswith("Line, VAT amount has no place in Peppol: line 1: 21; line 2: 21;")
    assert "and 3 more" in loss


def test_extensions_of_another_vocabulary_are_named() -> None:
    extension = b'<x:Stamp xmlns:x="urn:example:stamp"><x:ID>7</x:ID></x:Stamp><cbc:DueDate>'
    assert read(write(plain()).replace(b"<cbc:DueDate>", extension)).losses == (
        "X:stamp has no place in Peppol: 7 (x:Stamp).",
    )


def test_an_amount_in_another_currency_than_the_document_is_named() -> None:
    xml = write(plain()).replace(b'PayableAmount currencyID="EUR"', b'PayableAmount currencyID="USD"')
    (loss,) = read(xml).losses
    assert "currency ID has no place in Peppol: USD" in loss


def test_a_card_network_is_named_when_it_is_one() -> None:
    xml = write(full())
    assert read(xml).losses == ()
    (loss,) = read(xml.replace(b"<cbc:NetworkID>NA<", b"<cbc:NetworkID>VISA<")).losses
    assert "VISA" in loss
