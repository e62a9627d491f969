"""From Banqup's JSON to the EN 16931 model."""

from app.convert.banqup.invoice import invoice

__all__ = ["invoice"]
