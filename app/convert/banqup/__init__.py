"""Banqup's JSON as the EN 16931 model."""

from app.convert.banqup.invoice import invoice
from app.convert.banqup.parties import buyer, seller

__all__ = ["buyer", "invoice", "seller"]
