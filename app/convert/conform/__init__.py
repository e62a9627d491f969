"""Documents of other profiles of EN 16931 in the codes and forms of Peppol BIS Billing 3.0.

They differ in codes, schemes and decimals, and in what they leave out. Each step changes one kind of difference and
names in `losses` what is lost or inferred. What is wrong stays as it is, for the rules to refuse. The steps of
`app.convert.repair` among them treat every source alike.
"""

from app.convert.conform.document import document
from app.convert.conform.lines import lines
from app.convert.conform.parties import parties
from app.convert.conform.payment import payment
from app.convert.conform.references import references
from app.convert.conform.vat import vat
from app.convert.repair import breakdown
from app.convert.repair.adjustments import allowances_and_charges
from app.convert.repair.finer_than_cents import in_cents
from app.convert.repair.lines_from_totals import lines_from_totals
from app.convert.repair.only_vat import only_vat
from app.convert.repair.outside_scope import outside_scope
from app.convert.repair.rate_from_totals import rate_from_totals
from app.convert.repair.signs import signs
from app.convert.repair.sums import sums
from app.convert.repair.text_lines import text_lines
from app.peppol.invoice import Invoice

_STEPS = (
    document,
    signs,
    text_lines,
    rate_from_totals,
    lines_from_totals,
    parties,
    references,
    vat,
    only_vat,
    allowances_and_charges,
    lines,
    in_cents,
    outside_scope,
    breakdown.merged,
    sums,
    breakdown.reasons,
    payment,
)


def conform(invoice: Invoice, *, losses: list[str]) -> Invoice:
    """Return the invoice in the codes and forms of Peppol."""
    for step in _STEPS:
        invoice = step(invoice, losses)
    return invoice
