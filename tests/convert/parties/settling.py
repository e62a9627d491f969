"""Parties settled as a release of Peppol accepts them, with what is said about it."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from app.convert.parties import known_by_banqup, settle
from app.peppol.invoice import Invoice, Party
from app.peppol.rules.profile import Profile
from app.peppol.rules.releases import release_on
from tests.convert.golden import FROM_2027, IN_FORCE
from tests.peppol.documents import BUYER, SELLER, plain

NOBODY = Party()
__all__ = ["FROM_2027", "IN_FORCE", "NOBODY", "profile", "settled", "the_buyer", "the_seller"]


def profile(on: date = IN_FORCE) -> Profile:
    return release_on(on).billing.profile


def settled(
    invoice: Invoice, *, seller: Party = NOBODY, buyer: Party = NOBODY, on: date = IN_FORCE
) -> tuple[Invoice, list[str]]:
    """An invoice of a file, of whose parties Banqup says this."""
    losses: list[str] = []
    known = known_by_banqup(seller, buyer, profile=profile(on))
    return settle(invoice, profile=profile(on), known=known, losses=losses), losses


def as_data(invoice: Invoice) -> tuple[Invoice, list[str]]:
    """An invoice of Banqup's own data."""
    losses: list[str] = []
    return settle(invoice, profile=profile(), known=None, losses=losses), losses


def the_seller(*, on: date = IN_FORCE, **terms: Any) -> tuple[Party, list[str]]:
    bare = replace(SELLER, identifiers=(), contact=None, tax_registration=None)
    found, losses = settled(plain(seller=replace(bare, **terms)), on=on)
    return found.seller, losses


def the_buyer(*, on: date = IN_FORCE, **terms: Any) -> tuple[Party, list[str]]:
    bare = replace(BUYER, identifiers=(), contact=None)
    found, losses = settled(plain(buyer=replace(bare, **terms)), on=on)
    return found.buyer, losses
