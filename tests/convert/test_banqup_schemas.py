"""Banqup's JSON is read tolerantly: what is new or odd in it stops nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from app.banqup.schemas import Document, Message
from tests.convert.documents import document, line

SPACE = "d6a10e10-17c9-4081-9f54-8a218f00eba8"
DOCUMENT = "bb23bbff-6b8f-4f0a-9d0f-6d4a0a4a4b11"
OTHER = "0d2f7f6e-6c67-4a8f-8f3f-1f1b4b1c9d55"


def read(**changes: Any) -> Document:
    return Document.model_validate({**document(), **changes})


def test_nine_fractional_digits_of_a_timestamp_are_read() -> None:
    assert read().timestamps.created_at == datetime(2026, 5, 4, 8, 15, 30, 123456, tzinfo=UTC)


def test_a_timestamp_without_a_zone_is_in_utc() -> None:
    found = read(timestamps={"createdAt": "2026-05-04T08:15:30"}).timestamps.created_at
    assert found == datetime(2026, 5, 4, 8, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize("amount", ["20.10", 20.1])
def test_amounts_are_read_from_strings_and_numbers(amount: object) -> None:
    totals = read(metadata={"documentTotals": {"netAmount": amount}}).metadata.document_totals
    assert totals.net_amount == Decimal("20.10")


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_null_and_blank_are_the_same_as_absent(nothing: object) -> None:
    found = read(metadata={"documentNumber": nothing, "dueDate": nothing, "documentTotals": {"vatAmount": nothing}})
    assert found.metadata.document_number is None
    assert found.metadata.due_date is None
    assert found.metadata.document_totals.vat_amount is None


def test_null_where_a_list_or_an_object_belongs_is_nothing() -> None:
    found = read(lines=None, connections=None, files=None, status=None)
    assert (found.lines, found.connections, found.files) == ((), (), ())


def test_unknown_keys_and_values_are_no_hindrance() -> None:
    found = read(folder="ARCHIVE", category="QUOTE", newKey={"a": [1]}, status={"document": "SOMETHING_NEW"})
    assert (found.folder, found.category, found.status.document) == ("ARCHIVE", "QUOTE", "SOMETHING_NEW")


def test_a_date_with_a_time_is_that_day() -> None:
    assert read(metadata={"issueDate": "2026-05-04T22:00:00Z"}).metadata.issue_date == date(2026, 5, 4)


def test_one_identifier_and_a_list_of_them_are_read_alike() -> None:
    identifiers = {"be:en": "0404616494", "global:email": ["a@x.example", "b@x.example"], "be:vat": None}
    found = read(metadata={"supplier": {"globalIdentifiers": identifiers}}).metadata.supplier.global_identifiers
    assert found == {"be:en": ("0404616494",), "global:email": ("a@x.example", "b@x.example")}


@pytest.mark.parametrize("missing", ["id", "spaceId"])
def test_a_document_without_its_ids_is_refused(missing: str) -> None:
    source = document()
    del source[missing]
    with pytest.raises(ValidationError):
        Document.model_validate(source)


def test_an_amount_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(ValidationError, match="netAmount"):
        read(lines=[line(net="a lot")])


def test_files_are_listed_with_role_and_type() -> None:
    listed = {"id": OTHER, "role": "PDF", "filename": "a.pdf", "contentType": "application/pdf", "fileSize": 3}
    (file,) = read(files=[listed]).files
    assert (file.id, file.role, file.content_type, file.file_size) == (UUID(OTHER), "PDF", "application/pdf", 3)


@pytest.mark.parametrize(
    "envelope",
    [
        {"data": {"spaceId": SPACE, "documentId": DOCUMENT}, "channel": f"{OTHER}/{OTHER}", "resourceId": OTHER},
        {"data": {}, "channel": f"{SPACE}/{DOCUMENT}", "resourceId": OTHER},
        {"data": {"documentId": DOCUMENT}, "resourceId": SPACE},
        {"data": {"spaceId": SPACE}, "channel": f"{OTHER}/{DOCUMENT}"},
    ],
)
def test_space_and_document_of_a_message_come_from_data_then_channel_then_resource(envelope: dict[str, Any]) -> None:
    message = Message.model_validate({"id": "m-1", **envelope})
    assert (message.space_id, message.document_id) == (UUID(SPACE), UUID(DOCUMENT))


@pytest.mark.parametrize(
    "envelope",
    [
        {},
        {"data": "text", "channel": 5, "resourceId": ["x"], "category": {"a": 1}, "type": None},
        {"data": {"spaceId": 7, "documentId": "no uuid"}, "channel": "a/b/c"},
    ],
)
def test_a_message_of_odd_content_is_read_and_names_nothing(envelope: dict[str, Any]) -> None:
    message = Message.model_validate({"id": "m-1", **envelope})
    assert (message.space_id, message.document_id) == (None, None)


@pytest.mark.parametrize("envelope", [{}, {"id": ""}, {"id": None}, {"id": 5}])
def test_a_message_without_an_id_is_refused(envelope: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Message.model_validate(envelope)
