"""Banqup's JSON of a document, as strangers may have filled it."""

import json
from typing import Any
from uuid import uuid4

import pytest

from app.banqup.reading import DEEPEST, MOST_VALUES, ExcessiveDocument, NotJson, UnreadableDocument, read

HEAD = f'{{"id":"{uuid4()}","spaceId":"{uuid4()}","extra":'


def document(**fields: Any) -> bytes:
    return json.dumps({"id": str(uuid4()), "spaceId": str(uuid4()), **fields}).encode()


@pytest.mark.parametrize("depth", [DEEPEST, 600, 950, 100_000])
def test_a_document_that_is_nested_too_deeply_is_refused_and_says_so(depth: int) -> None:
    with pytest.raises(ExcessiveDocument, match="nested too deeply"):
        read((HEAD + "[" * depth + "]" * depth + "}").encode())


@pytest.mark.parametrize("value", ["0", "[]", "{}"])
def test_a_document_of_more_values_than_any_invoice_needs_is_refused_and_says_so(value: str) -> None:
    with pytest.raises(ExcessiveDocument, match="more than 1000000 values"):
        read((HEAD + "[" + ",".join([value] * MOST_VALUES) + "]}").encode())


def test_a_document_within_the_limit_is_read_whatever_else_it_holds() -> None:
    depth = DEEPEST - 1  # the document itself is one level
    assert str(read((HEAD + "[" * depth + "]" * depth + "}").encode()).id) in HEAD


@pytest.mark.parametrize("body", [b"5", b'"text"', b"[]", b"true"])
def test_json_that_is_no_document_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="Invalid fields"):
        read(body)


@pytest.mark.parametrize("body", [b"<html>", b'{"id": ', b"\xff\xfe\x00"])
def test_something_else_than_json_is_told_apart(body: bytes) -> None:
    with pytest.raises(NotJson):
        read(body)


@pytest.mark.parametrize("bad", ["\0", "\udc00"])
def test_a_character_that_postgres_cannot_store_is_replaced_in_every_text(bad: str) -> None:
    name = f"a{bad}b"
    body = document(
        category=name,
        files=[{"id": str(uuid4()), "filename": name}],
        lines=[{"currency": name}],
        metadata={"documentNumber": name, "supplier": {"legalName": name}},
    )

    found = read(body)

    texts = [
        found.category,
        found.files[0].filename,
        found.lines[0].currency,
        found.metadata.document_number,
        found.metadata.supplier.legal_name,
    ]
    assert texts == ["a\ufffdb"] * 5


def test_a_pair_of_surrogates_is_one_character_and_stays() -> None:
    assert read(document(category="\U0001f600")).category == "\U0001f600"
