"""A release of Peppol BIS Billing 3.0 and Self-billing 3.0: the day it becomes mandatory, and its rules."""

from dataclasses import dataclass
from datetime import date

from lxml import etree

from app.peppol import profiles
from app.peppol.rules.registry import RuleBook

_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One published release."""

    name: str
    mandatory_from: date
    billing: RuleBook
    self_billing: RuleBook

    def book_for(self, root: etree._Element) -> RuleBook:
        """Return the rules of the profile that a document claims."""
        specification, process = (root.findtext(f"{_CBC}{name}") or "" for name in ("CustomizationID", "ProfileID"))
        ids = profiles.of(specification.strip(), process.strip())
        return self._book(ids)

    def book_of(self, type_code: str) -> RuleBook:
        """Return the rules of the profile that a type code (BT-3) belongs to."""
        return self._book(profiles.of_type(type_code))

    def _book(self, ids: profiles.ProfileIds) -> RuleBook:
        return self.self_billing if ids is profiles.SELF_BILLING else self.billing
