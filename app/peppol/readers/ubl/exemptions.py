"""Exemption reasons (BT-120, BT-121) from the breakdown, the lines or Belgian tax codes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from msgspec.structs import replace

from app.peppol.invoice import Invoice, VatBreakdown
from app.peppol.readers import belgium
from app.peppol.readers.source import Source
from app.peppol.readers.ubl.lines import tax_category
from app.peppol.readers.ubl.money import vat

_EXEMPT = frozenset({"E", "AE", "K", "G", "O"})  # categories that need a reason (BR-E-10 and others)
_MOST_STATED = 100  # different statements about one category and rate; any further one stays unread

_CODE, _REASON, _NAME = "TaxExemptionReasonCode", "TaxExemptionReason", "Name"
_Terms = tuple[str | None, str | None, str | None]


@dataclass(slots=True)
class _Statement:
    """A reason code, a reason and a Belgian tax code, and the places that state exactly these."""

    number: int  # in document order
    terms: _Terms
    places: list[Source] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)

    def drop(self, part: str) -> None:
        """Mark a part as read at every place, once however many groups it belongs to."""
        if part not in self.dropped:
            self.dropped.add(part)
            for place in self.places:
                place.drop(part)


_Stated = defaultdict[tuple[str, Decimal | None], dict[_Terms, _Statement]]


def with_exemptions(invoice: Invoice, *, source: Source) -> Invoice:
    """Return the document with the exemption reasons of its lines and Belgian tax codes."""
    stated = _stated(source)
    groups = tuple([_with_reason(group, stated=_about(group, stated)) for group in invoice.vat_breakdown])
    return replace(invoice, vat_breakdown=groups)


def _stated(source: Source) -> _Stated:
    """Return every statement by category and rate: a hostile document repeats them as often as its groups."""
    stated: _Stated = defaultdict(dict)
    for number, category in enumerate(_categories(source)):
        found, terms = vat(category), (category.peek(_CODE), category.peek(_REASON), category.peek(_NAME))
        if found is None or not any(terms):
            continue
        known = stated[found.category, found.rate]
        if terms in known or len(known) < _MOST_STATED:
            known.setdefault(terms, _Statement(number, terms)).places.append(category)
    return stated


def _categories(source: Source) -> list[Source]:
    """Return every place that may state a reason, the breakdown first."""
    lines = source.all("InvoiceLine") + source.all("CreditNoteLine")
    others = source.all("AllowanceCharge/TaxCategory") + [tax_category(line) for line in lines]
    return source.all("TaxTotal/TaxSubtotal/TaxCategory") + others


def _about(group: VatBreakdown, stated: _Stated) -> list[_Statement]:
    """Return what is stated on the group's category and rate; UBL 2.0 may state the rate beside the category."""
    keys = dict.fromkeys([(group.vat.category, group.vat.rate), (group.vat.category, None)])
    found = [statement for key in keys if key in stated for statement in stated[key].values()]
    return sorted(found, key=lambda statement: statement.number)


def _with_reason(group: VatBreakdown, *, stated: Sequence[_Statement]) -> VatBreakdown:
    """Return the group with one reason and one code; a place that states another stays unread."""
    for statement in stated:
        code, reason, name = statement.terms
        group = replace(
            group,
            exemption_reason_code=group.exemption_reason_code or code,
            exemption_reason=group.exemption_reason or reason or _belgian(group, name=name),
        )
    for statement in stated:
        _drop_what_is_carried(statement, group=group)
    return group


def _belgian(group: VatBreakdown, *, name: str | None) -> str | None:
    """Return the sentence for the Belgian code, of a rate only where that marks a standard exchange."""
    is_marked = group.vat.category in _EXEMPT or belgium.is_standard_exchange(name)
    return belgium.reason(name) if is_marked and not group.exemption_reason_code else None


def _drop_what_is_carried(statement: _Statement, *, group: VatBreakdown) -> None:
    code, reason, name = statement.terms
    if code == group.exemption_reason_code:
        statement.drop(_CODE)
    if reason == group.exemption_reason:
        statement.drop(_REASON)
    sentence = belgium.reason(name)
    if sentence and sentence in {group.exemption_reason, belgium.reason(group.exemption_reason_code)}:
        statement.drop(_NAME)
