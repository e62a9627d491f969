"""A folder of the newcomer's own documents: what each file becomes, and what is said of a file that is none."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.demo import own_documents
from sandbox.demo.problems import DemoError
from sandbox.demo.story import BAKERY, DOCUMENTS, Scene

UBL = '<?xml version="1.0"?>\n<!-- sent -->\n<ubl:CreditNote xmlns:ubl="x"/>'


def scenes(folder: Path) -> Sequence[Scene]:
    """The scenes of a folder of which nothing is left out."""
    read = own_documents.read(folder, client=BAKERY)
    assert read.left_out == ()
    return read.scenes


def left_out(folder: Path) -> str:
    """What is said of the one thing that is left out of a folder, beside a good document."""
    (folder / "good.xml").write_text("<Invoice/>")
    read = own_documents.read(folder, client=BAKERY)
    assert [scene.title for scene in read.scenes] == ["good.xml"]
    [sentence] = read.left_out
    return sentence


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
    (tmp_path / place / "a.json").write_text(json.dumps({"folder": own, "lines": [{}]}))
    assert [scene.document["folder"] for scene in scenes(tmp_path)] == [taken]


@pytest.mark.parametrize("pdf", ["a.pdf", "a.PDF"])
def test_the_pdf_of_the_same_name_goes_with_its_document(tmp_path: Path, pdf: str) -> None:
    (tmp_path / "a.xml").write_text("<Invoice/>")
    (tmp_path / pdf).write_bytes(b"%PDF-1.4")
    assert [[file.filename for file in scene.files] for scene in scenes(tmp_path)] == [["a.xml", pdf]]


@pytest.mark.parametrize("place", ["scan.pdf", "SCAN.PDF", "sales/scan.pdf"])
def test_a_pdf_alone_is_a_document_with_only_a_pdf(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(b"%PDF-1.4")
    [scene] = scenes(tmp_path)
    assert [(file.role, file.content_type, file.content) for file in scene.files] == [
        ("PDF", "application/pdf", b"%PDF-1.4")
    ]
    assert scene.is_sale == place.startswith("sales/")
    assert "metadata" not in scene.document


def test_a_json_without_data_beside_a_pdf_is_a_document_with_only_a_pdf(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"category": "CREDIT_NOTE"}')
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
    [scene] = scenes(tmp_path)
    assert scene.document == {"category": "CREDIT_NOTE", "folder": "PURCHASES"}
    assert [file.role for file in scene.files] == ["PDF"]


def test_json_is_read_in_every_encoding_of_unicode(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        (tmp_path / f"{encoding}.json").write_text('{"metadata": {"note": "Malmö"}}', encoding=encoding)
    assert {scene.document["metadata"]["note"] for scene in scenes(tmp_path)} == {"Malmö"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("\x00", "is not JSON"),
        ("<Invoice/>", "is not JSON"),
        ("[" * 100_000, "is nested too deeply"),
        ("[]", "holds a list"),
        ('"a"', "holds a text"),
        ("null", "holds nothing"),
        ("{}", "holds no document: it has neither metadata nor lines"),
        ('{"name": "package", "metadata": {}, "lines": []}', "holds no document: it has neither metadata nor lines"),
    ],
)
def test_json_that_holds_no_document_is_left_out_in_one_sentence_and_the_rest_goes_on(
    tmp_path: Path, content: str, said: str
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "broken.json").write_text(content)
    sentence = left_out(tmp_path)
    assert sentence.startswith(f"in/broken.json {said}")
    assert "\n" not in sentence


def test_json_that_is_no_unicode_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_bytes(b'{"metadata": "\xff"}')
    assert left_out(tmp_path) == "broken.json is not JSON: it is not UTF-8 text."


def test_a_file_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "gone.xml").symlink_to(tmp_path / "nowhere.xml")
    assert left_out(tmp_path) == "gone.xml cannot be read: No such file or directory."


def test_files_of_other_kinds_are_counted(tmp_path: Path) -> None:
    for name in ("notes.txt", "scan.jpg", "more.txt", ".DS_Store"):
        (tmp_path / name).write_text("x")
    (tmp_path / "a.xml").write_text("<Invoice/>")
    read = own_documents.read(tmp_path, client=BAKERY)
    assert (read.left_out, read.others) == ((), "3 files are neither .json, .xml nor .pdf (.jpg, .txt).")


def test_a_folder_is_no_file_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    (tmp_path / "a.json" / "b.xml").write_text("<Invoice/>")
    assert [scene.title for scene in scenes(tmp_path)] == ["a.json/b.xml"]


def test_a_folder_without_documents_is_refused_with_what_was_left_out(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="has no document"):
        own_documents.read(tmp_path, client=BAKERY)
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(DemoError, match=r"has no document.*\n.*a\.json holds no document"):
        own_documents.read(tmp_path, client=BAKERY)


def test_the_demo_s_own_documents_can_be_taken_as_somebody_s() -> None:
    assert {"birch-plywood.xml", "winter-tyres.json"} <= {scene.title for scene in scenes(DOCUMENTS)}
