"""Settle the parties of an invoice from any source: check their numbers, fill gaps, find their addresses.

A number is only written under a term whose check it passes. Gaps are filled from Banqup first, then from other terms of
the document. `losses` names every change and every inferred value.
"""

from app.convert.parties import addressing, completion, contact, national, numbers, places, vat
from app.convert.parties.completion import Known, known_by_banqup
from app.peppol.invoice import Invoice
from app.peppol.rules.profile import Profile

__all__ = ["Known", "known_by_banqup", "settle"]


def settle(invoice: Invoice, *, profile: Profile, known: Known | None, losses: list[str]) -> Invoice:
    """Return the invoice with parties that the profile accepts.

    `known` holds Banqup's parties if the invoice comes from a file.
    """
    before = invoice
    invoice = numbers.checked(invoice, profile=profile, losses=losses)
    if known is not None:
        invoice = completion.completed(invoice, known=known, profile=profile, losses=losses)
    invoice = vat.with_demanded(invoice, before=before, losses=losses)
    invoice = national.adapted(invoice, forms=profile.identifiers, losses=losses)
    invoice = places.whole(invoice, losses=losses)
    invoice = addressing.addressed(invoice, profile=profile, is_file=known is not None, losses=losses)
    return contact.reachable(numbers.identified(invoice, losses=losses), losses=losses)
