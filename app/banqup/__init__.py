"""Banqup: its messages, documents and API. Banqup's terms stay in this package."""
