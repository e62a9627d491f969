"""Documents that ask for more than any invoice needs: each ends with a reason, and its company goes on."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from benchmarks import hostile_shapes as shapes
from benchmarks.attack import joining
from benchmarks.attack.joining import Client
from benchmarks.attack.outcome import expect
from benchmarks.hostile_shapes import Hostile, Shape
from benchmarks.town import invoice
from sandbox.admin import BanqupAdmin
from sandbox.demo.partner import Partner
from sandbox.running import Sandbox

LANES = 8
WITHIN = 180.0  # seconds for all of them on two cores
TOO_HEAVY, TOO_LARGE, ANY = "document_too_heavy", "document_too_large", "any"


def values(count: int) -> Hostile:
    """Banqup's data of very many values."""
    return Hostile(json.dumps({"unknown": [0] * count}).encode())


def files(count: int) -> Hostile:
    """Banqup's data of very many large files."""
    found = [{"id": str(uuid4()), "role": "PDF", "filename": "a.pdf", "fileSize": 39_000_000} for _ in range(count)]
    return Hostile(json.dumps({"files": found}).encode())


def characters(place: str) -> Hostile:
    """Banqup's data with characters that Postgres cannot store."""
    document = invoice("any")
    owner, name = {"lines": (document["lines"][0], "currency"), "category": (document, "category")}.get(
        place, (document["metadata"], place)
    )
    owner[name] = "A\0B\udc00C"
    return Hostile(json.dumps({part: document[part] for part in ("category", "metadata", "lines")}).encode())


def plain(_: int) -> Hostile:
    """A plain invoice, which must arrive behind the others."""
    return Hostile(b"{}")


@dataclass(frozen=True)
class Attempt:
    """A document, and the codes that it may end with; none for one that arrives."""

    name: str
    make: Callable[[], Hostile]
    codes: frozenset[str | None]


def attempt(name: str, shape: Shape, count: int, *codes: str | None) -> Attempt:
    return Attempt(name, partial(shape, count), frozenset(codes))


ATTEMPTS = (
    # Beyond a limit that is checked before the work
    attempt("an element of 100,000 attributes", shapes.attributes_of_one, 100_000, TOO_HEAVY),
    attempt("2,000,000 tags", shapes.tags, 2_000_000, TOO_HEAVY),
    attempt("elements 5,000 levels deep", shapes.depth, 5_000, TOO_HEAVY),
    attempt("1,100,000 values of JSON", values, 1_100_000, TOO_HEAVY),
    attempt("60 files of 39 MB", files, 60, TOO_HEAVY),
    # Within those limits, but perhaps beyond the time and memory of one document
    attempt("900,000 tags", shapes.tags, 900_000, TOO_HEAVY, None),
    attempt("20 MB of ASCII85 in a PDF", shapes.pdf_ascii85, 4_000, TOO_HEAVY, None),
    attempt("a PDF that grows to 70 MB", shapes.pdf_flate, 70_000_000, TOO_HEAVY, TOO_LARGE),
    attempt("400,000 texts between elements", shapes.mixed_text, 400_000, TOO_HEAVY, None),
    *[attempt(f"1,500 equal VAT groups ({lane})", shapes.tax_subtotals, 1_500, None) for lane in range(LANES)],
    *[
        Attempt(f"NUL and half a character in {place}", partial(characters, place), frozenset({ANY}))
        for place in ("category", "documentNumber", "lines")
    ],
    *[attempt(f"plain ({lane})", plain, 0, None) for lane in range(LANES)],
)


@dataclass(frozen=True)
class Documents:
    """The attacks, against the service at `url`."""

    url: str
    sandbox: Sandbox

    async def run(self) -> list[str]:
        """Send every document and wait for its end; return what held. Raises `Breached`."""
        async with joining.connected(self.url, self.sandbox, name="documents", clients=LANES) as (partner, clients):
            began = time.monotonic()
            async with self.sandbox.banqup.connected() as banqup:
                sent = [
                    await _approve(banqup, clients[number % LANES], await asyncio.to_thread(attempted.make))
                    for number, attempted in enumerate(ATTEMPTS)
                ]
            ends = await _ended(partner, sent)
            took = time.monotonic() - began
        for attempted, identity in zip(ATTEMPTS, sent, strict=True):
            _judge(attempted, ends.get(identity))
        return [f"{len(sent)} documents, hostile and plain, in {LANES} companies: each ended within {took:.0f} s"]


def _judge(attempted: Attempt, end: Mapping[str, Any] | None) -> None:
    expect(end is not None, f"{attempted.name}: no export was made")
    assert end is not None
    status, code = end["status"], (end["reason"] or {}).get("code")
    expect(status != "queued", f"{attempted.name}: queued after {WITHIN:g} s, for {end['waits_for']}")
    expect(ANY in attempted.codes or code in attempted.codes, f"{attempted.name}: ended as {status} ({code})")


async def _approve(banqup: BanqupAdmin, client: Client, document: Hostile) -> str:
    """Put a document into Banqup and approve it; return its ID. Its files come with a plain invoice."""
    own: dict[str, Any] = {} if document.files else json.loads(document.body)
    found = [
        {"role": file.role, "filename": file.filename, "content_type": file.content_type, "content": file.content}
        for file in document.files
    ]
    content = invoice(f"H-{uuid4().hex[:12]}") | own
    stored = await banqup.document(str(client.space), content, files=found)
    await banqup.approve(str(client.space), stored["id"])
    return str(stored["id"])


async def _ended(partner: Partner, sent: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the exports by document, once none is queued or the time is over."""
    over = time.monotonic() + WITHIN
    while True:
        found = {str(export["document"]["id"]): export for export in await partner.exports()}
        queued = [identity for identity in sent if found.get(identity, {"status": "queued"})["status"] == "queued"]
        if not queued or time.monotonic() > over:
            return found
        await asyncio.sleep(0.5)


async def attack(url: str, sandbox: Sandbox) -> Sequence[str]:
    """Attack the service at `url` by documents; return what held. Raises `Breached`."""
    return await Documents(url, sandbox).run()
