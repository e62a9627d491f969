"""The result of a reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.peppol.invoice import Invoice
from app.peppol.readers.losses import losses
from app.peppol.readers.source import Source
from app.peppol.xml import Unreadable


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as the model, and a sentence for each part that the model cannot hold."""

    invoice: Invoice
    losses: tuple[str, ...] = ()


def finish(invoice: Invoice, *, source: Source, remarks: Sequence[str] = ()) -> Reading:
    """Return the reading, once every part of the source was asked for; `remarks` name what was read otherwise.

    Raises:
        Unreadable: numbers or dates are none; all of them are named.
    """
    if source.faults:
        raise Unreadable(f"The document cannot be understood. {'; '.join(source.faults)}.")
    return Reading(invoice, (*remarks, *losses(source, currency=invoice.currency)))
