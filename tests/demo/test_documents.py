"""The demo's documents are what they say: valid where they must arrive, broken where they must not."""

from datetime import date
from uuid import uuid4

import pytest

from app.banqup.schemas import Document
from app.convert import convert
from app.convert.conversion import Conversion, File, Unconvertible
from sandbox.demo.story import CLIENTS, DOCUMENTS, Scene, scenes
from sandbox.exact_online.seed import COMPANIES
from tests.peppol.official import broken_rules, schema_errors

BROKEN = [scene for scene in scenes() if scene.code == "document_incomplete"]
VALID = [scene for scene in scenes() if scene not in BROKEN]
ON = date(2026, 11, 22)


def converted(scene: Scene) -> Conversion:
    document = Document.model_validate(scene.document | {"id": str(uuid4()), "spaceId": str(uuid4())})
    files = [
        File(
            id=str(uuid4()),
            role=file.role,
            filename=file.filename,
            content_type=file.content_type,
            content=file.content,
        )
        for file in scene.files
    ]
    return convert(document, files, on=ON)


@pytest.mark.parametrize("scene", VALID, ids=lambda scene: str(scene.title))
def test_what_must_arrive_is_valid_and_loses_nothing(scene: Scene) -> None:
    conversion = converted(scene)
    assert schema_errors(conversion.ubl) == []
    assert broken_rules(conversion.ubl) == []
    assert (conversion.losses, conversion.findings) == ((), ())


def test_the_document_that_does_not_add_up_is_refused_with_what_is_wrong() -> None:
    [broken] = BROKEN
    with pytest.raises(Unconvertible) as refusal:
        converted(broken)
    assert {finding.rule for finding in refusal.value.findings} == {"BR-CO-10", "BR-S-08"}


@pytest.mark.parametrize("scene", VALID, ids=lambda scene: str(scene.title))
def test_the_client_is_the_one_that_the_document_names(scene: Scene) -> None:
    summary = converted(scene).summary
    assert (summary.seller if scene.is_sale else summary.buyer).vat_number == scene.client.vat_number


def test_the_clients_are_companies_of_the_sandbox() -> None:
    companies = {(company["code"], str(company["hid"]), company["name"]) for company in COMPANIES}
    assert {(client.division, client.company_code, client.name) for client in CLIENTS} <= companies


def test_no_document_lies_there_unused() -> None:
    used = {file.filename for scene in scenes() for file in scene.files}
    assert len(list(DOCUMENTS.iterdir())) == len(used) + sum("metadata" in scene.document for scene in scenes())
