"""Write the model as UBL 2.1 of Peppol BIS Billing or Self-billing 3.0.

The writer builds text, not a tree: each section is a function from the model to a string, in schema order
(docs/decisions/0010-the-ubl-writer-builds-text.md).
"""

from collections.abc import Iterator

from app.peppol.invoice import Invoice
from app.peppol.totals import Money, computed
from app.peppol.writer import forms
from app.peppol.writer.amounts import adjustments, monetary_total, tax_totals
from app.peppol.writer.forms import Form
from app.peppol.writer.lines import line, period
from app.peppol.writer.parties import parties
from app.peppol.writer.payment import payment
from app.peppol.writer.references import by_number, order, preceding
from app.peppol.writer.xml import escape, text

_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_COMPONENTS = f'xmlns:cac="{_NAMESPACE}CommonAggregateComponents-2" xmlns:cbc="{_NAMESPACE}CommonBasicComponents-2"'


def write(invoice: Invoice) -> bytes:
    """Return the invoice or credit note as UBL in UTF-8, with its missing totals computed."""
    return b"".join([part.encode() for part in _parts(invoice, computed(invoice))])


def _parts(invoice: Invoice, money: Money) -> Iterator[str]:
    form = forms.of(invoice)
    currency = escape(invoice.currency)
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{form.root} xmlns="{_NAMESPACE}{form.root}-2" {_COMPONENTS}>\n'
    yield _header(invoice, form=form) + "\n"
    yield form.references(invoice) + "\n"
    yield parties(invoice) + "\n"
    yield payment(invoice, due_date=form.payment_due_date(invoice)) + "\n"
    yield adjustments(invoice.allowances, invoice.charges, currency=currency)  # BG-20, BG-21
    yield tax_totals(money, currency=currency, accounting_currency=escape(invoice.vat_accounting_currency or "")) + "\n"
    yield monetary_total(money.totals, currency=currency) + "\n"
    for item in money.lines:
        yield line(item, name=form.line, quantity_name=form.quantity, currency=currency)
    yield f"</{form.root}>\n"


def _header(invoice: Invoice, *, form: Form) -> str:
    return (
        text("CustomizationID", invoice.specification)  # BT-24
        + text("ProfileID", invoice.business_process)  # BT-23
        + text("ID", invoice.number)  # BT-1
        + form.opening(invoice)
        + text("DocumentCurrencyCode", invoice.currency)  # BT-5
        + text("TaxCurrencyCode", invoice.vat_accounting_currency)  # BT-6
        + text("AccountingCost", invoice.buyer_accounting_reference)  # BT-19
        + text("BuyerReference", invoice.buyer_reference)  # BT-10
        + period(invoice.period, vat_point_code=invoice.vat_point_date_code)  # BG-14, BT-8
        + order(invoice)  # BT-13, BT-14
        + preceding(invoice)  # BG-3
        + by_number("DespatchDocumentReference", invoice.despatch_advice_reference)  # BT-16
        + by_number("ReceiptDocumentReference", invoice.receiving_advice_reference)  # BT-15
    )
