"""The hook by which the official test cases score the validator."""

from collections.abc import Iterator
from datetime import date

from app.peppol.rules import validate

IN_FORCE = date(2026, 6, 1)  # 3.0.21


def fired(xml: bytes) -> Iterator[tuple[str, str]]:
    """The rules that a document breaks, with their severity, under Peppol BIS Billing 3.0.21."""
    for finding in validate(xml, on=IN_FORCE):
        yield finding.rule, finding.severity
