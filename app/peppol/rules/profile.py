"""A Peppol profile as one release states it: its ids, and the lists and forms that its rules check against."""

from dataclasses import dataclass, field

from app.peppol.code_lists import CodeLists
from app.peppol.rules.identifier_forms import FORMS, IdentifierForms


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The data of one profile in one release."""

    specification: str  # BT-24 begins with it: PEPPOL-EN16931-R004
    business_process: str  # BT-23, the usual one
    processes: frozenset[str]  # BT-23, all of them: PEPPOL-EN16931-R007
    codes: CodeLists = field(default_factory=CodeLists)
    identifiers: IdentifierForms = FORMS
    fatal: frozenset[str] = frozenset()  # rules that were warnings in an earlier release
    withdrawn: frozenset[str] = frozenset()  # rules of an earlier release that no longer apply
