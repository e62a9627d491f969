"""Say what a document of the grade `en16931` lacks."""

from collections.abc import Iterable

from app.peppol.findings import Finding
from app.peppol.grade import BUYER_ADDRESS, NETWORK_ONLY, SELLER_ADDRESS

_OUTCOME = "the document goes out as EN 16931, not as Peppol"
_BETWEEN_GERMANS = "which Peppol demands between German parties"
_LACKING = {
    **dict.fromkeys(BUYER_ADDRESS, "The buyer, like most consumers, has no Peppol address (BT-49)"),
    **dict.fromkeys(SELLER_ADDRESS, "The seller has no Peppol address (BT-34) and no number to infer one from"),
    "DE-R-002": f"The seller names no contact (BG-6), {_BETWEEN_GERMANS}",
    "DE-R-005": f"The seller names no contact person (BT-41), {_BETWEEN_GERMANS}",
    "DE-R-006": f"The seller names no telephone number (BT-42), {_BETWEEN_GERMANS}",
    "DE-R-007": f"The seller names no e-mail address (BT-43), {_BETWEEN_GERMANS}",
}


def unmet(findings: Iterable[Finding]) -> list[str]:
    """Return one sentence for each term that the network needs and the document lacks."""
    lacking = dict.fromkeys(_LACKING[finding.rule] for finding in findings if finding.rule in NETWORK_ONLY)
    return [f"{said}: {_OUTCOME}." for said in lacking]
