"""The VAT of a line, an allowance or a charge that states none, where the document has one category and rate only."""

from collections.abc import Sequence

from msgspec.structs import replace

from app.peppol.invoice import AllowanceCharge, Invoice, Vat

_SHOWN = 10


def only_vat(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice with its only category and rate on all that states none (BR-32, BR-37, BR-CO-04)."""
    found = {group.vat for group in invoice.vat_breakdown}
    if len(found) != 1 or _all_state_vat(invoice):
        return invoice
    (vat,) = found
    vat = Vat("O") if vat.category == "O" else vat  # a line outside the scope of VAT has no rate (BR-O-05)
    losses.append(f"{_without(invoice)} states no VAT; {_rate(vat)}, the only one of the document, is written.")
    return replace(
        invoice,
        lines=tuple(line if line.vat else replace(line, vat=vat) for line in invoice.lines),
        allowances=_each(invoice.allowances, vat),
        charges=_each(invoice.charges, vat),
    )


def _all_state_vat(invoice: Invoice) -> bool:
    return all(line.vat for line in invoice.lines) and all(item.vat for item in (*invoice.allowances, *invoice.charges))


def _each(items: tuple[AllowanceCharge, ...], vat: Vat) -> tuple[AllowanceCharge, ...]:
    return tuple(item if item.vat else replace(item, vat=vat) for item in items)


def _without(invoice: Invoice) -> str:
    """Return what states no VAT, for the start of a sentence."""
    places = [f"line {line.identifier}" for line in invoice.lines if not line.vat]
    places += [f"the allowance of {item.amount}" for item in invoice.allowances if not item.vat]
    places += [f"the charge of {item.amount}" for item in invoice.charges if not item.vat]
    text = _listed(places)
    return text[:1].upper() + text[1:]


def _listed(places: Sequence[str]) -> str:
    more = f" (and {len(places) - _SHOWN} more)" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more


def _rate(vat: Vat) -> str:
    return f"category {vat.category}" if vat.rate is None else f"{vat.rate} % (category {vat.category})"
