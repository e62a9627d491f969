"""What the demo calls exactly as it should be, and what it does not let pass."""

from dataclasses import replace
from typing import Any

from sandbox.demo.banqup import Staged
from sandbox.demo.checking import Outcome, shortcomings
from sandbox.demo.partner import sha256
from sandbox.demo.story import BAKERY, GARAGE, File, Scene

UBL, PDF = b"<Invoice/>", b"%PDF-1.4"
SUBJECT = "BQ-ABCDEFGHIJKL Invoice 1 Molens Van Dijck NV"


def staged(**scene: Any) -> Staged:
    return Staged(Scene(title="flour", client=BAKERY, document={}, **scene), space="space", document="document")


def export(**changes: Any) -> dict[str, Any]:
    plain = {"id": "export", "status": "ready_to_process", "reason": None, "origin": "banqup", "sha256": sha256(UBL)}
    return plain | {"exact": {"subject": SUBJECT}} | changes


def arrived(*contents: bytes, **changes: Any) -> dict[str, Any]:
    files = [{"filename": "BQ.xml", "sha256": sha256(content)} for content in contents or (UBL,)]
    return {"company": BAKERY.division, "company_name": BAKERY.name, "subject": SUBJECT, "attachments": files} | changes


def outcome(*documents: dict[str, Any], **changes: Any) -> Outcome:
    return Outcome({"document": export(**changes)}, {"export": UBL}, documents)


def test_one_document_with_its_ubl_in_its_company_is_as_it_should_be() -> None:
    assert shortcomings([staged()], outcome(arrived())) == []


def test_a_document_without_an_export_is_missed() -> None:
    assert shortcomings([staged()], Outcome({}, {}, [])) == ["flour: it has no export."]


def test_an_export_in_error_says_why() -> None:
    refused = outcome(status="error", reason={"code": "exact_refused", "sentence": "No."}, exact=None)
    assert shortcomings([staged()], refused) == ["flour: it should be ready_to_process, but is error. No."]


def test_a_document_in_exact_twice_is_noticed() -> None:
    assert shortcomings([staged()], outcome(arrived(), arrived())) == ["flour: it is in Exact 2 times."]


def test_a_document_in_another_company_is_noticed() -> None:
    elsewhere = arrived(company=GARAGE.division, company_name=GARAGE.name)
    assert shortcomings([staged()], outcome(elsewhere)) == [
        "flour: it is in Garage Maes NV but belongs to Bakkerij Janssens BV."
    ]


def test_other_bytes_than_the_product_names_are_noticed() -> None:
    assert shortcomings([staged()], outcome(arrived(b"<Other/>"))) == [
        "flour: the UBL in Exact differs from the one the product kept."
    ]


def test_a_pdf_lies_beside_the_ubl_or_in_it() -> None:
    with_pdf = staged(files=(File("PDF", "flour.pdf", "application/pdf", PDF),))
    assert shortcomings([with_pdf], outcome(arrived(UBL, PDF))) == []
    assert "flour: its PDF is neither in the UBL nor beside it." in shortcomings([with_pdf], outcome(arrived()))


def test_what_must_not_arrive_is_noticed_when_it_does() -> None:
    held_back = replace(staged().scene, ends="not_exported", code="arrived_before_activation")
    reason = {"code": "arrived_before_activation", "sentence": "Too early."}
    there = outcome(arrived(), status="not_exported", reason=reason)
    assert shortcomings([replace(staged(), scene=held_back)], there) == [
        "flour: it is in Exact 1 times.",
        f"“{SUBJECT}” is in Exact, but nothing was sent.",
    ]


def test_documents_that_nobody_sent_are_noticed() -> None:
    stranger = arrived(subject="Invoice 7")
    assert shortcomings([staged()], outcome(arrived(), stranger)) == ["“Invoice 7” is in Exact, but nothing was sent."]
