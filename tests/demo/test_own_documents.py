"""What becomes of a folder of somebody's own documents."""

import json
from pathlib import Path

import pytest

from sandbox.demo import own_documents
from sandbox.demo.problems import DemoError
from sandbox.demo.story import BAKERY, DOCUMENTS, Scene

UBL = '<?xml version="1.0"?>\n<!-- sent -->\n<ubl:CreditNote xmlns:ubl="x"/>'


def scenes(folder: Path) -> list[Scene]:
    return own_documents.scenes(folder, client=BAKERY)


def test_a_banqup_document_keeps_its_data_but_not_its_ids(tmp_path: Path) -> None:
    document = {"id": "1", "spaceId": "2", "folder": "SALES", "metadata": {"documentNumber": "7"}, "timestamps": {}}
    (tmp_path / "a.json").write_text(json.dumps(document))
    assert [scene.document for scene in scenes(tmp_path)] == [{"folder": "SALES", "metadata": {"documentNumber": "7"}}]


def test_a_ubl_file_becomes_a_document_of_its_kind_with_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(UBL)
    [scene] = scenes(tmp_path)
    assert (scene.document["category"], scene.document["folder"]) == ("CREDIT_NOTE", "PURCHASES")
    assert [(file.role, file.content) for file in scene.files] == [("UBL", UBL.encode())]


def test_a_cross_industry_invoice_is_known_by_its_root(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<rsm:CrossIndustryInvoice/>")
    assert [file.role for file in scenes(tmp_path)[0].files] == ["CII"]


@pytest.mark.parametrize("content", [b"", b"<", b"no xml", b"\xff\xfe<", b"<!-- only"])
def test_what_is_no_xml_is_left_for_the_product_to_refuse(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xml").write_bytes(content)
    assert scenes(tmp_path)[0].files[0].content == content


def test_a_subfolder_says_that_documents_are_sales(tmp_path: Path) -> None:
    for place in ("verkoop/2026", "in"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "a.xml").write_text("<Invoice/>")
    assert [scene.document["folder"] for scene in scenes(tmp_path)] == ["PURCHASES", "SALES"]


@pytest.mark.parametrize(
    ("place", "own", "taken"),
    [("sales", "PURCHASES", "SALES"), ("in", "SALES", "SALES"), ("in", "PURCHASES", "PURCHASES")],
)
def test_a_folder_named_sales_counts_more_than_what_the_json_says(
    tmp_path: Path, place: str, own: str, taken: str
) -> None:
    (tmp_path / place).mkdir()
    (tmp_path / place / "a.json").write_text(json.dumps({"folder": own}))
    assert [scene.document["folder"] for scene in scenes(tmp_path)] == [taken]


def test_the_pdf_of_the_same_name_goes_along(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text("<Invoice/>")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4")
    assert [[file.filename for file in scene.files] for scene in scenes(tmp_path)] == [["a.xml", "a.pdf"]]


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="holds neither"):
        scenes(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", "\x00"])
def test_json_that_holds_no_document_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(DemoError, match=r"a\.json"):
        scenes(tmp_path)


def test_the_demo_s_own_documents_can_be_taken_as_somebody_s() -> None:
    assert {"birch-plywood.xml", "winter-tyres.json"} <= {scene.title for scene in scenes(DOCUMENTS)}
