"""The Peppol profiles: billing, and self-billing, where the buyer issues the document."""

from typing import NamedTuple

# UNTDID 1001: credit note, invoice and debit note that the buyer issues for the seller
SELF_BILLED_TYPES = frozenset({"261", "389", "527"})


class ProfileIds(NamedTuple):
    """The ids and usual type codes of a profile's documents."""

    specification: str  # BT-24
    business_process: str  # BT-23, the usual one
    invoice_type: str  # BT-3
    credit_note_type: str  # BT-3
    processes: frozenset[str]  # BT-23, all that are allowed: PEPPOL-EN16931-R007


WITH_RESPONSE = "urn:peppol:bis:billing_with_response"
_SHARED = {WITH_RESPONSE, "urn:peppol:france:billing:regulated", "urn:peppol:france:billing:non-regulated"}


def _ids(name: str, *, invoice_type: str, credit_note_type: str) -> ProfileIds:
    process = f"urn:fdc:peppol.eu:2017:poacc:{name}:01:1.0"
    return ProfileIds(
        specification=f"urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:{name}:3.0",
        business_process=process,
        invoice_type=invoice_type,
        credit_note_type=credit_note_type,
        processes=frozenset({process, *_SHARED}),
    )


BILLING = _ids("billing", invoice_type="380", credit_note_type="381")
SELF_BILLING = _ids("selfbilling", invoice_type="389", credit_note_type="261")


def of_type(type_code: str) -> ProfileIds:
    """Return the ids of the profile that a type code (BT-3) belongs to."""
    return SELF_BILLING if type_code in SELF_BILLED_TYPES else BILLING


def of(specification: str, business_process: str) -> ProfileIds:
    """Return the ids of the profile that a document claims: by BT-24, else by BT-23; billing if it claims neither."""
    for ids in (SELF_BILLING, BILLING):
        if specification.startswith(ids.specification):
            return ids
    return SELF_BILLING if business_process == SELF_BILLING.business_process else BILLING
