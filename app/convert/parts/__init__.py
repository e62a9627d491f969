"""Remove, by name, parts that Peppol refuses and an invoice can do without, from every source.

What a part states moves to another term if one fits. Amounts never change.
"""

from app.convert.parts.german import in_german_form
from app.convert.parts.orders import order_lines
from app.convert.parts.parties import payee
from app.convert.parts.payment import payment
from app.convert.parts.periods import periods
from app.convert.parts.totals import amount_due
from app.peppol.invoice import Invoice

_STEPS = (amount_due, payee, payment, periods, order_lines, in_german_form)


def without_misfits(invoice: Invoice, *, losses: list[str]) -> Invoice:
    """Return the invoice without the parts for which a rule would refuse it."""
    for step in _STEPS:
        invoice = step(invoice, losses)
    return invoice
