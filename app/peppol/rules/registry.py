"""How rules are registered: by the elements they look at, so that each runs where it applies and nowhere else."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.peppol.rules.document import Document, Node, Place

Check = Callable[[Node, Document], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check and the contexts it applies to: the last steps of a path, or a root's name."""

    contexts: tuple[str, ...]
    check: Check


class Rules:
    """The rules of one module, in the order in which they were written."""

    def __init__(self) -> None:
        self.registered: list[Rule] = []

    def on(self, *contexts: str) -> Callable[[Check], Check]:
        """Register a check for every element whose path ends in one of the contexts."""

        def register(check: Check) -> Check:
            self.registered.append(Rule(contexts, check))
            return check

        return register


class RuleBook:
    """Several modules' rules, with a memory of which of them apply at a place."""

    def __init__(self, modules: Iterable[Rules]) -> None:
        self._rules = [rule for module in modules for rule in module.registered]
        self._applying: dict[Place, tuple[Check, ...]] = {}

    def run(self, document: Document) -> None:
        """Run every rule on every element that it applies to."""
        for place, nodes in document.places.items():
            for check in self._at(place):
                for node in nodes:
                    check(node, document)

    def _at(self, place: Place) -> tuple[Check, ...]:
        checks = self._applying.get(place)
        if checks is None:
            checks = tuple(rule.check for rule in self._rules if any(map(place.within, rule.contexts)))
            if len(self._applying) < Place.most_shared:
                self._applying[place] = checks
        return checks
