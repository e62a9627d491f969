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
    """The rules of one module, in the order in which they were written; `when` names the documents they are for."""

    def __init__(self, *, when: Callable[[Document], bool] | None = None) -> None:
        self.registered: list[Rule] = []
        self.when = when

    def on(self, *contexts: str) -> Callable[[Check], Check]:
        """Register a check for every element whose path ends in one of the contexts."""

        def register(check: Check) -> Check:
            self.registered.append(Rule(contexts, check))
            return check

        return register


class RuleBook:
    """Several modules' rules: those for every document, and chapters for some."""

    def __init__(self, *modules: Rules) -> None:
        self._always = _Chapter(rule for module in modules if module.when is None for rule in module.registered)
        self._sometimes = [(module.when, _Chapter(module.registered)) for module in modules if module.when]

    def run(self, document: Document) -> None:
        """Run every rule on every element that it applies to."""
        self._always.run(document)
        for when, chapter in self._sometimes:
            if when(document):
                chapter.run(document)


class _Chapter:
    """Rules, and a memory of which of them apply at a place."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = list(rules)
        self._applying: dict[Place, tuple[Check, ...]] = {}

    def run(self, document: Document) -> None:
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
