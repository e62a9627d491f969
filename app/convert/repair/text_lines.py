"""Lines that state no amount: comments, headings, the parts of a set. Their words become part of the note (BT-22)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from app.peppol.invoice import Invoice, Line, Price


def text_lines(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice without lines that are only text, and with that text in its note."""
    has_one_rate = len({group.vat for group in invoice.vat_breakdown}) == 1
    kept: list[Line] = []
    notes = [invoice.note] if invoice.note else []
    for place, line in enumerate(invoice.lines, start=1):
        if not _is_text(line, has_one_rate=has_one_rate):
            kept.append(line)
            continue
        number, text = line.identifier or place, _text(line)
        losses.append(f"Line {number} states no amount; its text is written into the note: {text}.")
        notes.append(f"Line {number}: {text}")
    if len(kept) == len(invoice.lines):
        return invoice
    return replace(invoice, lines=tuple(kept), note="\n".join(notes))


def _is_text(line: Line, *, has_one_rate: bool) -> bool:
    """Return whether the line states no amount, or one of nothing for which it names no quantity, price or VAT."""
    price = line.price.net
    if line.net_amount or price or line.price.gross or line.allowances or line.charges:
        return False
    if line.net_amount is None and price is None:
        return True
    return line.quantity is None or (line.vat is None and not has_one_rate)


def _text(line: Line) -> str:
    """Return every word, number and date of the line, each once."""
    quantity = f"{line.quantity} {line.unit}".strip() if line.quantity else ""
    rest = replace(line, identifier="", note=None, quantity=None, unit="", net_amount=None, vat=None, price=Price())
    return "; ".join(dict.fromkeys(text for text in (*_values(rest.item), line.note, quantity, *_values(rest)) if text))


def _values(term: object) -> Iterator[str]:
    if isinstance(term, Struct):
        for name in term.__struct_fields__:
            yield from _values(getattr(term, name))
    elif isinstance(term, tuple):
        for part in term:
            yield from _values(part)
    elif isinstance(term, str | Decimal | date):
        yield str(term)
