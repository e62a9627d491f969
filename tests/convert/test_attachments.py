"""Attachments go along where they may, and are named where they may not."""

import pytest

from app.convert.attachments import MAX_EMBEDDED_BYTES, embed, mime_code_of
from app.convert.conversion import File
from tests.peppol.documents import plain

PDF = File("p", "PDF", "invoice.pdf", "application/pdf", b"%PDF-1.4")
CSV = File("c", "ATTACHMENT", "hours.csv", "text/csv", b"1;2")


def large(role: str, name: str) -> File:
    return File("l", role, name, "application/pdf", bytes(MAX_EMBEDDED_BYTES + 1))


def test_the_readable_pdf_comes_first_and_the_attachments_after_it() -> None:
    embedding = embed(plain(), [CSV, PDF])
    assert [item.filename for item in embedding.invoice.supporting_documents] == ["invoice.pdf", "hours.csv"]
    assert (embedding.pdf, embedding.losses) == (None, ())


def test_a_pdf_that_is_too_large_goes_next_to_the_document() -> None:
    pdf = large("PDF", "scan.pdf")
    embedding = embed(plain(), [pdf, CSV])
    assert (embedding.pdf, embedding.losses) == (pdf, ())
    assert [item.filename for item in embedding.invoice.supporting_documents] == ["hours.csv"]


def test_an_attachment_that_is_too_large_is_named() -> None:
    embedding = embed(plain(), [large("ATTACHMENT", "plans.pdf")])
    assert embedding.losses == ("The file plans.pdf is not sent along: with 7.0 MB the document would exceed 10 MB.",)


def test_a_type_that_peppol_does_not_allow_is_named() -> None:
    embedding = embed(plain(), [File("z", "ATTACHMENT", "all.zip", "application/zip", b"PK")])
    assert embedding.invoice.supporting_documents == ()
    assert embedding.losses == (
        "The file all.zip is not sent along: Peppol does not allow its type (application/zip).",
    )


def test_a_file_that_the_document_already_holds_is_not_embedded_twice() -> None:
    once = embed(plain(), [PDF]).invoice
    assert embed(once, [PDF]).invoice.supporting_documents == once.supporting_documents


@pytest.mark.parametrize(
    ("content_type", "filename", "code"),
    [
        ("application/pdf; charset=binary", "x", "application/pdf"),
        ("application/octet-stream", "A.JPG", "image/jpeg"),
        ("", "sheet.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("text/html", "page.html", None),
    ],
)
def test_the_type_is_the_declared_one_or_that_of_the_name(content_type: str, filename: str, code: str | None) -> None:
    assert mime_code_of(File("f", "ATTACHMENT", filename, content_type, b"")) == code
