"""What the demo prints fits a terminal of 80 columns, and nothing of it is cut."""

import io
from typing import Any

import pytest
from rich.console import Console

from sandbox.demo.banqup import Staged
from sandbox.demo.showing import Show
from sandbox.demo.story import BAKERY, File, Scene

NUMBER = "VD-C-2026-0093-" + "1234567890" * 3
SUBJECT = f"BQ-K5EP5KS2VMNQ Invoice {NUMBER} Houthandel Peeters-Coopmans & Zonen BV"
FILE = "01-hybrid-invoice-of-a-supplier-with-a-long-name-and-without-an-end-" + "x" * 40 + ".json"
WHY = "The taxable amount of VAT category S at 21 % is 521.40, but its lines plus charges make 512.40."


def shown(*, width: int = 80) -> tuple[Show, io.StringIO]:
    out = io.StringIO()
    return Show(Console(file=out, width=width, highlight=False)), out


def lines_of(out: io.StringIO) -> list[str]:
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in out.getvalue()
    return lines


def words_of(out: io.StringIO) -> str:
    """The text without its breaks of lines."""
    return "".join(" ".join(lines_of(out)).split())


def staged(**scene: Any) -> Staged:
    document = scene.pop("document", {"metadata": {"documentNumber": NUMBER}})
    plain = {"title": FILE, "client": BAKERY, "document": document}
    return Staged(Scene(**plain | scene), space="space", document="document")


def export(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"status": "error", "document": {"id": "document", "number": NUMBER}, "losses": []}
    plain |= {"company": {"name": BAKERY.name}, "history": [{"at": "2026-11-25T10:00:00Z"}], "waits_for": None}
    return plain | {"reason": {"sentence": WHY, "how": "Have it corrected, then send it again."}} | changes


def test_numbers_titles_and_sentences_on_the_way_are_whole() -> None:
    show, out = shown()
    show.finished(staged())
    show.event(export(), {"event": "error", "at": "2026-11-25T10:00:01Z", "reason": {"sentence": WHY}})
    text = words_of(out)
    assert text.count(NUMBER) == 2
    assert FILE in text
    assert WHY.replace(" ", "") in text


@pytest.mark.parametrize("size", [4_000, 12_345_678])
def test_what_is_in_exact_is_shown_with_its_whole_subject(size: int) -> None:
    show, out = shown()
    file = {"filename": "BQ-K5EP5KS2VMNQ.xml", "size": size}
    document = {"hid": 12345, "subject": SUBJECT, "type": 20, "type_description": "Purchase invoice"}
    document |= {"document_date": "2026-11-06T00:00:00", "amount_fc": 11034.5, "currency": "EUR", "attachments": [file]}
    show.in_exact([document | {"company": 10000017, "company_name": "Atelier Nordic BV"}])
    text = words_of(out)
    assert SUBJECT.replace(" ", "") in text
    assert "2026-11-06" in text
    assert "11,034.50EUR" in text
    assert f"xml{size / 1000:.1f}kB" in text


def test_what_is_not_in_exact_is_shown_with_every_finding_and_what_to_do() -> None:
    show, out = shown()
    show.finished(staged())
    findings = [{"rule": "PEPPOL-EN16931-R120", "message": WHY}, {"rule": "BR-CO-10", "message": WHY}]
    reason = {"sentence": WHY, "how": "Have it corrected.", "details": {"findings": findings}}
    show.not_in_exact([export(reason=reason)])
    text = words_of(out)
    assert text.count(WHY.replace(" ", "")) == 2
    assert "PEPPOL-EN16931-R120" in text
    assert "Haveitcorrected." in text


def test_a_refusal_and_a_shortcoming_break_between_words() -> None:
    show, out = shown()
    show.shortcomings([WHY])
    show.line(WHY)
    assert all(word in out.getvalue() for word in WHY.split())
    lines_of(out)


def test_a_document_is_known_by_its_file_until_the_product_has_read_its_number() -> None:
    show, out = shown()
    show.finished(staged(document={"metadata": ["odd"]}, files=(File("UBL", FILE, "application/xml", b""),)))
    assert FILE in words_of(out)
