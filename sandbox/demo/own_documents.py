"""A folder of your own documents: Banqup's JSON, UBL, CII and PDF, each a scene for one client."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.demo.problems import DemoError
from sandbox.demo.story import Client, File, Scene

_SALES_WORDS = ("sales", "sale", "sent", "outgoing", "verkoop", "vente", "ventes", "verkauf")
# Banqup itself sets these
_SET_BY_BANQUP = ("id", "spaceId", "timestamps", "files")
_CONTENT_TYPES = {".xml": "application/xml", ".pdf": "application/pdf"}
_KINDS = (".json", ".xml", ".pdf")
_JSON_WORDS = {list: "a list", str: "a text", int: "a number", float: "a number", bool: "a boolean"}


class Unusable(Exception):
    """A file is no document; the text continues a sentence that begins with its name."""


@dataclass(frozen=True)
class OwnDocuments:
    """What a folder holds, a sentence for each document that is left out, and one for files of other kinds."""

    scenes: Sequence[Scene]
    left_out: Sequence[str]
    others: str


def read(folder: Path, *, client: Client) -> OwnDocuments:
    """Read every document in the folder and below it, by name; raise `DemoError` if there is none."""
    files = sorted(path for path in folder.rglob("*") if not path.is_dir() and not path.name.startswith("."))
    scenes, left_out = [], []
    for path, pdf in _documents(files):
        title = str(path.relative_to(folder))
        try:
            scenes.append(_scene(path, pdf, title=title, client=client))
        except Unusable as error:
            left_out.append(f"{title} {error}.")
        except OSError as error:
            left_out.append(f"{title} cannot be read: {error.strerror}.")
    if not scenes:
        nothing = f"{folder} has no document: neither .json (Banqup), .xml (UBL, CII) nor .pdf."
        raise DemoError("\n".join([nothing, *left_out]))
    return OwnDocuments(tuple(scenes), tuple(left_out), _others(files))


def _documents(files: Sequence[Path]) -> Iterator[tuple[Path, Path | None]]:
    """Yield each document with the PDF of the same name; a PDF without one is a document."""
    pdfs = {path.with_suffix(""): path for path in files if path.suffix.lower() == ".pdf"}
    beside = {path.with_suffix("") for path in files if path.suffix.lower() in (".json", ".xml")}
    for path in files:
        kind = path.suffix.lower()
        if kind in (".json", ".xml") or (kind == ".pdf" and path.with_suffix("") not in beside):
            yield path, pdfs.get(path.with_suffix(""))


def _others(files: Sequence[Path]) -> str:
    others = [path for path in files if path.suffix.lower() not in _KINDS]
    kinds = ", ".join(sorted({path.suffix or path.name for path in others}))
    count = "1 file is" if len(others) == 1 else f"{len(others)} files are"
    return f"{count} neither .json, .xml nor .pdf ({kinds})." if others else ""


def _scene(path: Path, pdf: Path | None, *, title: str, client: Client) -> Scene:
    files = (_file("PDF", pdf),) if pdf else ()
    match path.suffix.lower():
        case ".json":
            document = _banqup_document(path, has_pdf=pdf is not None)
        case ".xml":
            xml = path.read_bytes()
            document = _peppol_document(xml)
            files = (_file("CII" if _root(xml).startswith("CrossIndustry") else "UBL", path), *files)
        case _:
            document = {"category": "INVOICE", "source": "EMAIL"}
    document["folder"] = "SALES" if _below_sales(Path(title)) else document.get("folder", "PURCHASES")
    return Scene(title=title, client=client, document=document, files=files)


def _banqup_document(path: Path, *, has_pdf: bool) -> dict[str, Any]:
    document = _json(path.read_bytes())
    if not isinstance(document, dict):
        raise Unusable(f"holds {_JSON_WORDS.get(type(document), 'nothing')}, not a document")
    if not has_pdf and not document.get("metadata") and not document.get("lines"):
        raise Unusable("holds no document: it has neither metadata nor lines")
    return {key: value for key, value in document.items() if key not in _SET_BY_BANQUP}


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except UnicodeDecodeError:
        raise Unusable("is not JSON: it is not UTF-8 text") from None
    except ValueError as error:
        raise Unusable(f"is not JSON: {error}") from None
    except RecursionError:
        raise Unusable("is nested too deeply") from None


def _peppol_document(xml: bytes) -> dict[str, Any]:
    """Return Banqup's data for a document that is only a file."""
    return {"category": "CREDIT_NOTE" if _root(xml).startswith("CreditNote") else "INVOICE", "source": "PEPPOL"}


def _below_sales(place: Path) -> bool:
    """Tell whether a folder in the path is named as one of sales, which overrides the document's own folder."""
    return any(part.lower() in _SALES_WORDS for part in place.parts[:-1])


def _file(role: str, path: Path) -> File:
    return File(role, path.name, _CONTENT_TYPES[path.suffix.lower()], path.read_bytes())


def _root(xml: bytes) -> str:
    """Return the local name of the root element, without parsing a file that may be hostile."""
    beginning = xml[:4096].decode("utf-8", "replace")
    for piece in beginning.split("<")[1:]:
        if not piece.startswith(("?", "!", "/")):
            return piece.replace("/", " ").replace(">", " ").split()[0].rpartition(":")[2] if piece.strip() else ""
    return ""
