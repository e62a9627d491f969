"""Any bytes lead to findings: the validator never fails, hangs or accesses anything."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.peppol.rules import validate
from app.peppol.rules.tree import ROOTS, Place
from app.peppol.xml import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_TAGS, Excessive, Unreadable, parse
from tests.peppol.rules.samples import CREDIT_NOTE, IN_FORCE, INVOICE, LINE, NEXT_YEAR, SELLER, changed

BOMB = b"""<!DOCTYPE Invoice [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>"""
EXTERNAL = b"""<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/invoice.dtd">"""
ENTITY = b"""<!DOCTYPE Invoice [<!ENTITY secret SYSTEM "file:///etc/hostname">]>"""

UNREADABLE = {
    "nothing": b"",
    "no XML": b"%PDF-1.7",
    "cut off": INVOICE[:500],
    "bomb": BOMB + INVOICE.replace(b"Thank you", b"&b;"),
    "external DTD": EXTERNAL + INVOICE,
    "external entity": ENTITY + INVOICE.replace(b"Thank you", b"&secret;"),
    "DTD in UTF-16": (BOMB + INVOICE).decode().encode("utf-16"),
    "unknown encoding": b'<?xml version="1.0" encoding="UTF-7"?>' + INVOICE,
    "unknown entity": INVOICE.replace(b"Thank you", b"&nbsp;"),
    "zero byte": INVOICE.replace(b"Thank you", b"\x00"),
    "not UTF-8": INVOICE.replace(b"Thank you", b"\xff\xfe"),
    "deep": b"<a>" * 5000 + b"</a>" * 5000,
    "many tags": b"<a>" + b"<b/>" * MAX_TAGS + b"</a>",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_bytes_are_one_finding_with_the_reason(name: str) -> None:
    (finding,) = validate(UNREADABLE[name], on=IN_FORCE)

    assert (finding.rule, finding.severity) == ("XML-UNREADABLE", "fatal")
    assert finding.message.endswith(".")
    assert "XML_PARSE_HUGE" not in finding.message
    assert "<string>" not in finding.message


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"<a>\n</b>", "not well-formed XML: an end tag does not match its start tag (line 2)."),
        (b"<a>\n\n<b>", "not well-formed XML: it ends before its elements do (line 3)."),
        (b"<a\nb=c/>", "not well-formed XML: it breaks a rule of XML (line 2)."),
        (b"<a>\n" * 300 + b"</a>" * 300, "The document nests elements more than 256 levels deep (line 257)."),
    ],
)
def test_an_xml_error_is_described_in_plain_words_with_its_line(document: bytes, reason: str) -> None:
    [finding] = validate(document, on=IN_FORCE)

    assert finding.message.endswith(reason)


