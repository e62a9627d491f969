"""Dates and periods, which CII nests one level deeper than UBL."""

from datetime import date

from app.peppol.invoice import Period
from app.peppol.readers.source import Source

# UNTDID 2379: a month or a week has no day; a date may have a time
_COARSE, _WITH_TIME = frozenset({"602", "609", "610", "616"}), frozenset({"203", "204", "205"})
_DAY = 8  # digits


def day(source: Source, path: str) -> date | None:
    """Return the date at the path and mark it as read; a month or a week stays unread, anything else is a fault."""
    place = source.one(path)
    element = next((place.one(name) for name in ("DateTimeString", "DateString", "DateTime") if place.all(name)), place)
    form = element.attributes.get("format", "").strip()
    if form in _COARSE:
        return None
    if form in _WITH_TIME:
        element.value = element.value[:_DAY]
    return element.day("")


def period(source: Source) -> Period | None:
    """Return BG-14 or BG-26."""
    group = source.one("BillingSpecifiedPeriod")
    found = Period(day(group, "StartDateTime"), day(group, "EndDateTime"))
    return None if found == Period() else found
