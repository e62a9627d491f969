"""All attacks, one after the other, while another partner works."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.attack import bounds, bystander, documents, links, matrix, target, tokens
from benchmarks.attack.bystander import Bystander
from benchmarks.attack.outcome import Breached
from benchmarks.attack.target import Target
from sandbox.running import Sandbox

PROMPT = 2.0  # seconds, for 99 of 100 documents of the bystander
MOST_MEMORY = 512  # MB, of any process

Attack = Callable[[str, Sandbox], Awaitable[Sequence[str]]]
ATTACKS: dict[str, Attack] = {"documents": documents.attack, "bounds": bounds.attack, "links": links.attack}


@dataclass
class Report:
    """What was tried, line by line, and whether everything held."""

    held: bool = True
    lines: list[str] = field(default_factory=list)

    def add(self, held: bool, line: str) -> None:
        """Add a line and show it."""
        self.held &= held
        self.lines.append(f"{'held   ' if held else 'FAILED '} {line}")
        print(self.lines[-1], flush=True)


async def run(folder: Path, *, only: Sequence[str] = ()) -> Report:
    """Attack a service of its own in an empty folder; with `only`, by the attacks of these names."""
    report, began = Report(), time.monotonic()
    with target.running(folder) as service:
        async with bystander.connected(service.url, service.sandbox) as other, service.watched(), other.working():
            for name, attack in _chosen(service, other, only).items():
                await _attempt(report, name, attack, service)
    _judge(report, other, service, seconds=time.monotonic() - began)
    return report


def _chosen(service: Target, other: Bystander, only: Sequence[str]) -> dict[str, Attack]:
    async def by_routes(url: str, sandbox: Sandbox) -> Sequence[str]:
        return await matrix.attack(url, sandbox, other)

    async def by_tokens(_: str, sandbox: Sandbox) -> Sequence[str]:
        return await tokens.attack(service.token_url, sandbox)

    every = {"routes": by_routes, "tokens": by_tokens} | ATTACKS
    return {name: attack for name, attack in every.items() if not only or name in only}


async def _attempt(report: Report, name: str, attack: Attack, service: Target) -> None:
    try:
        for line in await attack(service.url, service.sandbox):
            report.add(True, f"{name}: {line}")
    except Breached as breach:
        report.add(False, f"{name}: {breach}")
    except Exception as error:  # an attack that could not be made has shown nothing
        report.add(False, f"{name}: not tried to its end ({type(error).__name__}: {error})")


def _judge(report: Report, other: Bystander, service: Target, *, seconds: float) -> None:
    count, p99 = len(other.seconds), other.p99
    report.add(p99 < PROMPT, f"bystander: {count} documents in {seconds:.0f} s, p99 {p99:.2f} s (limit {PROMPT:g})")
    for name, used in sorted(service.memory.items()):
        report.add(used < MOST_MEMORY, f"memory: {name} {used} MB at most (limit {MOST_MEMORY})")
