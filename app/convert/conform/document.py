"""The header: type, currencies, dates."""

from msgspec.structs import replace

from app.convert.profile import profiled
from app.convert.refusals import other_type
from app.peppol import codes
from app.peppol.invoice import Invoice, Party
from app.peppol.profiles import SELF_BILLED_TYPES

_GERMAN_ONLY = frozenset({"326", "384"})  # PEPPOL-EN16931-P0112
_VAT_POINTS = {"5": "3", "29": "35", "72": "432"}  # BT-8: UNTDID 2475 as CII has it → UNTDID 2005


def document(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with the codes of its header as Peppol has them."""
    invoice = profiled(invoice, losses)
    invoice = replace(
        invoice,
        currency=invoice.currency.upper(),
        type_code=_type_code(invoice, losses),
    )
    return _with_vat_point(_with_accounting_currency(invoice, losses), losses)


def _type_code(invoice: Invoice, losses: list[str]) -> str:
    """Return BT-3; a type that Peppol does not accept becomes a plain invoice or credit note (P0100, P0101, P0112).

    A type that is no invoice stays, to be refused.
    """
    code = invoice.type_code
    if not code:
        losses.append("The document does not state its type; it is written as an invoice (380).")
        return "380"
    taken = codes.CREDIT_NOTE_TYPES if invoice.is_credit_note else codes.INVOICE_TYPES
    german = is_german(invoice.seller) and is_german(invoice.buyer)
    is_taken = code in taken and (german or code not in _GERMAN_ONLY)
    if is_taken or code in SELF_BILLED_TYPES or other_type(code):
        return code
    plain = "381" if invoice.is_credit_note else "380"
    losses.append(f"The document type {code} is written as {plain}; Peppol does not accept it here.")
    return plain


def is_german(party: Party) -> bool:
    """Return whether the German rules (DE-R) apply to the party."""
    return party.address is not None and party.address.country.upper() == "DE"


def _with_accounting_currency(invoice: Invoice, losses: list[str]) -> Invoice:
    """Drop BT-6 without BT-111 (BR-53)."""
    if invoice.vat_accounting_currency is None or invoice.totals.vat_in_accounting_currency is not None:
        return invoice
    losses.append(
        f"The VAT accounting currency {invoice.vat_accounting_currency} is left out: no VAT amount is in that currency."
    )
    return replace(invoice, vat_accounting_currency=None)


def _with_vat_point(invoice: Invoice, losses: list[str]) -> Invoice:
    """Write BT-8 by UNTDID 2005; it excludes BT-7 (BR-CO-03)."""
    code = invoice.vat_point_date_code
    if code is None:
        return invoice
    known = _VAT_POINTS.get(code, code)
    if known in codes.TAX_POINTS and invoice.vat_point_date is None:
        return replace(invoice, vat_point_date_code=known)
    losses.append(f"The code {code} for the date on which VAT is due is left out; Peppol has no place for it here.")
    return replace(invoice, vat_point_date_code=None)
