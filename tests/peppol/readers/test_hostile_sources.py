"""Bytes from strangers: read, or refused with a reason; never a crash, never a fetch, never without end."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.peppol import xml
from app.peppol.invoice import Invoice
from app.peppol.readers import cii, read, ubl
from app.peppol.writer import write
from app.peppol.xml import Unreadable
from tests.peppol.documents import full, plain

GOLDEN = Path(__file__).parents[2] / "golden" / "foreign"
FOREIGN = [path for path in sorted(GOLDEN.glob("*.xml")) if ".expected." not in path.name]
SEEDS = [write(full()), *(path.read_bytes() for path in FOREIGN)]


def refusal(xml: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read(xml)
    return caught.value.reason


def outcome(xml: bytes) -> Invoice | str:
    """The invoice, or the reason why there is none."""
    try:
        return read(xml).invoice
    except Unreadable as refused:
        return refused.reason


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not XML",
        b"<Invoice",
        b"\x00\xff\xfe",
        b"<html/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
    ],
)
def test_what_is_no_invoice_is_refused_with_a_reason(xml: bytes) -> None:
    assert refusal(xml).endswith(".")


def test_each_reader_refuses_the_other_kind() -> None:
    with pytest.raises(Unreadable, match="not a CII invoice"):
        cii.read(write(plain()))
    with pytest.raises(Unreadable, match="not a UBL invoice"):
        ubl.read(next(path for path in FOREIGN if path.stem.startswith("factur-x")).read_bytes())


def test_all_numbers_and_dates_that_are_none_are_named_at_once() -> None:
    xml = write(plain())
    xml = xml.replace(b"2026-05-04", b"4 May").replace(b">121.00<", b">1e9<").replace(b">50<", b">fifty<")
    reason = refusal(xml)
    for expected in ("Issue date: “4 May” is not a date", "“1e9” is not a number", "“fifty” is not a number"):
        assert expected in reason


def test_an_allowance_without_an_amount_is_refused() -> None:
    xml = write(plain()).replace(
        b"<cac:TaxTotal>",
        b"<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator></cac:AllowanceCharge><cac:TaxTotal>",
    )
    assert "it has no amount" in refusal(xml)


def test_a_number_of_a_thousand_digits_is_no_number() -> None:
    assert "is not a number" in refusal(write(plain()).replace(b">121.00<", b">" + b"9" * 1000 + b"<"))


def test_a_document_of_more_elements_than_any_invoice_needs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_TAGS", 50)
    assert refusal(write(full())) == "The document has more than 50 tags, the limit for an invoice."


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_bytes_are_read_or_refused(data: st.DataObject) -> None:
    xml = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(xml) - 1))
        end = min(len(xml), start + data.draw(st.integers(0, 60)))
        xml[start:end] = data.draw(st.binary(max_size=8) | st.sampled_from(PIECES))
        if not xml:
            break
    assert outcome(bytes(xml))


PIECES = [b"", b"-", b"99999999999", b"<a>", b"</cbc:ID>", b"<cac:TaxTotal/>", b"&amp;", b"&x;", b"]]>", b"<!--", b'="']


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_document_that_lacks_any_element_is_still_read(data: st.DataObject) -> None:
    root = etree.fromstring(data.draw(st.sampled_from(SEEDS)))
    elements = list(root.iter("*"))[1:]
    for element in data.draw(st.lists(st.sampled_from(elements), min_size=1, max_size=5)):
        parent = element.getparent()
        if parent is not None and data.draw(st.booleans()):
            parent.remove(element)
        else:
            element.text = data.draw(st.sampled_from(["", " ", "0", "true", "2026-01-01", "EUR"]))
    assert outcome(etree.tostring(root))
