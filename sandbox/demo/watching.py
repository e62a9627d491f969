"""How the exports go: asked again and again, told line by line, until each is where it must be."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.demo.banqup import Staged
from sandbox.demo.partner import Partner

PAUSE = 0.15  # seconds between two looks

Export = dict[str, Any]
Tell = Callable[[Export, dict[str, Any]], None]


@dataclass
class Watch:
    """What was seen of the exports so far; `tell` hears each new line of an export's history once."""

    partner: Partner
    tell: Tell
    seen: dict[str, Export] = field(default_factory=dict)
    _told: dict[str, int] = field(default_factory=dict)
    _changed: dict[str, Export] = field(default_factory=dict)

    async def look(self) -> None:
        """Ask for the exports, and for the history of those that changed since."""
        for listed in await self.partner.exports():
            if self._changed.get(listed["id"]) != listed:
                self._changed[listed["id"]] = listed
                await self._read(listed["id"])

    async def _read(self, export_id: str) -> None:
        export = await self.partner.export(export_id)
        self.seen[export["document"]["id"]] = export
        for line in export["history"][self._told.get(export_id, 0) :]:
            self.tell(export, line)
        self._told[export_id] = len(export["history"])

    async def until(self, staged: Sequence[Staged], *, within: float, times: int = 1) -> list[Staged]:
        """Look until every one has ended so many times; the ones that have not after `within` seconds."""
        until = time.monotonic() + within
        while True:
            await self.look()
            open_ones = [one for one in staged if ended(self.seen.get(one.document)) < times]
            if not open_ones or time.monotonic() > until:
                return open_ones
            await asyncio.sleep(PAUSE)


def ended(export: Export | None) -> int:
    """How often an export has come to an end; none while it is on its way."""
    if export is None or export["status"] == "queued":
        return 0
    return sum(line["event"] in ("ready_to_process", "error", "not_exported") for line in export["history"])
