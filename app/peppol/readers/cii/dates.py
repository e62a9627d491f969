"""Dates and periods, which CII has one level further down than UBL."""

from datetime import date

from app.peppol.invoice import Period
from app.peppol.readers.source import Source


def day(source: Source, path: str) -> date | None:
    """The date at the path, taken; anything else there is a fault of the document."""
    place = source.one(path)
    element = next((place.one(name) for name in ("DateTimeString", "DateString", "DateTime") if place.all(name)), place)
    return element.day("")


def period(source: Source) -> Period | None:
    """BG-14 or BG-26."""
    group = source.one("BillingSpecifiedPeriod")
    found = Period(day(group, "StartDateTime"), day(group, "EndDateTime"))
    return None if found == Period() else found
