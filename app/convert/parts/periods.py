"""An invoicing period that does not contain the period of each line (R110, R111)."""

from datetime import date

from msgspec.structs import replace

from app.peppol.invoice import Invoice, Period


def periods(invoice: Invoice, losses: list[str]) -> Invoice:
    """Return the invoice without its period (BG-14) if a line leaves it; the lines keep theirs."""
    whole = invoice.period
    if whole is None or all(line.period is None or _is_within(line.period, whole) for line in invoice.lines):
        return invoice
    losses.append(f"The invoicing period {_shown(whole)} is left out: the period of a line lies outside it.")
    return replace(invoice, period=None)


def _is_within(own: Period, whole: Period) -> bool:
    starts_before = own.start is not None and whole.start is not None and own.start < whole.start
    ends_after = own.end is not None and whole.end is not None and own.end > whole.end
    return not (starts_before or ends_after)


def _shown(period: Period) -> str:
    return f"from {_day(period.start)} to {_day(period.end)}"


def _day(found: date | None) -> str:
    return found.isoformat() if found else "an open date"
