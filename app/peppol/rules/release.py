"""A release of Peppol BIS Billing 3.0: the day it becomes mandatory, and its rules."""

from dataclasses import dataclass
from datetime import date

from app.peppol.rules.registry import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published release."""

    name: str
    mandatory_from: date
    billing: RuleBook
