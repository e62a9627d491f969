"""Documents brought to what Peppol takes, with what is said to be lost on the way."""

from typing import Any

from msgspec.structs import replace

from app.convert.conform import conform
from app.peppol.invoice import Address, Invoice, Line, Party
from tests.peppol.documents import SELLER, line, plain

GERMAN = Party(name="Weber GmbH", address=Address(country="DE"))


def conformed(invoice: Invoice) -> tuple[Invoice, list[str]]:
    losses: list[str] = []
    return conform(invoice, losses=losses), losses


def the_line(**terms: Any) -> tuple[Line, list[str]]:
    found, losses = conformed(plain(line(**terms)))
    return found.lines[0], losses


def the_seller(**terms: Any) -> tuple[Party, list[str]]:
    found, losses = conformed(plain(seller=replace(SELLER, identifiers=(), **terms)))
    return found.seller, losses
