"""Counts over all outcomes, and the sentences of a kind as one."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.corpus.outcome import Outcome

_SLOWEST = 10
_QUOTED = re.compile(r"“[^”]*”")
_VALUE = re.compile(r"\S*\d\S*")
_REPEATED = re.compile(r"…(?:\W+…)+")


@dataclass(frozen=True)
class Kind:
    """Sentences that differ only in their values: how often, and one of them."""

    times: int
    example: str
    where: str


@dataclass(frozen=True)
class Tally:
    """What a run came to."""

    outcomes: Sequence[Outcome]

    @property
    def by_grade(self) -> Counter[str]:
        """Documents by grade; `refused` and `crashed` beside them."""
        return Counter(one.grade or ("crashed" if one.crash else "refused") for one in self.outcomes)

    @property
    def by_origin(self) -> Counter[str]:
        """Converted documents by what they were made from."""
        return Counter(one.origin for one in self.outcomes if one.grade)

    @property
    def by_cause(self) -> Counter[str]:
        """Refused documents by cause."""
        return Counter(one.cause for one in self.outcomes if one.cause)

    @property
    def by_rules(self) -> Counter[str]:
        """Refused documents by the set of rules that refuse them."""
        refused = (one for one in self.outcomes if one.cause)
        return Counter(", ".join(sorted({rule for rule, _ in one.reasons})) for one in refused)

    @property
    def by_loss(self) -> list[Kind]:
        """Losses by kind, the most frequent first."""
        return _kinds((loss, one.name) for one in self.outcomes for loss in one.losses)

    @property
    def by_reason(self) -> list[Kind]:
        """Reasons for refusals by kind, the most frequent first."""
        return _kinds((f"{rule}: {sentence}", one.name) for one in self.outcomes for rule, sentence in one.reasons)

    @property
    def slowest(self) -> list[Outcome]:
        """The documents that took longest."""
        return sorted(self.outcomes, key=lambda one: -one.seconds)[:_SLOWEST]

    @property
    def officially_refused(self) -> list[Outcome]:
        """Converted documents that the official rules refuse."""
        return [one for one in self.outcomes if one.official]


def _kinds(sentences: Iterable[tuple[str, str]]) -> list[Kind]:
    found: dict[str, list[tuple[str, str]]] = {}
    for sentence, name in sentences:
        found.setdefault(_shape(sentence), []).append((sentence, name))
    kinds = [Kind(len(group), *group[0]) for group in found.values()]
    return sorted(kinds, key=lambda kind: -kind.times)


def _shape(sentence: str) -> str:
    """The sentence without the values of one document."""
    bare = _VALUE.sub("…", _QUOTED.sub("…", sentence))
    return _REPEATED.sub("…", bare)
