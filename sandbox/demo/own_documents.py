"""Documents that somebody brings along: Banqup's JSON, UBL and CII, each as a scene for one client."""

import json
from pathlib import Path
from typing import Any

from sandbox.demo.problems import DemoError
from sandbox.demo.story import Client, File, Scene

_SALES_WORDS = ("sales", "sale", "sent", "outgoing", "verkoop", "vente", "ventes", "verkauf")
# Banqup itself sets these
_SET_BY_BANQUP = ("id", "spaceId", "timestamps", "files")
_CONTENT_TYPES = {".xml": "application/xml", ".pdf": "application/pdf"}


def scenes(folder: Path, *, client: Client) -> list[Scene]:
    """A scene for each JSON and XML file in the folder and below it, by name.

    Raises DemoError when there is none, or when one cannot be read.
    """
    if not folder.is_dir():
        raise DemoError(f"{folder} is not a folder.")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".json", ".xml"))
    if not found:
        raise DemoError(f"{folder} holds neither .json (Banqup) nor .xml (UBL) files.")
    return [_scene(path, folder=folder, client=client) for path in found]


def _scene(path: Path, *, folder: Path, client: Client) -> Scene:
    document = _banqup_document(path) if path.suffix.lower() == ".json" else _minimal_document(path)
    document["folder"] = "SALES" if _below_sales(path.relative_to(folder)) else document.get("folder", "PURCHASES")
    return Scene(title=str(path.relative_to(folder)), client=client, document=document, files=_files(path))


def _banqup_document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DemoError(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise DemoError(f"{path} holds no document: a JSON object is needed.")
    return {key: value for key, value in document.items() if key not in _SET_BY_BANQUP}


def _minimal_document(path: Path) -> dict[str, Any]:
    """What Banqup knows of a document that is nothing but its file."""
    return {"category": "CREDIT_NOTE" if _root(path).startswith("CreditNote") else "INVOICE", "source": "PEPPOL"}


def _below_sales(place: Path) -> bool:
    """Whether a folder on the way says so, which counts more than what the document says of itself."""
    return any(part.lower() in _SALES_WORDS for part in place.parts[:-1])


def _files(path: Path) -> tuple[File, ...]:
    """The XML itself, and the PDF of the same name beside it."""
    files = []
    if path.suffix.lower() == ".xml":
        role = "CII" if _root(path).startswith("CrossIndustry") else "UBL"
        files.append(_file(role, path))
    pdf = path.with_suffix(".pdf")
    if pdf.is_file():
        files.append(_file("PDF", pdf))
    return tuple(files)


def _file(role: str, path: Path) -> File:
    return File(role, path.name, _CONTENT_TYPES[path.suffix.lower()], path.read_bytes())


def _root(path: Path) -> str:
    """The local name of the outermost element, as far as it can be told without parsing; hostile files come too."""
    beginning = path.read_bytes()[:4096].decode("utf-8", "replace")
    for piece in beginning.split("<")[1:]:
        if not piece.startswith(("?", "!", "/")):
            return piece.replace("/", " ").replace(">", " ").split()[0].rpartition(":")[2] if piece.strip() else ""
    return ""
