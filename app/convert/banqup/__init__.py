"""Banqup's JSON as the EN 16931 model."""

from app.convert.banqup.invoice import invoice, is_self_billed
from app.convert.banqup.parties import buyer, seller

__all__ = ["buyer", "invoice", "is_self_billed", "seller"]
