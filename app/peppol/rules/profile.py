"""A Peppol profile as one release states it: its ids, and the lists and forms that its rules check against."""

from dataclasses import dataclass, field

from app.peppol.code_lists import CodeLists
from app.peppol.profiles import ProfileIds
from app.peppol.rules.identifier_forms import FORMS, IdentifierForms


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The data of one profile in one release."""

    ids: ProfileIds
    free_types: frozenset[str] = frozenset()  # processes (BT-23) that allow any type code: P0100, P0101
    codes: CodeLists = field(default_factory=CodeLists)
    identifiers: IdentifierForms = FORMS
    fatal: frozenset[str] = frozenset()  # rules that were warnings in an earlier release
    withdrawn: frozenset[str] = frozenset()  # rules of an earlier release that no longer apply
