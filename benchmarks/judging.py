"""What must hold at the end, asked of sandbox and database: each document once, in its company, unaltered."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.delivery.parcel import reference
from app.storage.models import Export, ExportEvent, Lane
from benchmarks.town import Client, Town

Arrival = Mapping[str, Any]


@dataclass
class Verdict:
    """Figures, and every finding that must not be."""

    documents: int = 0
    arrived: int = 0
    duplicates: int = 0
    by_state: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    suspects: list[Export] = field(default_factory=list)


async def judge(town: Town, documents: Mapping[UUID, Client]) -> Verdict:
    """Compare what lies in Exact with what the database says of every document."""
    verdict = Verdict(documents=len(documents))
    lying = await _lying(town)
    exports = await _exports(town)
    for document, client in documents.items():
        known = reference(client.space, document, client.company)
        _judge_one(verdict, exports.pop(document, None), client, known, lying.pop(known, []))
    await _add_histories(town, verdict)
    verdict.findings += [f"in Exact, and nobody knows why: {unknown}" for unknown in lying]
    verdict.findings += [f"exported, and nobody sent it: {document}" for document in exports]
    return verdict


async def _lying(town: Town) -> dict[str, list[Arrival]]:
    """Documents and postbox messages in Exact, by the reference at the start of the subject."""
    lying: defaultdict[str, list[Arrival]] = defaultdict(list)
    for found in [*await town.sandbox.exact.arrived(), *await town.sandbox.exact.mail()]:
        lying[str(found["subject"]).partition(" ")[0]].append(found)
    return lying


@dataclass(frozen=True)
class Standing:
    """An export, and why it waits where it does: for a reason of its own or of its lane."""

    export: Export
    reason: Mapping[str, Any]


async def _exports(town: Town) -> dict[UUID, Standing]:
    rows = await town.read(select(Export, Lane.blocked_reason).join(Lane, Lane.id == Export.lane_id))
    return {row[0].document_id: Standing(row[0], _reason(*row)) for row in rows}


def _reason(export: Export, of_lane: dict[str, Any] | None) -> Mapping[str, Any]:
    return (of_lane if export.status == "queued" else None) or export.reason or {}


def _judge_one(verdict: Verdict, standing: Standing | None, client: Client, known: str, lying: list[Arrival]) -> None:
    if standing is None:
        verdict.findings.append(f"{known}: its message made no export")
        return
    export, reason, before = standing.export, standing.reason, len(verdict.findings)
    verdict.by_state[": ".join(filter(None, (export.status, reason.get("code"))))] += 1
    verdict.arrived += bool(lying)
    if len(lying) > 1:
        verdict.duplicates += 1
        verdict.findings.append(f"{known}: {len(lying)} times in Exact")
    if any(found["company"] != client.company for found in lying):
        verdict.findings.append(f"{known}: in another company")
    if export.status == "ready_to_process":
        verdict.findings += _wrong_content(export, known, lying)
    elif not (reason.get("sentence") and reason.get("who") and reason.get("how")):
        verdict.findings.append(f"{known}: {export.status}, and no reason is given")
    if len(verdict.findings) > before:
        verdict.suspects.append(export)


def _wrong_content(export: Export, known: str, lying: list[Arrival]) -> list[str]:
    if not lying:
        return [f"{known}: said to be in Exact, and is not"]
    files = Counter(file["filename"] for file in lying[0]["attachments"])
    ubl = [file["sha256"] for file in lying[0]["attachments"] if file["filename"] == f"{known}.xml"]
    wrong = []
    if ubl != [export.ubl_sha256]:
        wrong.append(f"{known}: {len(ubl)} UBL files, or other bytes")
    wrong += [f"{known}: {count} times the file {name}" for name, count in files.items() if count > 1]
    return wrong


async def _add_histories(town: Town, verdict: Verdict) -> None:
    """What happened to the first few that are not as they should be."""
    for export in verdict.suspects[:5]:
        query = select(ExportEvent).where(ExportEvent.export_id == export.id).order_by(ExportEvent.id)
        lines = [
            f"      {event.at:%d %H:%M:%S.%f} {event.event} {(event.detail or {}).get('sentence', '')}"
            for (event,) in await town.read(query)
        ]
        verdict.findings.append("\n".join([f"history of {export.subject}", *lines]))
