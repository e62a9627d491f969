"""The documents in a folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from app.banqup.schemas import Document
from app.convert import File

_TYPES = {".xml": "application/xml", ".pdf": "application/pdf"}
_EMPTY = {"id": str(UUID(int=1)), "spaceId": str(UUID(int=2)), "folder": "PURCHASES", "category": "INVOICE"}
_OF_BANQUP = frozenset({"metadata", "lines", "category"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One document: Banqup's data, if any, and the files beside it."""

    name: str
    data: Path | None
    files: tuple[Path, ...]

    def document(self) -> Document:
        """Return Banqup's document; one that knows nothing about its file, if there is no data."""
        found = json.loads(self.data.read_bytes()) if self.data else {}
        return Document.model_validate(_EMPTY | found)

    def contents(self) -> list[File]:
        """Return the files in the roles that Banqup gives them."""
        return [_file(path) for path in self.files]


def candidates(folder: Path) -> Iterator[Candidate]:
    """Yield every document in a folder and below, but for the outcomes that golden cases expect."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and ".expected." not in path.name]
    documents = [path for path in paths if path.suffix.lower() == ".json" and _is_of_banqup(path)]
    beside = {path: _beside(path, paths) for path in documents}
    taken = {file for files in beside.values() for file in files}
    for path, files in beside.items():
        yield Candidate(str(path.relative_to(folder)), path, files)
    for path in paths:
        if path.suffix.lower() in _TYPES and path not in taken:
            yield Candidate(str(path.relative_to(folder)), None, (path,))


def _beside(document: Path, paths: list[Path]) -> tuple[Path, ...]:
    return tuple(
        path
        for path in paths
        if path.parent == document.parent and path.stem == document.stem and path.suffix.lower() in _TYPES
    )


def _is_of_banqup(path: Path) -> bool:
    try:
        found: Any = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(found, dict) and bool(_OF_BANQUP & found.keys())


def _file(path: Path) -> File:
    content, ending = path.read_bytes(), path.suffix.lower()
    role = "PDF" if ending == ".pdf" else "CII" if b"CrossIndustry" in content[:2000] else "UBL"
    return File(path.name, role, path.name, _TYPES[ending], content)
