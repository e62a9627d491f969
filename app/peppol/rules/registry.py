"""How rules are registered: by the elements they look at, so that each runs where it applies and nowhere else."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.peppol.rules.document import Document
from app.peppol.rules.tree import Node, Place

Check = Callable[[Node, Document], None]
CheckOfAll = Callable[[Sequence[Node], Document], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """The contexts it applies to (the last steps of a path), and its check: of each element, or of all at one place."""

    contexts: tuple[str, ...]
    of_each: Check | None = None
    of_all: CheckOfAll | None = None


class Rules:
    """The rules of one module, in the order in which they were written; `when` names the documents they are for."""

    def __init__(self, *, when: Callable[[Document], bool] | None = None) -> None:
        self.registered: list[Rule] = []
        self.when = when

    def on(self, *contexts: str) -> Callable[[Check], Check]:
        """Register a check for every element whose path ends in one of the contexts."""

        def register(check: Check) -> Check:
            self.registered.append(Rule(contexts, of_each=check))
            return check

        return register

    def on_all(self, *contexts: str) -> Callable[[CheckOfAll], CheckOfAll]:
        """Register a check that takes the elements of one path together, for what a long document has most of."""

        def register(check: CheckOfAll) -> CheckOfAll:
            self.registered.append(Rule(contexts, of_all=check))
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


_Checks = tuple[tuple[CheckOfAll, ...], tuple[Check, ...]]


class _Chapter:
    """Rules by the last step of their contexts, and a memory of which of them apply at a place."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: defaultdict[str, list[tuple[str, Rule]]] = defaultdict(list)
        for rule in rules:
            for context in rule.contexts:
                self._rules["*" if context.startswith("*") else context.rpartition("/")[2]].append((context, rule))
        self._applying: dict[Place, _Checks] = {}

    def run(self, document: Document) -> None:
        applying = self._applying
        for place, nodes in document.places.items():
            together, each = applying.get(place) or self._find(place)
            for check_all in together:
                check_all(nodes, document)
            for check in each:
                for node in nodes:
                    check(node, document)

    def _find(self, place: Place) -> _Checks:
        candidates = self._rules.get(place.path.rpartition("/")[2], []) + self._rules["*"]
        rules = [rule for context, rule in candidates if place.within(context)]
        checks = (
            tuple(dict.fromkeys(rule.of_all for rule in rules if rule.of_all)),
            tuple(dict.fromkeys(rule.of_each for rule in rules if rule.of_each)),
        )
        if len(self._applying) < Place.most_shared:
            self._applying[place] = checks
        return checks
