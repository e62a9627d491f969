"""The cases of `tests/golden`, one folder for each kind; `tests/golden/README.md` says how a case is written."""

import json
from base64 import b64encode
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from uuid import UUID

from lxml import etree
from pypdf import PdfWriter

from app.banqup.schemas import Document
from app.banqup.schemas import File as Listed
from app.convert import Conversion, File, Unconvertible, convert

GOLDEN = Path(__file__).parent.parent / "golden"
IN_FORCE, FROM_2027 = date(2026, 6, 1), date(2027, 6, 1)  # 3.0.21, 3.0.22
_SHORTENED = b64encode(b"shortened").decode()
_INPUTS = (".json", ".inside.xml", ".xml")
_EMPTY = {"id": str(UUID(int=1)), "spaceId": str(UUID(int=2)), "folder": "PURCHASES", "category": "INVOICE"}


def _name(path: Path) -> str | None:
    """The case that a file is an input of; None for what is expected of one."""
    if ".expected." in path.name or path.suffix not in (".json", ".xml"):
        return None
    ending = next(ending for ending in _INPUTS if path.name.endswith(ending))
    return str(path.relative_to(GOLDEN)).removesuffix(ending)


CASES = sorted({name for path in GOLDEN.glob("*/*") if (name := _name(path))})
CONVERTED = [case for case in CASES if (GOLDEN / f"{case}.expected.xml").exists()]


def of_kind(kind: str) -> list[str]:
    """The cases of one folder."""
    return [case for case in CASES if case.startswith(f"{kind}/")]


def document(case: str) -> Document:
    """Banqup's document: the one of the case, else one that knows nothing about its file."""
    path = GOLDEN / f"{case}.json"
    return Document.model_validate(json.loads(path.read_bytes()) if path.exists() else _EMPTY)


def files(case: str) -> list[File]:
    """What the document lists, with a few bytes in each, and the files that lie beside the case."""
    listed = [_content(file) for file in document(case).files]
    structured, inside = GOLDEN / f"{case}.xml", GOLDEN / f"{case}.inside.xml"
    name = Path(case).name
    if structured.exists():
        listed.append(xml_file(structured.read_bytes(), name=f"{name}.xml"))
    if inside.exists():
        listed.append(pdf_file({"factur-x.xml": inside.read_bytes()}, name=f"{name}.pdf"))
    return listed


def _content(listed: Listed) -> File:
    name = listed.filename or ""
    if listed.role == "PDF":
        return pdf_file({}, name=name)
    return File(str(listed.id), listed.role or "", name, listed.content_type or "", f"content of {name}".encode())


def xml_file(content: bytes, *, name: str = "invoice.xml") -> File:
    """A structured file in the role that Banqup gives it."""
    role = "CII" if b"CrossIndustry" in content[:1000] else "UBL"
    return File("1", role, name, "application/xml", content)


def pdf_file(attachments: dict[str, bytes], *, name: str = "invoice.pdf") -> File:
    """A PDF of one empty page with these files in it."""
    return File("1", "PDF", name, "application/pdf", _pdf(tuple(attachments.items())))


@cache
def _pdf(attachments: tuple[tuple[str, bytes], ...]) -> bytes:
    writer, stream = PdfWriter(), BytesIO()
    writer.add_blank_page(width=72, height=72)
    for name, content in attachments:
        writer.add_attachment(name, content)
    writer.write(stream)
    return stream.getvalue()


def converted(case: str, *, on: date | None = None) -> Conversion:
    """The case converted on a day when the release in its name is in force, or on another."""
    return convert(document(case), files(case), on=on or _day(case))


def _day(case: str) -> date:
    return FROM_2027 if case.endswith("-3.0.22") else IN_FORCE


def outcome(case: str) -> str:
    """What a person reads: the UBL indented, its origin and losses; or every reason for the refusal."""
    try:
        conversion = converted(case)
    except Unconvertible as refusal:
        return f"cause: {refusal.cause}\n" + "".join(f"{one.rule}: {one.message}\n" for one in refusal.findings)
    return readable(conversion)


def readable(conversion: Conversion) -> str:
    """A conversion as text."""
    root = etree.fromstring(conversion.ubl, etree.XMLParser(remove_blank_text=True))
    for element in root.iter("{*}EmbeddedDocumentBinaryObject"):
        element.text = _shortened(element.text or "")
    etree.indent(root)
    said = [f"origin: {conversion.origin}", *conversion.losses]
    return etree.tostring(root, encoding="unicode") + "\n" + "".join(f"<!-- {one} -->\n" for one in said)


def _shortened(base64: str) -> str:
    """A file in Base64, replaced if longer than a line: what a PDF writer makes differs by its release."""
    return base64 if len(base64) < 100 else _SHORTENED


def expected(case: str, *, found: str) -> Path:
    """The file that holds what is expected of the case."""
    return GOLDEN / f"{case}.expected.{'xml' if found.startswith('<') else 'txt'}"
