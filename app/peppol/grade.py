"""How far a document meets the rules: all of them, or all but those that only the Peppol network needs."""

from collections.abc import Iterable
from enum import StrEnum

from app.peppol.findings import Finding


class Grade(StrEnum):
    """What a valid document is."""

    PEPPOL = "peppol"  # it breaks no rule
    EN16931 = "en16931"  # it breaks only rules of `NETWORK_ONLY`


# A missing electronic address, or a missing German contact: both say how to reach a party, not what is sold or owed
NETWORK_ONLY = frozenset(
    {
        *("PEPPOL-EN16931-R010", "PEPPOL-EN16931-R020"),
        *("PEPPOL-EN16931-R150", "PEPPOL-EN16931-R160", "PEPPOL-EN16931-R219", "PEPPOL-EN16931-R229"),  # from 3.0.22
        *("DE-R-002", "DE-R-005", "DE-R-006", "DE-R-007"),
    }
)


def grade(findings: Iterable[Finding]) -> Grade | None:
    """Return the grade of a document with these findings, None when a rule refuses it."""
    broken = {finding.rule for finding in findings if finding.severity == "fatal"}
    if not broken:
        return Grade.PEPPOL
    return Grade.EN16931 if broken <= NETWORK_ONLY else None
