"""Lines that sum up others or only inform, beside those that count (Factur-X 1.08, 7.6.2; XRechnung Extension).

Factur-X marks a line as GROUP, DETAIL or INFORMATION and only counts details. Other senders merely name a parent line.
EN 16931 has one level of lines, which add up to the total: that tells which of them count.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation

from app.peppol.readers.source import Source
from app.peppol.readers.words import short

_LINES = "IncludedSupplyChainTradeLineItem"
_DOCUMENT = "AssociatedDocumentLineDocument"
_STATUS, _PARENT = f"{_DOCUMENT}/LineStatusReasonCode", f"{_DOCUMENT}/ParentLineID"
_NET = "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"
_TOTAL = "ApplicableHeaderTradeSettlement/SpecifiedTradeSettlementHeaderMonetarySummation/LineTotalAmount"
_QUANTITY = "SpecifiedLineTradeDelivery/BilledQuantity"
_PRICE = "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount"
_VAT = "SpecifiedLineTradeSettlement/ApplicableTradeTax"
_GROUP, _INFORMATION = "GROUP", "INFORMATION"
_SHOWN = 10


def counted(transaction: Source) -> list[Source]:
    """Return the lines that add up to the total, in the order of the document."""
    lines = transaction.all(_LINES)
    if not any(_has_rank(line) for line in lines):
        return lines
    for line in lines:
        line.drop(f"{_DOCUMENT}/LineStatusCode")
    left_out = _left_out(lines, total=transaction.peek(_TOTAL))
    return [line for line in lines if line not in left_out]


def remarks(transaction: Source) -> list[str]:
    """Return a sentence for each line that does not count; what it names counts as read."""
    lines = transaction.all(_LINES)
    if not any(_has_rank(line) for line in lines):
        return []
    left_out = _left_out(lines, total=transaction.peek(_TOTAL))
    said = [_remark(line, lines=lines) for line in left_out]
    for line in lines:
        for path in (_STATUS, _PARENT):
            line.drop(path)
    return said


def _has_rank(line: Source) -> bool:
    document = line.one(_DOCUMENT).children
    return "LineStatusReasonCode" in document or "ParentLineID" in document


def _left_out(lines: list[Source], *, total: str | None) -> list[Source]:
    """Return the lines that do not count: the first of the usual readings whose rest adds up to the total."""
    parents = {line.peek(_PARENT) for line in lines} - {None}
    informing = {id(line) for line in lines if _status(line) == _INFORMATION}
    readings: tuple[Callable[[Source], bool], ...] = (
        lambda line: id(line) in informing or _status(line) == _GROUP,
        lambda line: False,
        lambda line: id(line) in informing or line.peek(f"{_DOCUMENT}/LineID") in parents,
        lambda line: id(line) in informing or line.peek(_PARENT) is not None,
    )
    stated = _number(total)
    for leaves_out in readings:
        if _sum(line for line in lines if not leaves_out(line)) == stated:
            return [line for line in lines if leaves_out(line)]
    return [line for line in lines if readings[0](line)]


def _status(line: Source) -> str:
    return (line.peek(_STATUS) or "").strip().upper()


def _sum(lines: Iterable[Source]) -> Decimal:
    return sum((_number(line.peek(_NET)) or Decimal(0) for line in lines), Decimal(0))


def _number(text: str | None) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _remark(line: Source, *, lines: list[Source]) -> str:
    number, name = line.text(f"{_DOCUMENT}/LineID") or "", line.text("SpecifiedTradeProduct/Name") or ""
    return f"Line {number} “{short(name)}”{_amount(line)} {_reason(line, number=number, lines=lines)}; it is left out."


def _reason(line: Source, *, number: str, lines: list[Source]) -> str:
    parts = [part for other in lines if other.peek(_PARENT) == number and (part := other.peek(f"{_DOCUMENT}/LineID"))]
    if _status(line) == _INFORMATION:
        return "is for information only"
    if parts:
        more = f" and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else ""
        return f"sums up {', '.join(parts[:_SHOWN])}{more}"
    parent = line.peek(_PARENT)
    return f"is a part of line {parent}" if parent and _status(line) != _GROUP else "sums up other lines"


def _amount(line: Source) -> str:
    """Return what the line states, taken: quantity, price and amount."""
    quantity = line.one(_QUANTITY)
    unit = quantity.attribute("unitCode")
    stated = (quantity.text(), line.text(_PRICE), line.text(_NET))
    for name in ("TypeCode", "CategoryCode", "RateApplicablePercent"):
        line.drop(f"{_VAT}/{name}")
    count, price, net = stated
    parts = [f"{count} {unit or ''}".strip() if count else "", f"at {price}" if price else "", f"{net}" if net else ""]
    return f" ({', '.join(part for part in parts if part)})" if any(parts) else ""
