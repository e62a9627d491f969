"""Banqup: its words, its messages and documents, and how to call it. Nothing else knows them."""
