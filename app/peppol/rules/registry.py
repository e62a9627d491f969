"""Register rules by the elements they apply to, so that each runs only there."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from app.peppol.code_lists import CodeLists
from app.peppol.findings import Finding
from app.peppol.rules.document import Document
from app.peppol.rules.identifier_forms import IdentifierForms
from app.peppol.rules.profile import Profile
from app.peppol.rules.structure import check_structure
from app.peppol.rules.tree import Node, Place

Check = Callable[[Node, Document], None]
CheckOfAll = Callable[[Sequence[Node], Document], None]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's contexts (the last steps of a path) and its check: of each element, or of all at one place."""

    contexts: tuple[str, ...]
    of_each: Check | None = None
    of_all: CheckOfAll | None = None


class Rules:
    """The rules of one module, in source order; `when` selects the documents they apply to."""

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
        """Register a check that takes all elements of a path together: faster for elements that repeat often."""

        def register(check: CheckOfAll) -> CheckOfAll:
            self.registered.append(Rule(contexts, of_all=check))
            return check

        return register


class RuleBook:
    """The rules of one profile in one release: those for every document, and those for some."""

    def __init__(self, profile: Profile, modules: Iterable[Rules]) -> None:
        self.profile = profile
        self.modules = tuple(modules)
        self._always = _RuleIndex(rule for module in self.modules if module.when is None for rule in module.registered)
        self._sometimes = [(module.when, _RuleIndex(module.registered)) for module in self.modules if module.when]

    def revised(
        self,
        *,
        codes: CodeLists | None = None,
        identifiers: IdentifierForms | None = None,
        fatal: Iterable[str] = (),
        withdrawn: Iterable[str] = (),
        add: Iterable[Rules] = (),
        remove: Iterable[Rules] = (),
    ) -> "RuleBook":
        """Return the book of a later release, which states only what it changes."""
        profile = replace(
            self.profile,
            codes=codes or self.profile.codes,
            identifiers=identifiers or self.profile.identifiers,
            fatal=self.profile.fatal.union(fatal),
            withdrawn=self.profile.withdrawn.union(withdrawn),
        )
        removed = set(remove)
        return RuleBook(profile, (*(module for module in self.modules if module not in removed), *add))

    def check(self, root: etree._Element) -> list[Finding]:
        """Return every breach in a document, structure first; its root must be one of `ROOTS`."""
        document = Document(root, self.profile)
        check_structure(document)
        self._always.run(document)
        for when, rules in self._sometimes:
            if when(document):
                rules.run(document)
        return document.findings


_Checks = tuple[tuple[CheckOfAll, ...], tuple[Check, ...]]


class _RuleIndex:
    """Rules by the last step of their contexts, with a cache of those that apply at a place."""

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
