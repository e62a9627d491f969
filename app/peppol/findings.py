"""The findings of the validator."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fatal", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of a rule. A fatal one makes the document invalid; a warning does not."""

    rule: str  # the official id (BR-CO-10, PEPPOL-EN16931-R120), or one of ours (UBL-…, XML-…, BE-…)
    severity: Severity
    message: str  # one sentence: what we found and what would be right
    location: str = ""  # XPath of the element, prefixes cac and cbc
    term: str = ""  # its business term or group (BT-131), if any


def is_fatal(findings: list[Finding]) -> bool:
    """Return whether any of the findings makes the document invalid."""
    return any(finding.severity == "fatal" for finding in findings)


def brief(text: str) -> str:
    """Return a text on one line, truncated: no document decides how long a message is."""
    line = " ".join(text[:400].split())
    return line if len(line) <= 80 else line[:80] + "…"
