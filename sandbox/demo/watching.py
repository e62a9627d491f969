"""The progress of exports, polled from the API until each has ended."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.demo.banqup import Staged
from sandbox.demo.partner import Partner

PAUSE = 0.15  # seconds between two polls

Export = dict[str, Any]
OnEvent = Callable[[Export, dict[str, Any]], None]


@dataclass
class Watch:
    """The exports as last seen; `on_event` gets each new event of an export once."""

    partner: Partner
    on_event: OnEvent
    seen: dict[str, Export] = field(default_factory=dict)
    _reported: dict[str, int] = field(default_factory=dict)
    _changed: dict[str, Export] = field(default_factory=dict)

    async def poll(self) -> None:
        """Fetch the exports, and the history of those that changed."""
        for listed in await self.partner.exports():
            if self._changed.get(listed["id"]) != listed:
                self._changed[listed["id"]] = listed
                await self._read(listed["id"])

    async def _read(self, export_id: str) -> None:
        export = await self.partner.export(export_id)
        self.seen[export["document"]["id"]] = export
        for line in export["history"][self._reported.get(export_id, 0) :]:
            self.on_event(export, line)
        self._reported[export_id] = len(export["history"])

    async def until(self, staged: Sequence[Staged], *, within: float, times: int = 1) -> list[Staged]:
        """Poll until every export has ended `times` times; return those that have not after `within` seconds."""
        until = time.monotonic() + within
        while True:
            await self.poll()
            open_ones = [one for one in staged if ended(self.seen.get(one.document)) < times]
            if not open_ones or time.monotonic() > until:
                return open_ones
            await asyncio.sleep(PAUSE)


def ended(export: Export | None) -> int:
    """Return how often an export has ended; 0 while it is queued."""
    if export is None or export["status"] == "queued":
        return 0
    return sum(line["event"] in ("ready_to_process", "error", "not_exported") for line in export["history"])
