"""The Peppol profile of a document (BG-2, BT-3): billing, or self-billing if the buyer issued it."""

from msgspec.structs import replace

from app.convert.refusals import other_type
from app.peppol import profiles
from app.peppol.invoice import Invoice
from app.peppol.profiles import SELF_BILLED_TYPES, SELF_BILLING


def profiled(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with the ids of its profile, and with a type code of self-billing if its ids say so.

    An allowed business process (BT-23) stays: PEPPOL-EN16931-R007.
    """
    invoice = _with_claimed_type(invoice, losses)
    ids = profiles.of_type(invoice.type_code)
    allowed = invoice.business_process in ids.processes
    return replace(
        invoice,
        specification=ids.specification,
        business_process=invoice.business_process if allowed else ids.business_process,
    )


def _with_claimed_type(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with a type code of self-billing if it claims that profile (P0100, P0101)."""
    claimed = profiles.of(invoice.specification, invoice.business_process)
    if claimed is not SELF_BILLING or invoice.type_code in SELF_BILLED_TYPES or other_type(invoice.type_code):
        return invoice
    code = claimed.credit_note_type if invoice.is_credit_note else claimed.invoice_type
    losses.append(f"The document is self-billed by its profile; its type {invoice.type_code} is written as {code}.")
    return replace(invoice, type_code=code)