def test_new_paths_have_the_same_findings_when_the_cache_is_full(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    doubled = changed(INVOICE, (LINE, "twice"))
    before = validate(doubled, on=NEXT_YEAR)
    for root in ROOTS.values():
        monkeypatch.setattr(root, "steps", {})
    monkeypatch.setattr(Place, "most_shared", Place.shared)

    assert validate(doubled, on=NEXT_YEAR) == before


def test_a_long_path_is_not_cached() -> None:
    name = "a" * 1000
    validate(INVOICE, on=IN_FORCE)
    shared = Place.shared

    findings = validate(changed(INVOICE, (".", f"<cbc:{name}>1</cbc:{name}>")), on=IN_FORCE)

    assert "UBL-UNKNOWN" in {finding.rule for finding in findings}
    assert Place.shared == shared


@pytest.mark.parametrize("digits", ["9" * 5000, "0." + "1" * 5000, "-" + "1" * 40, "x" * 5000])
@pytest.mark.parametrize("document", [INVOICE, CREDIT_NOTE])
def test_no_number_makes_a_message_long(document: bytes, digits: str) -> None:
    root = etree.fromstring(document)
    numbers = [node for node in root.iter() if str(node.tag).endswith(("Amount", "Quantity", "Percent", "Numeric"))]
    for node in numbers:
        before, node.text = node.text, digits
        messages = [finding.message for finding in validate(etree.tostring(root), on=NEXT_YEAR)]
        node.text = before

        assert messages
        assert max(map(len, messages)) < 500


@pytest.mark.slow
@pytest.mark.parametrize("country", [b"BE", b"NL", b"DE", b"SE", b"DK", b"NO", b"IT", b"GR", b"IS", b"SK"])
@pytest.mark.parametrize("document", [INVOICE, CREDIT_NOTE])
def test_no_text_makes_a_message_long(document: bytes, country: bytes) -> None:
    moved = document.replace(b"IdentificationCode>BE<", b"IdentificationCode>%s<" % country)
    root = etree.fromstring(moved.replace(b">BE0", b">%s0" % country))
    for node in root.iter():
        if len(node) == 0:
            before, node.text = node.text, "x" * 5000
            messages = [finding.message for finding in validate(etree.tostring(root), on=NEXT_YEAR)]
            node.text = before

            assert max(map(len, messages), default=0) < 500


def attributes(count: int) -> bytes:
    return b"<a %s/>" % b" ".join(b'b%d=""' % number for number in range(count))


@pytest.mark.parametrize(
    ("document", "limit"),
    [
        (b" " * (MAX_BYTES + 1), "bytes"),
        (b"<a>" + b"<b/>" * MAX_TAGS + b"</a>", "tags"),
        (b"<a>" * (MAX_DEPTH + 1) + b"</a>" * (MAX_DEPTH + 1), "levels"),
        (b"<a>" * (MAX_DEPTH + 1) + b" " * 10_000_000 + b"</a>" * (MAX_DEPTH + 1), "levels"),
        (attributes(MAX_ATTRIBUTES + 1), "attributes"),
        (attributes(100_000), "attributes"),
        (attributes(MAX_ATTRIBUTES + 1).decode().encode("utf-16"), "attributes"),
    ],
    ids=["bytes", "tags", "levels", "levels of a large document", "attributes", "many attributes", "UTF-16"],
)
def test_a_document_beyond_a_limit_is_excessive_and_names_it(document: bytes, limit: str) -> None:
    with pytest.raises(Excessive, match=limit):
        parse(document)


def test_a_document_at_the_limits_is_parsed() -> None:
    parse(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH)
    assert len(parse(attributes(MAX_ATTRIBUTES)).attrib) == MAX_ATTRIBUTES


def test_a_large_attachment_is_read() -> None:
    attached = changed(INVOICE, ("//cbc:EmbeddedDocumentBinaryObject", "AAAA" * 3_000_000))

    assert len(attached) > 12_000_000
    assert validate(attached, on=IN_FORCE) == []


def test_a_large_document_is_not_deep() -> None:
    deep = b"<a>" * 300 + b"x" * 11_000_000 + b"</a>" * 300

    with pytest.raises(Unreadable, match="nests"):
        parse(deep)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + INVOICE.decode().replace("Gent", "Zürich")

    assert validate(text.encode(encoding), on=IN_FORCE) == []


@pytest.mark.parametrize(
    "amount", ["9" * 5000, "0." + "0" * 5000 + "1", "-" + "9" * 300, "1e400", "NaN", "Infinity", "١٢"]
)
def test_an_absurd_number_does_not_crash(amount: str) -> None:
    everywhere = changed(INVOICE, ("//*[contains(local-name(), 'Amount') or local-name() = 'Percent']", amount))

    assert any(finding.severity == "fatal" for finding in validate(everywhere, on=IN_FORCE))


@pytest.mark.slow
def test_thousands_of_broken_lines_are_validated_in_seconds() -> None:
    root = etree.fromstring(changed(INVOICE, (f"{LINE}/cbc:LineExtensionAmount", "1.001"), (f"{LINE}/cbc:ID", "")))
    line = etree.tostring(root[-1])
    for _ in range(2_999):
        root.append(etree.fromstring(line))
    start = time.process_time()
    findings = validate(etree.tostring(root), on=IN_FORCE)

    assert time.process_time() - start < 5
    assert sum(finding.rule == "PEPPOL-EN16931-R120" for finding in findings) == 3_000


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_have_findings(data: bytes) -> None:
    assert validate(data, on=IN_FORCE)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_documents_are_valid_or_have_findings(data: st.DataObject) -> None:
    xml = bytearray(data.draw(st.sampled_from([INVOICE, CREDIT_NOTE])))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(xml) - 1))
        xml[place : place + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=12))

    assert all(finding.message for finding in validate(bytes(xml), on=IN_FORCE))


_ODD_TEXTS = st.one_of(
    st.text(max_size=30).filter(lambda text: all(c.isprintable() for c in text)),
    st.sampled_from(
        ["NaN", "INF", "-0", "+1", " 12 ", "1_000", "٣", "#SKONTO#", "|" * 6, "EL" + "9" * 40, "IT", "NO", "+++///+++"]
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_odd_texts_anywhere_are_valid_or_have_findings(data: st.DataObject) -> None:
    root = etree.fromstring(data.draw(st.sampled_from([INVOICE, CREDIT_NOTE])))
    country = data.draw(st.sampled_from(["BE", "NL", "DE", "DK", "SE", "NO", "IT", "GR", "IS"]))
    for code in root.iter("{*}IdentificationCode"):
        code.text = country
    elements = list(root.iter())
    for _ in range(data.draw(st.integers(1, 6))):
        element = data.draw(st.sampled_from(elements))
        if data.draw(st.booleans()) and element.attrib:
            element.set(data.draw(st.sampled_from(sorted(element.attrib))), data.draw(_ODD_TEXTS))
        else:
            element.text = data.draw(_ODD_TEXTS)
    day = data.draw(st.sampled_from([IN_FORCE, NEXT_YEAR]))

    assert all(finding.message for finding in validate(root, on=day))


def test_a_tree_with_foreign_elements_everywhere_is_validated() -> None:
    odd = changed(INVOICE, (f"{SELLER}//*", '<x xmlns="urn:x" y="1"><z/>text</x>'))

    assert {"UBL-UNKNOWN", "UBL-VALUE"} <= {finding.rule for finding in validate(odd, on=IN_FORCE)}
