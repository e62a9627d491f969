"""Every fault of the stand-ins, each at the same chance: on the wire, in Exact, at its token endpoint, in Banqup.

Where a kind has variants (stored or not, which status, which reason), they share its chance.
"""

import asyncio
import itertools
import random
from collections import Counter
from typing import Any

from sandbox.admin import Admin
from sandbox.running import Sandbox

Rule = dict[str, Any]

WAVES = 6

_BEFORE_OR_AFTER = ("timeout_408", "server_error_500", "html_503", "empty_599", "html_200", "garbage")
_FAULTS = (
    "created_without_record",
    "own_fault_500",
    "redirect_302",
    "locked_423",
    "too_early_425",
    "html_400",
    "html_403",
)
_REASONS = (
    "scope",
    "right",
    "module",
    "company",
    "division_scope",
    "BlockedUser",
    "LicenseExpired",
    "NoDivisionAccess",
)
_STATES = ("right_lost", "company_archived", "company_blocked", "company_moved")


def wire(chance: float) -> list[Rule]:
    """Faults of any connection, before and after the effect."""
    rules = [_rule(kind, chance) for kind in ("lost_answer", "reset_before", "reset_mid_body")]
    rules += [_rule(kind, chance, seconds=0.3) for kind in ("slow_headers", "slow_body")]
    for kind in _BEFORE_OR_AFTER:
        rules += [_rule(kind, chance / 2, effect=effect) for effect in ("none", "done")]
    return rules


def companies(chance: float) -> list[Rule]:
    """What Exact itself does to calls of a company; each rule meets only the calls that it fits."""
    kinds = ("exact_error_500", "null_id", "mandatory_filter", "minute_limit", "day_limit", "error_limit")
    rules = [_rule(kind, chance) for kind in kinds]
    for kind in _FAULTS:
        rules += [_rule(kind, chance / 2, effect=effect) for effect in ("none", "done")]
    rules += [_rule("own_fault_500", chance / 2, effect="done", message=""), _rule("busy_503", chance, seconds=2)]
    rules += [_rule("unauthorized_401", chance), _rule("search_lag", chance, seconds=15.0)]
    rules += [_rule("clock_skew", chance / 2, seconds=seconds) for seconds in (90.0, -90.0)]
    rules += [_rule("forbidden_403", chance / len(_REASONS), reason=word) for word in _REASONS]
    return rules + [_rule(kind, chance, seconds=60.0) for kind in _STATES]


def tokens(chance: float) -> list[Rule]:
    """What the token endpoint and the sign-in page do; a chain that is lost here is lost for good."""
    rules = [_rule("too_early", chance / 2, status=status) for status in (400, 401)]
    rules += [_rule("old_token", chance / 2, status=status) for status in (400, 401)]
    rules += [_rule("expired_refresh_token", chance, status=400)]
    moments = ("consent", "exchange", "first_refresh")
    return rules + [_rule("supersede_at", chance / 3, moment=moment) for moment in moments]


def banqup(chance: float) -> list[Rule]:
    """What Banqup does."""
    return [_rule(kind, chance) for kind in ("limit_429", "empty_data", "unauthorized_401")]


def _rule(kind: str, chance: float, **params: Any) -> Rule:
    return {"kind": kind, "endpoint": "*", "chance": chance, "params": params}


def waves(seed: int, chance: float) -> list[tuple[list[Rule], list[Rule]]]:
    """Every rule for Exact and for Banqup, shuffled and dealt out to waves: all at once, no call in four would pass."""
    shuffle = random.Random(seed).shuffle
    exact, theirs = [*wire(chance), *companies(chance), *tokens(chance)], [*wire(chance), *banqup(chance)]
    shuffle(exact)
    shuffle(theirs)
    return [(exact[place::WAVES], theirs[place::WAVES]) for place in range(WAVES)]


async def misbehave(sandbox: Sandbox, *, seed: int, chance: float, seconds: float) -> None:
    """One wave of faults after another, each for some seconds, until it is cancelled."""
    for server in (sandbox.exact, sandbox.banqup):
        await server.put("/sandbox/faults/seed", {"seed": seed})
    for exact, theirs in itertools.cycle(waves(seed, chance)):
        await _replace(sandbox.exact, exact)
        await _replace(sandbox.banqup, theirs)
        await asyncio.sleep(seconds)


async def _replace(server: Admin, rules: list[Rule]) -> None:
    await server.clear_faults()
    for rule in rules:
        await server.post("/sandbox/faults", rule)


async def met(sandbox: Sandbox) -> Counter[str]:
    """How many calls have met which fault."""
    logs = [await server.get("/sandbox/faults/log") for server in (sandbox.exact, sandbox.banqup)]
    return Counter(entry["kind"] for log in logs for entry in log)
