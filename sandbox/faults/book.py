"""Fault rules, matched to calls by count or by seeded chance, and a log of the hits."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sandbox.clock import Clock
from sandbox.faults.kinds import KINDS, Kind
from sandbox.faults.place import Place


class UnknownFaultError(ValueError):
    """The server has no fault of this kind."""


@dataclass(slots=True)
class Rule:
    """A fault and the calls it applies to; `calls` are ordinals per method, endpoint and company since the reset."""

    id: str
    kind: Kind
    endpoint: str = "*"
    method: str | None = None
    tenant: str | None = None
    times: int | None = None
    skip: int = 0
    chance: float | None = None
    calls: frozenset[int] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    def matches(self, place: Place) -> bool:
        return (
            (self.method is None or self.method == place.method)
            and (self.tenant is None or self.tenant == place.tenant)
            and fnmatchcase(place.endpoint, self.endpoint)
            and self.kind.fits(place)
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.name,
            "endpoint": self.endpoint,
            "method": self.method,
            "company": self.tenant,
            "times": self.times,
            "skip": self.skip,
            "chance": self.chance,
            "calls": sorted(self.calls) if self.calls is not None else None,
            "params": self.params,
            "fired": self.fired,
        }


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fault to inject into a call."""

    kind: Kind
    params: Mapping[str, Any]


class FaultBook:
    """The rules of one server; the same rules, seed and calls always produce the same faults."""

    def __init__(self, server: str, clock: Clock) -> None:
        self.server, self.clock = server, clock
        self.clear()

    def clear(self) -> None:
        self.seed = "0"
        self.rules: list[Rule] = []
        self.log: list[dict[str, Any]] = []
        self.calls: Counter[Place] = Counter()
        self._made = 0

    def add(self, kind: str, *, params: Mapping[str, Any] | None = None, **match: Any) -> Rule:
        """Add a rule; raise `UnknownFaultError` if this server has no such kind."""
        known = KINDS.get(kind)
        if known is None or self.server not in known.servers:
            raise UnknownFaultError(kind)
        self._made += 1
        rule = Rule(id=f"fault-{self._made}", kind=known, params={**known.params, **(params or {})}, **match)
        self.rules.append(rule)
        return rule

    def remove(self, rule_id: str) -> bool:
        before = len(self.rules)
        self.rules = [rule for rule in self.rules if rule.id != rule_id]
        return len(self.rules) < before

    def draw(self, place: Place) -> list[Drawn]:
        """Return the faults for this call: at most one on the wire, any number inside."""
        self.calls[place] += 1
        drawn: list[Drawn] = []
        for rule in self.rules:
            on_wire_twice = rule.kind.wire is not None and any(other.kind.wire for other in drawn)
            if not on_wire_twice and rule.matches(place) and self._fires(rule, place):
                drawn.append(Drawn(rule.kind, rule.params))
                self._note(rule, place)
        return drawn

    def _fires(self, rule: Rule, place: Place) -> bool:
        rule.seen += 1
        if rule.seen <= rule.skip or (rule.times is not None and rule.fired >= rule.times):
            return False
        if rule.calls is not None:
            return self.calls[place] in rule.calls
        return rule.chance is None or self._share(rule, place) < rule.chance

    def _share(self, rule: Rule, place: Place) -> float:
        """Return a number in [0, 1) from seed, rule and the call's ordinal, whatever other companies do."""
        text = f"{self.seed}|{rule.id}|{place.method}|{place.endpoint}|{place.tenant}|{self.calls[place]}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64

    def _note(self, rule: Rule, place: Place) -> None:
        rule.fired += 1
        self.log.append(
            {
                "at": self.clock.now().isoformat(),
                "rule": rule.id,
                "kind": rule.kind.name,
                "params": rule.params,
                "method": place.method,
                "endpoint": place.endpoint,
                "company": place.tenant,
                "call": self.calls[place],
            }
        )

    def replay(self) -> list[dict[str, Any]]:
        """Return the log as rules that hit the same calls again."""
        hits: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        first: dict[tuple[str, ...], dict[str, Any]] = {}
        for entry in self.log:
            key = tuple(str(entry[name]) for name in ("kind", "params", "method", "endpoint", "company"))
            hits[key].append(entry["call"])
            first.setdefault(key, entry)
        names = ("kind", "params", "method", "endpoint", "company")
        return [{name: first[key][name] for name in names} | {"calls": calls} for key, calls in hits.items()]
