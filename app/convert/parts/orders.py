"""Order line references without an order (NL-R-009)."""

from msgspec.structs import replace

from app.peppol.invoice import Invoice


def order_lines(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice of a Dutch seller without order lines (BT-132) if it names no order (BT-13)."""
    place = invoice.seller.address
    if place is None or place.country.upper() != "NL" or invoice.purchase_order_reference:
        return invoice
    named = [line for line in invoice.lines if line.order_line_reference]
    if not named:
        return invoice
    losses += [
        f"Line {line.identifier}: the order line {line.order_line_reference} is left out, since no order is named."
        for line in named
    ]
    return replace(invoice, lines=tuple(replace(line, order_line_reference=None) for line in invoice.lines))
