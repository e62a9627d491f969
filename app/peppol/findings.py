"""What a validator has to say about a document."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fatal", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule: a fatal one makes the document invalid, a warning does not."""

    rule: str  # the official id (BR-CO-10, PEPPOL-EN16931-R120), or one of ours (UBL-…, XML-…, BE-…)
    severity: Severity
    message: str  # a sentence: what was found, and what would be right
    location: str = ""  # XPath of the element, prefixes cac and cbc
    term: str = ""  # the business term or group it is about (BT-131), where there is one


def is_fatal(findings: list[Finding]) -> bool:
    """Whether any of the findings makes the document invalid."""
    return any(finding.severity == "fatal" for finding in findings)


def brief(text: str) -> str:
    """A text on one line, cut where it is long: no document decides how long a message is."""
    line = " ".join(text[:400].split())
    return line if len(line) <= 80 else line[:80] + "…"
