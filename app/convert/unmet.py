"""The sentences for what a document of the grade `en16931` lacks."""

from collections.abc import Iterable

from app.peppol.findings import Finding
from app.peppol.grade import NETWORK_ONLY

_OUTCOME = "so the document goes out as EN 16931, not as Peppol"
_NO_BUYER_ADDRESS = "The buyer has no Peppol address (BT-49) and no number that leads to one, like a consumer"
_NO_SELLER_ADDRESS = "The seller has no Peppol address (BT-34) and no number that leads to one"
_LACKING = {
    **dict.fromkeys(("PEPPOL-EN16931-R010", "PEPPOL-EN16931-R150", "PEPPOL-EN16931-R219"), _NO_BUYER_ADDRESS),
    **dict.fromkeys(("PEPPOL-EN16931-R020", "PEPPOL-EN16931-R160", "PEPPOL-EN16931-R229"), _NO_SELLER_ADDRESS),
    "DE-R-002": "The seller names no contact (BG-6), which Peppol demands between German parties",
    "DE-R-005": "The seller names no contact person (BT-41), which Peppol demands between German parties",
    "DE-R-006": "The seller names no telephone number (BT-42), which Peppol demands between German parties",
    "DE-R-007": "The seller names no e-mail address (BT-43), which Peppol demands between German parties",
}


def unmet(findings: Iterable[Finding]) -> list[str]:
    """Return one sentence for each term of the network that the document lacks."""
    lacking = dict.fromkeys(_LACKING[finding.rule] for finding in findings if finding.rule in NETWORK_ONLY)
    return [f"{sentence}, {_OUTCOME}." for sentence in lacking]
