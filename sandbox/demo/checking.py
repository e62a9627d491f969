"""The check that every document arrived as it should: in its company, once, byte for byte. No I/O."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.demo.banqup import Staged
from sandbox.demo.partner import sha256
from sandbox.demo.story import READY, Scene


@dataclass(frozen=True)
class Outcome:
    """The final state: exports by document, UBL by export, and the documents in Exact."""

    exports: Mapping[str, Mapping[str, Any]]
    ubl: Mapping[str, bytes]
    arrived: Sequence[Mapping[str, Any]]


def shortcomings(staged: Sequence[Staged], outcome: Outcome) -> list[str]:
    """Return a sentence for everything that is not as it should be."""
    found = [f"{one.scene.title}: {wrong}" for one in staged for wrong in _of_one(one, outcome)]
    expected = {_subject(outcome.exports.get(one.document)) for one in staged if one.scene.ends == READY}
    strangers = [one["subject"] for one in outcome.arrived if one["subject"] not in expected]
    found += [f"“{subject}” is in Exact, but nothing was sent." for subject in strangers]
    if more := outcome.exports.keys() - {one.document for one in staged}:
        found.append(f"{len(more)} exports belong to no document of the demo.")
    return found


def _of_one(staged: Staged, outcome: Outcome) -> Iterator[str]:
    export = outcome.exports.get(staged.document)
    if export is None:
        yield "it has no export."
        return
    reason = export["reason"] or {}
    if (export["status"], reason.get("code")) != (staged.scene.ends, staged.scene.code):
        wanted = " ".join(filter(None, (staged.scene.ends, staged.scene.code)))
        yield f"it should be {wanted}, but is {export['status']}. {reason.get('sentence', '')}".strip()
        return
    yield from _in_exact(staged.scene, export, outcome)


def _in_exact(scene: Scene, export: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    there = [one for one in outcome.arrived if one["subject"] == _subject(export)]
    if len(there) != (1 if scene.ends == READY else 0):
        yield f"it is in Exact {len(there)} times."
        return
    for document in there:
        if document["company"] != scene.client.division:
            yield f"it is in {document['company_name']} but belongs to {scene.client.name}."
        yield from _files(scene, export, document, outcome.ubl.get(export["id"], b""))


def _files(scene: Scene, export: Mapping[str, Any], document: Mapping[str, Any], ubl: bytes) -> Iterator[str]:
    there = [file["sha256"] for file in document["attachments"]]
    pdf, given = _content(scene, "PDF"), _content(scene, "UBL")
    inside = pdf is None or base64.b64encode(pdf) in b"".join(ubl.split())
    if not inside and sha256(pdf or b"") not in there:
        yield "its PDF is neither in the UBL nor beside it."
    if len(there) != (1 if inside else 2):
        yield f"it has {len(there)} attachments in Exact."
    if export["sha256"] not in there or export["sha256"] != sha256(ubl):
        yield "the UBL in Exact differs from the one the product kept."
    if export["origin"] == "untouched" and given != ubl:
        yield "the UBL differs from the one in Banqup."


def _content(scene: Scene, role: str) -> bytes | None:
    return next((file.content for file in scene.files if file.role == role), None)


def _subject(export: Mapping[str, Any] | None) -> str | None:
    in_exact = (export or {}).get("exact") or {}
    subject = in_exact.get("subject")
    return str(subject) if subject else None
