"""The rules' verdicts in the form in which validators are compared: rule and severity, one for each breach."""

from datetime import date

from app.peppol.rules import validate

# The published test outcomes are those of release 3.0.21.
RELEASE_3_0_21 = date(2026, 6, 1)


def outcomes(xml: bytes) -> list[tuple[str, str]]:
    """What a document is told under release 3.0.21."""
    return [(finding.rule, finding.severity) for finding in validate(xml, on=RELEASE_3_0_21)]
