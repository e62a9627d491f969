"""How far a document meets the rules, and what is said where it meets only those of EN 16931."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from app.convert import Conversion, Grade, Unconvertible, convert
from app.convert.unmet import unmet
from app.peppol.findings import Finding
from app.peppol.grade import BUYER_ADDRESS, NETWORK_ONLY
from app.peppol.invoice import Address, Contact, Invoice, Party, PaymentInstructions
from app.peppol.writer import write
from tests.convert.documents import BUYER, document, line, parsed
from tests.convert.golden import FROM_2027, IN_FORCE, xml_file
from tests.peppol.documents import plain
from tests.peppol.official import broken_rules, schema_errors

CONSUMER = {"legalName": "Lieve Claes", "address": deepcopy(BUYER["address"])}
GERMAN_SELLER = Party(
    name="Weber GmbH",
    vat_identifier="DE129274202",
    address=Address(line_1="Ring 1", city="Köln", post_code="50667", country="DE"),
    contact=Contact(name="Eva Weber", telephone="+49 221 5551", email="eva@weber.example"),
)
GERMAN_BUYER = Party(
    name="Koch KG",
    vat_identifier="DE136695976",
    address=Address(line_1="Weg 2", city="Bonn", post_code="53111", country="DE"),
)


def german(**contact: Any) -> Invoice:
    """Between German parties, with a contact that lacks what is given as None."""
    return plain(
        seller=replace(GERMAN_SELLER, contact=replace(GERMAN_SELLER.contact or Contact(), **contact)),
        buyer=GERMAN_BUYER,
        specification="urn:cen.eu:en16931:2017",
        payment_instructions=(PaymentInstructions(means_code="1"),),
    )


def from_file(invoice: Invoice) -> Conversion:
    nothing = parsed({**document(supplier={}, customer={}), "lines": []})
    return convert(nothing, [xml_file(write(invoice))], on=IN_FORCE)


def test_a_document_that_breaks_no_rule_is_of_the_grade_peppol() -> None:
    assert convert(parsed(document()), [], on=IN_FORCE).grade is Grade.PEPPOL
    assert convert(parsed(document()), [xml_file(write(plain()))], on=IN_FORCE).grade is Grade.PEPPOL


@pytest.mark.parametrize("on", [IN_FORCE, FROM_2027], ids=["3.0.21", "3.0.22"])
@pytest.mark.parametrize("category", ["INVOICE", "CREDIT_NOTE"])
def test_a_sale_to_a_consumer_goes_out_as_en16931_and_says_why_once(category: str, on: date) -> None:
    conversion = convert(parsed(document(customer=CONSUMER, category=category)), [], on=on)
    assert conversion.grade is Grade.EN16931
    assert {finding.rule for finding in conversion.findings if finding.severity == "fatal"} <= BUYER_ADDRESS
    assert " ".join(loss for loss in conversion.losses if "EN 16931" in loss) == (
        "The buyer, like most consumers, has no Peppol address (BT-49): "
        "the document goes out as EN 16931, not as Peppol."
    )
    assert schema_errors(conversion.ubl) == []
    assert broken_rules(conversion.ubl) == []


@pytest.mark.parametrize("on", [IN_FORCE, FROM_2027], ids=["3.0.21", "3.0.22"])
def test_a_foreign_seller_without_any_number_goes_out_as_en16931(on: date) -> None:
    supplier = {"legalName": "Acme Inc.", "address": {"townName": "Austin", "country": "US"}}
    conversion = convert(parsed(document(line(vat="O", rate="0"), supplier=supplier)), [], on=on)
    assert conversion.grade is Grade.EN16931
    assert "The seller has no number; its name is also written as its identifier (BT-29)." in conversion.losses
    assert broken_rules(conversion.ubl) == []


def test_a_consumer_does_not_excuse_a_broken_rule() -> None:
    with pytest.raises(Unconvertible) as refused:
        convert(parsed(document(customer=CONSUMER, documentNumber="")), [], on=IN_FORCE)
    assert "BR-02" in {finding.rule for finding in refused.value.findings}


@pytest.mark.parametrize(
    ("contact", "said"),
    [({"telephone": None}, "telephone number (BT-42)"), ({"email": None}, "e-mail address (BT-43)")],
)
def test_a_german_contact_that_cannot_be_reached_makes_it_en16931(contact: dict[str, Any], said: str) -> None:
    found = from_file(german(**contact))
    assert found.grade is Grade.EN16931
    assert any(said in loss for loss in found.losses)


def test_a_german_contact_that_is_whole_makes_it_peppol() -> None:
    assert from_file(german()).grade is Grade.PEPPOL


def test_a_file_that_lacks_only_an_address_goes_before_banqups_poorer_data() -> None:
    without = write(plain(buyer=Party(name="Lieve Claes", address=Address(country="BE"))))
    conversion = convert(parsed(document()), [xml_file(without)], on=IN_FORCE)
    assert conversion.origin == "ubl"


def test_every_rule_of_the_network_has_a_sentence() -> None:
    assert all(len(unmet([Finding(rule, "fatal", "")])) == 1 for rule in NETWORK_ONLY)
