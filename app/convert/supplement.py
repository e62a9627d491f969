"""Supplement what Peppol demands and a source may leave out, where it follows from what the document says.

docs/decisions/0011-what-conversion-supplements.md says for each why it is written and not refused.
"""

from functools import partial

from msgspec.structs import replace

from app.convert import parties
from app.convert.countries import domestic
from app.convert.parties import Known
from app.convert.parties.places import NOT_AVAILABLE
from app.convert.paying import paid_one_way
from app.peppol.invoice import Address, Delivery, Invoice, Party, VatBreakdown
from app.peppol.registers import of_country
from app.peppol.rules.identifier_forms import IdentifierForms
from app.peppol.rules.profile import Profile
from app.peppol.totals import complete

NOT_STATED = "Not stated"

# Category → VATEX code and reason (BR-E-10, BR-AE-10, BR-IC-10, BR-G-10, BR-O-10); none is general enough for E
EXEMPTIONS = {
    "E": (None, "Exempt from VAT"),
    "AE": ("VATEX-EU-AE", "Reverse charge"),
    "K": ("VATEX-EU-IC", "Intra-Community supply"),
    "G": ("VATEX-EU-G", "Export outside the EU"),
    "O": ("VATEX-EU-O", "Not subject to VAT"),
}


def supplement(invoice: Invoice, *, profile: Profile, known: Known | None = None, losses: list[str]) -> Invoice:
    """Return the invoice with its totals, parties, references and reasons complete.

    `known` is what Banqup says of the parties, where the invoice comes from a file.
    """
    invoice = parties.settle(complete(invoice), profile=profile, known=known, losses=losses)
    steps = (
        partial(_with_buyer_reference, is_file=known is not None),
        _with_reasons,
        _with_terms,
        paid_one_way,
        _with_delivery,
        partial(_without_vat_numbers, forms=profile.identifiers),
    )
    for step in steps:
        invoice = step(invoice, losses)
    return invoice


def _with_buyer_reference(invoice: Invoice, losses: list[str], *, is_file: bool) -> Invoice:
    """Return the invoice with a buyer reference (BT-10) or, except between Germans, an order (R003, DE-R-015).

    Banqup has no term for one, so its own data name none as missing.
    """
    has_order = invoice.purchase_order_reference or invoice.sales_order_reference
    is_german = domestic(invoice) == "DE"
    if invoice.buyer_reference or (has_order and not is_german):
        return invoice
    if is_file:
        losses.append(f"The buyer reference is missing; “{NOT_AVAILABLE}” is written.")
    return replace(invoice, buyer_reference=NOT_AVAILABLE)


def _with_reasons(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with a reason for each exemption: the one that its category stands for."""
    if not any(_lacks_reason(group) for group in invoice.vat_breakdown):
        return invoice
    groups = tuple(_with_reason(group, losses=losses) for group in invoice.vat_breakdown)
    return replace(invoice, vat_breakdown=groups)


def _lacks_reason(group: VatBreakdown) -> bool:
    return group.vat.category in EXEMPTIONS and not (group.exemption_reason or group.exemption_reason_code)


def _with_reason(group: VatBreakdown, *, losses: list[str]) -> VatBreakdown:
    if not _lacks_reason(group):
        return group
    category = group.vat.category
    code, reason = EXEMPTIONS[category]
    losses.append(f"The reason for VAT category {category} is missing; “{reason}” is written.")
    return replace(group, exemption_reason_code=code, exemption_reason=reason)


def _with_terms(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return an invoice that says when to pay (BR-CO-25)."""
    if invoice.due_date or invoice.payment_terms or (invoice.totals.payable or 0) <= 0:
        return invoice
    losses.append(f"Neither a due date nor payment terms are named; “{NOT_STATED}” is written as the terms.")
    return replace(invoice, payment_terms=NOT_STATED)


def _with_delivery(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return an intra-Community supply with its date and country (BR-IC-11, BR-IC-12).

    An invoice names the date of supply only where it is not the date of the invoice (Directive 2006/112/EC, article
    226, 7), so a missing one is the issue date.
    """
    if not any(group.vat.category == "K" for group in invoice.vat_breakdown):
        return invoice
    delivery = invoice.delivery or Delivery()
    if delivery.actual_date is None and invoice.period is None and invoice.issue_date:
        losses.append(f"The date of supply is missing; the issue date, {invoice.issue_date.isoformat()}, is written.")
        delivery = replace(delivery, actual_date=invoice.issue_date)
    if delivery.address is None and invoice.buyer.address:
        losses.append("No place of delivery is named; the buyer's country is written.")
        delivery = replace(delivery, address=Address(country=invoice.buyer.address.country))
    return replace(invoice, delivery=delivery)


def _without_vat_numbers(invoice: Invoice, losses: list[str], *, forms: IdentifierForms) -> Invoice:
    """Return a document outside the scope of VAT without VAT numbers (BR-O-02, BR-O-03, BR-O-04)."""
    if not invoice.vat_breakdown or any(group.vat.category != "O" for group in invoice.vat_breakdown):
        return invoice
    numbers = [party.vat_identifier for party in (invoice.seller, invoice.buyer) if party.vat_identifier]
    losses += [f"The VAT number {number} has no place in a document outside the scope of VAT." for number in numbers]
    return replace(
        invoice, seller=_registered(invoice.seller, forms=forms), buyer=_registered(invoice.buyer, forms=forms)
    )


def _registered(party: Party, *, forms: IdentifierForms) -> Party:
    """Return the party by its enterprise number, which a Belgian VAT number holds."""
    number = party.vat_identifier or ""
    held = of_country(number[2:], country="BE", forms=forms) if number.startswith("BE") else None
    return replace(party, vat_identifier=None, legal_registration=party.legal_registration or held)
