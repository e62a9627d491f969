"""Invoices that say everything, with parts that Peppol has no room for, and the values in them."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from app.peppol.invoice import (
    CreditTransfer,
    DirectDebit,
    Identifier,
    Invoice,
    Line,
    Party,
    Payee,
    PaymentCard,
    PaymentInstructions,
    Period,
)
from tests.convert.conservation.values import Value
from tests.peppol.documents import invoices

# Codes, which a test of their own names when they change
_CODES = frozenset(
    {
        "type_code",
        "means_code",
        "category",
        "rate",
        "unit",
        "base_quantity_unit",
        "scheme",
        "scheme_version",
        "reason_code",
    }
    | {"exemption_reason_code", "specification", "business_process", "mime_code", "country", "country_of_origin"}
)
_AMOUNTS = "Amount"  # a path ends so for what counts

schemes = st.sampled_from([None, "0088", "GLN", "BE:CBE", "9956", "HRB", "ZZZ"])
identifiers = st.builds(Identifier, st.sampled_from(["5412345000013", "0404616494", "K-1004", "12 34"]), schemes)
periods = st.builds(Period, st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.dates(date(2026, 3, 1), date(2026, 6, 1)))
debits = st.builds(
    DirectDebit,
    mandate=st.sampled_from([None, "M-7"]),
    creditor=st.sampled_from([None, "BE68ZZZ0123456789"]),
    debited_account=st.sampled_from([None, "BE68539007547034"]),
)
means = st.builds(
    PaymentInstructions,
    means_code=st.sampled_from(["1", "10", "30", "31", "48", "49", "54", "57", "58", "59", "68", "97"]),
    means_text=st.sampled_from([None, "As agreed"]),
    remittance_information=st.sampled_from([None, "F-1", "+++090/9337/55493+++"]),
    credit_transfer=st.sampled_from(
        [None, CreditTransfer(account="BE68539007547034", account_name="P", provider="GKCCBEBB")]
    ),
    card=st.sampled_from([None, PaymentCard(number="1234", holder="An Claes")]),
    direct_debit=st.none() | debits,
)
payees = st.builds(
    Payee,
    name=st.sampled_from(["Peeters Drukkerij BV", "Factor Bank NV"]),
    identifier=st.none() | identifiers,
    legal_registration=st.none() | identifiers,
)


@st.composite
def misfits(draw: Callable[..., Any]) -> Invoice:
    """A consistent invoice, some parts of which no rule of Peppol would let pass."""
    invoice: Invoice = draw(invoices())
    return replace(
        invoice,
        lines=tuple(_line(draw, line) for line in invoice.lines),
        seller=_party(draw, invoice.seller),
        buyer=_party(draw, invoice.buyer),
        period=draw(st.none() | periods),
        payee=draw(st.none() | payees),
        payment_instructions=draw(st.lists(means, max_size=2).map(_as_cii_has_them)),
        totals=replace(invoice.totals, payable=_due(draw, invoice)),
    )


def _as_cii_has_them(found: list[PaymentInstructions]) -> tuple[PaymentInstructions, ...]:
    """CII names the reference, the mandate and the creditor once for all ways to pay."""
    first, others = found[:1], found[1:]
    reference = first[0].remittance_information if first else None
    return (*first, *(replace(one, remittance_information=reference, direct_debit=None) for one in others))


def _line(draw: Callable[..., Any], line: Line) -> Line:
    unit = draw(st.sampled_from([line.unit, "stuks", "FLASK"]))
    standard = draw(st.none() | identifiers)
    return replace(
        line, unit=unit, period=draw(st.none() | periods), item=replace(line.item, standard_identifier=standard)
    )


def _party(draw: Callable[..., Any], party: Party) -> Party:
    return replace(party, identifiers=draw(st.lists(identifiers, max_size=1).map(tuple)))


def _due(draw: Callable[..., Any], invoice: Invoice) -> Decimal | None:
    total = invoice.totals.payable
    part = draw(st.sampled_from([Decimal(1), Decimal("0.5"), Decimal(0)]))
    return None if total is None else (total * part).quantize(Decimal("0.01"))


def values(model: Any, path: str = "") -> Iterator[Value]:
    """Yield every value of an invoice but its codes."""
    if isinstance(model, Struct):
        for name in model.__struct_fields__:
            if name not in _CODES:
                yield from values(getattr(model, name), f"{path}/{name}")
    elif isinstance(model, tuple):
        for part in model:
            yield from values(part, path)
    elif isinstance(model, Decimal):
        yield Value(f"{path}/{_AMOUNTS}", f"{model:f}")
    elif isinstance(model, bytes):
        yield Value(path, b64encode(model).decode())
    elif model not in (None, ""):
        yield Value(path, str(model))
