"""How a document's header and its attachments become those of Peppol, and what is said about it."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from app.peppol.invoice import SupportingDocument
from tests.convert.conforming import GERMAN, conformed
from tests.peppol.documents import full, plain


def test_a_document_that_is_as_peppol_has_it_stays_as_it_is() -> None:
    invoice = replace(full(), totals=replace(full().totals, rounding=None))
    assert conformed(invoice) == (invoice, [])


def test_profile_and_specification_are_those_of_peppol_billing() -> None:
    found, losses = conformed(plain(specification="urn:cen.eu:en16931:2017", business_process="urn:www.cenbii.eu"))
    assert found.specification.endswith("poacc:billing:3.0")
    assert found.business_process == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
    assert losses == []


@pytest.mark.parametrize(
    ("source", "written"), [("380", "380"), ("384", "380"), ("385", "380"), ("396", "396"), ("308", "381")]
)
def test_a_type_that_peppol_does_not_take_becomes_a_plain_one(source: str, written: str) -> None:
    found, losses = conformed(plain(type_code=source))
    assert found.type_code == written
    assert len(losses) == (source != written)


def test_a_corrected_invoice_stays_one_between_germans() -> None:
    assert conformed(plain(type_code="384", seller=GERMAN, buyer=GERMAN))[0].type_code == "384"


def test_self_billing_is_not_hidden_by_another_type() -> None:
    assert conformed(plain(type_code="389"))[0].type_code == "389"


def test_an_accounting_currency_without_an_amount_in_it_is_left_out() -> None:
    found, losses = conformed(plain(vat_accounting_currency="SEK"))
    assert found.vat_accounting_currency is None
    assert "SEK" in losses[0]


@pytest.mark.parametrize(("source", "written"), [("35", "35"), ("5", "3"), ("72", "432"), ("99", None)])
def test_the_vat_point_is_of_the_list_that_ubl_uses(source: str, written: str | None) -> None:
    found, losses = conformed(plain(vat_point_date_code=source))
    assert found.vat_point_date_code == written
    assert len(losses) == (written is None)


def test_a_vat_point_date_excludes_its_code() -> None:
    found, losses = conformed(plain(vat_point_date_code="3", vat_point_date=date(2026, 5, 4)))
    assert found.vat_point_date_code is None
    assert len(losses) == 1


def attached(**terms: Any) -> tuple[SupportingDocument, list[str]]:
    found, losses = conformed(plain(supporting_documents=(SupportingDocument(**{"reference": "", **terms}),)))
    return found.supporting_documents[0], losses


def test_an_attachment_gets_the_name_and_type_that_it_lacks() -> None:
    found, losses = attached(reference="F-1", content=b"%PDF-1.4")
    assert (found.mime_code, found.filename, losses) == ("application/pdf", "F-1.pdf", [])
    found, losses = attached(content=b"a;b", filename="data.csv", mime_code="application/octet-stream")
    assert (found.reference, found.mime_code, losses) == ("data.csv", "text/csv", [])


def test_an_attachment_of_a_type_that_peppol_does_not_take_is_named() -> None:
    found, losses = attached(reference="Data", content=b"<a/>", mime_code="application/xml", filename="data.xml")
    assert found == SupportingDocument(reference="Data")
    assert "data.xml" in losses[0]


def test_a_document_without_a_number_gets_one() -> None:
    assert attached(location="https://peeters.example")[0].reference == "Document 1"
