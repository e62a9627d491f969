"""Grade a document by the rules that it meets: all of them, or all except those that only the network needs."""

from collections.abc import Iterable
from enum import StrEnum

from app.peppol.findings import Finding


class Grade(StrEnum):
    """The grade of a valid document."""

    PEPPOL = "peppol"  # it breaks no rule
    EN16931 = "en16931"  # it breaks only rules of `NETWORK_ONLY`


# How to reach a party, not what is sold, owed or taxed; from 3.0.22 on, cardinality rules repeat R010 and R020
BUYER_ADDRESS = frozenset({"PEPPOL-EN16931-R010", "PEPPOL-EN16931-R150", "PEPPOL-EN16931-R219"})
SELLER_ADDRESS = frozenset({"PEPPOL-EN16931-R020", "PEPPOL-EN16931-R160", "PEPPOL-EN16931-R229"})
GERMAN_CONTACT = frozenset({"DE-R-002", "DE-R-005", "DE-R-006", "DE-R-007"})
NETWORK_ONLY = BUYER_ADDRESS | SELLER_ADDRESS | GERMAN_CONTACT


def grade(findings: Iterable[Finding]) -> Grade | None:
    """Return the grade of a document with these findings, None if it is invalid."""
    broken = {finding.rule for finding in findings if finding.severity == "fatal"}
    if not broken:
        return Grade.PEPPOL
    return Grade.EN16931 if broken <= NETWORK_ONLY else None
