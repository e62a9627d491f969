"""What a converted document becomes in Exact."""

from dataclasses import replace
from datetime import date

import pytest

from app.banqup.schemas import Document
from app.convert import convert
from app.convert.conversion import Conversion
from app.delivery.parcel import LONGEST_SUBJECT, pack
from app.errors import Rejected
from app.exact.route import LARGEST_FILE
from tests.service.invoices import invoice

IDS = {"id": "bb23bbff-6b8f-4f0a-9d0f-6d4a0a4a4b11", "spaceId": "d6a10e10-17c9-4081-9f54-8a218f00eba8"}
DOCUMENT = Document.model_validate(invoice() | IDS)


@pytest.fixture
def conversion() -> Conversion:
    return convert(DOCUMENT, [], on=date(2026, 11, 22))


def test_a_ubl_that_is_larger_than_exact_accepts_is_rejected(conversion: Conversion) -> None:
    large = replace(conversion, ubl=b" " * (LARGEST_FILE + 1))

    with pytest.raises(Rejected) as refused:
        pack(DOCUMENT, large, reference="BQ-X")

    assert refused.value.reason.kind.code == "document_too_large"


def test_the_reference_begins_the_subject_and_names_the_file(conversion: Conversion) -> None:
    parcel = pack(DOCUMENT, conversion, reference="BQ-X")

    assert parcel.draft.subject == "BQ-X Invoice 2026-0117 Drukkerij Peeters BV"
    assert list(parcel.files) == ["BQ-X.xml"]
    assert "BQ-X" in parcel.draft.body


def test_a_long_name_is_cut_after_the_searchable_part(conversion: Conversion) -> None:
    seller = replace(conversion.summary.seller, name="Very long name " * 40)
    long = replace(conversion, summary=replace(conversion.summary, seller=seller))

    subject = pack(DOCUMENT, long, reference="BQ-X").draft.subject

    assert len(subject) <= LONGEST_SUBJECT
    assert subject.startswith("BQ-X Invoice 2026-0117")
